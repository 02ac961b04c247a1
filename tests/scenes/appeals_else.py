"""Cases that go another way: on procedure, withdrawn, rejected, one slip in a whole room; the calendar
that terms are counted by, the figures of the year, and how long works are kept."""

import datetime as dt

from examday.domain.appeals.case import Kind
from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Outcome
from examday.domain.people.roles import Actor
from examday.services.appeals.decision import decisions, findings, procedure_check, signatures
from examday.services.appeals.hearing import (
    appointments,
    opening,
    own_work,
    votes,
    withdrawal,
)
from examday.services.appeals.order import orders
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Protocol
from tests.appeals import world
from tests.appeals.test_appeal_services import sat_down
from tests.conftest import PIN
from tests.scenes.appeals import FILED
from tests.scenes.gallery import Gallery


def show(gallery: Gallery) -> None:
    """Four cases of one work, one after the other."""
    gallery.clock.now = FILED
    c = world.make(gallery.store, gallery.add_person)
    gallery.look("the calendar", "secretary", "/calendar")
    gallery.look("the calendar", "operator", "/calendar")
    gallery.press("a year is compared with nothing", "secretary", "/calendar", "/check")
    withdrawn(gallery, c)
    procedure(gallery, c)
    gallery.leave()
    rejected(gallery, c)
    gallery.look("the figures of a year", "chair", "/appeals/figures")
    kept(gallery, c)


def withdrawn(gallery: Gallery, c: world.Commission) -> None:
    """The appellant has changed their mind."""
    case = world.file_appeal(c)
    page = f"/appeals/{case}"
    gallery.look("the work is under appeal already", "secretary", f"/appeals/new?work={c.booklet}")
    gallery.press("withdrawn without a statement", "secretary", page, "/withdraw")
    c.do("secretary", withdrawal.withdraw, case, "передумал, заявление от 22.06")
    for name in ("", "/hearing", "/protocol", "/order", "/kit"):
        gallery.look(f"a withdrawn case{name.replace('/', ': ')}", "secretary", page + name)


def procedure(gallery: Gallery, c: world.Commission) -> None:
    """The day itself was wrong: a check, the result annulled, a reserve day."""
    day, reached = dt.date(2026, 6, 4), dt.date(2026, 6, 22)
    filed = {"kind": Kind.PROCEDURE, "filed": day, "reached": reached, "result_day": None}
    case = world.file_appeal(c, **filed)
    page = f"/appeals/{case}"
    gallery.look("a case on procedure", "secretary", page)
    gallery.look("its check is missing", "secretary", f"{page}/hearing")
    gallery.press("an empty check", "secretary", f"{page}/hearing", "/check")
    sat_down(c, case)
    gallery.leave()
    c.do("secretary", opening.open_hearing, case)
    c.do("secretary", own_work.confirm_own, case, "no", "print", "почерк не мой")
    gallery.look("it sits without a check", "secretary", f"{page}/hearing")
    for login, dissent in (("chair", ""), ("member", "проверка не полна")):
        c.do("secretary", votes.vote, case, c.people[login].id, Outcome.SATISFY, dissent)
    gallery.look("a vote with a dissent", "secretary", f"{page}/hearing")
    check = (dt.date(2026, 6, 22), "Орлова, Седов", "yes", "Бланки увеличены после начала.")
    c.do("secretary", procedure_check.record_check, case, *check)
    gallery.look("the check is recorded", "secretary", f"{page}/hearing")
    made = c.do("secretary", decisions.decide, case, "основания")
    gallery.look("the protocol on procedure", "secretary", f"{page}/protocol")
    for login in ("chair", "member"):
        c.do("secretary", signatures.sign, case, c.people[login].id, PIN, made.sha256)
    order = f"{page}/order"
    gallery.look("what follows a procedure", "secretary", order)
    c.do("secretary", orders.order_reprocessing, case)
    gallery.press("annulled by no paper", "secretary", order, "/annul")
    c.do("secretary", orders.record_annulment, case, "протокол ГЭК № 14 от 25.06.2026")
    gallery.press("no reserve day", "secretary", order, "/reserve_day")
    c.do("secretary", orders.record_reserve_day, case, dt.date(2026, 6, 29), "каб. 3")
    gallery.look("the reserve day is named", "secretary", order)
    c.do("secretary", orders.record_notice, case, "лично", "апеллянт")
    gallery.press("the case is closed", "secretary", order, "/close")
    gallery.look("what came of a procedure", "secretary", page)


def rejected(gallery: Gallery, c: world.Commission) -> None:
    """The commission finds an error of the centre and the appellant's own."""
    filed = gallery.clock.now.date()
    case = world.file_appeal(c, filed=filed, reached=filed, late_reason="болезнь")
    later = dt.datetime(2026, 6, 26, 8, 0, tzinfo=dt.UTC)
    c.do("secretary", appointments.schedule, case, later, "каб. 5", "in_person", "кворум")
    world.come_to_hearing(c, case, later + dt.timedelta(days=1))
    gallery.leave()
    page = f"/appeals/{case}"
    gallery.look("a case out of time", "secretary", page)
    gallery.press("opened a day later without why", "secretary", f"{page}/hearing", "/open")
    c.do("secretary", opening.open_hearing, case, "кворум собрался позже")
    gallery.look("nobody has said whose works these are", "secretary", f"{page}/hearing")
    c.do("secretary", own_work.confirm_own, case, "absent", "")
    for field, decided in (("2", Diagnosis.RECOGNITION_ERROR), ("5", Diagnosis.OWN_ERROR)):
        c.do("member", findings.find, case, field, decided, reason="видно на снимке")
    for login in ("chair", "member"):
        c.do("secretary", votes.vote, case, c.people[login].id, Outcome.REJECT)
    hearing = f"{page}/hearing"
    gallery.look("rejected though something was found", "secretary", hearing)
    sent = {"reasons": "Ответ неверен и в оригинале."}
    gallery.press("against the finding without why", "secretary", hearing, "/decide", "", sent)
    c.do("secretary", decisions.decide, case, "основания", "запись видеонаблюдения")
    gallery.look("its protocol", "chair", f"{page}/protocol")
    with c.store.read() as uow:
        made = uow.session.query(Protocol).filter_by(appeal_id=case).one().sha256
    for login in ("chair", "member"):
        c.do("secretary", signatures.sign, case, c.people[login].id, PIN, made)
    gallery.look("what follows a rejection", "secretary", f"{page}/order")
    c.do("secretary", orders.order_reprocessing, case)
    gallery.clock.forward(days=9)
    gallery.leave()
    gallery.look("a step is late", "secretary", f"{page}/order")
    gallery.look("a term has passed", "secretary", "/appeals")


def kept(gallery: Gallery, c: world.Commission) -> None:
    """Works are kept until their term, then destroyed by two people."""
    gallery.look("works are kept", "secretary", "/keeping")
    gallery.look("works are kept", "chair", "/keeping")
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).hold = False
        uow.record("test:hold", f"booklet:{c.booklet}")
    gallery.clock.forward(days=400)
    gallery.leave()
    gallery.look("the term of keeping is over", "secretary", "/keeping")
    sent = {"basis": "приказ 17", "person": c.people["head"].id, "pin": "0000"}
    gallery.press("destroyed with a wrong PIN", "secretary", "/keeping", "/destroy", "", sent)
    gallery.press("destroyed", "secretary", "/keeping", "/destroy", "", {**sent, "pin": PIN})
    for login in ("secretary", "chair"):
        gallery.look("an act of destruction", login, "/keeping")
