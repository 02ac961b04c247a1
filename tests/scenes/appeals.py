"""One appeal about the score: filed, heard, decided, signed, carried out to the last step."""

import datetime as dt

from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Outcome
from examday.domain.people.roles import Actor
from examday.services.appeals.decision import decisions, findings, signatures
from examday.services.appeals.hearing import attendance, opening, own_work, votes
from examday.services.appeals.order import marking, orders, second_transfer
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Appeal
from tests.appeals import world
from tests.appeals.test_outcomes import with_long_answer
from tests.conftest import PIN
from tests.scenes.gallery import Gallery

FILED = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)
HEARING = dt.datetime(2026, 6, 24, 8, 0, tzinfo=dt.UTC)


def show(gallery: Gallery) -> None:
    """A work with two planted defects and a long answer that was copied wrongly."""
    gallery.clock.now = FILED
    c = world.make(gallery.store, gallery.add_person)
    with_long_answer(c)
    gallery.look("no appeals yet", "secretary", "/appeals")
    register(gallery, c)
    case = world.file_appeal(c)
    for login in ("secretary", "member", "operator"):
        gallery.look("the case is registered", login, f"/appeals/{case}")
    gallery.look("an open case in the list", "secretary", "/appeals")
    hearing(gallery, c, case)
    findings_and_votes(gallery, c, case)
    protocol(gallery, c, case)
    carry_out(gallery, c, case)


def register(gallery: Gallery, c: world.Commission) -> None:
    """The work is looked for, the paper appeal is copied."""
    new = "/appeals/new"
    gallery.look("a work is looked for", "secretary", new)
    gallery.look("a work is not found", "secretary", f"{new}?q=123")
    gallery.look("a work is found by its number", "secretary", f"{new}?q=2675000181771")
    gallery.look("a work is found by its surname", "chair", f"{new}?q=Учебн")
    gallery.press("an old work without entries", "secretary", new, "/old-work")
    page = f"{new}?work={c.booklet}"
    gallery.look("the paper appeal", "secretary", page)
    gallery.press("an appeal without its day", "secretary", page, "", "")
    late = {"result_day": "2026-06-01", "filed": "2026-06-22", "reached": "2026-06-22"}
    gallery.press("an appeal out of time", "secretary", page, "", "", late)


def hearing(gallery: Gallery, c: world.Commission, case: str) -> None:
    """The hearing is appointed, its day comes, people come."""
    page = f"/appeals/{case}/hearing"
    gallery.look("no hearing is appointed", "secretary", page)
    gallery.look("no hearing is appointed", "member", page)
    gallery.press("a hearing without its day", "secretary", page, "/appoint")
    day = {"day": "2026-06-24", "time": "11:00", "place": "каб. 5", "form": "in_person"}
    gallery.press("a day is appointed", "secretary", page, "/appoint", "", day)
    gallery.look("a hearing is appointed", "secretary", page)
    gallery.look("the case before its hearing", "secretary", f"/appeals/{case}")
    world.come_to_hearing(c, case, HEARING)
    gallery.leave()
    gallery.look("the day of the hearing", "secretary", page)
    gallery.press("nobody is named", "secretary", page, "/attend")
    c.do("secretary", attendance.attend, case, "appellant", None, "апеллянт")
    c.do("secretary", opening.open_hearing, case)
    gallery.look("the hearing is open", "secretary", page)
    c.do("secretary", own_work.confirm_own, case, "yes", "print")
    gallery.look("the works are recognised", "secretary", page)


def findings_and_votes(gallery: Gallery, c: world.Commission, case: str) -> None:
    """Each task is found, each member votes."""
    page, hearing = f"/appeals/{case}", f"/appeals/{case}/hearing"
    for login in ("secretary", "member"):
        gallery.look("the readings at the hearing", login, page)
    gallery.look("read the original field by field", "member", f"{page}/reading/original")
    gallery.look("the second screen", "member", f"{page}/show")
    wrong = {"decided": "own_error", "reason": ""}
    having = ("field", "2")
    gallery.press("otherwise than proposed, without why", "member", page, "", "", wrong, having)
    gallery.press("nothing was read", "member", page, "/read")
    found = c.do("member", lambda uow: findings.proposals(uow, uow.get(Appeal, case)))
    for field, proposal in found.items():
        if proposal.diagnosis is not Diagnosis.NO_DIFFERENCE:
            said = {"category": str(proposal.category or ""), "cause": "читали вдвоём"}
            c.do("member", findings.find, case, field, proposal.diagnosis, **said)
    c.do("member", findings.find, case, "5", Diagnosis.OWN_ERROR, reason="пусто и на оригинале")
    gallery.look("every task is found", "member", page)
    gallery.look("votes are asked for", "secretary", hearing)
    for login, vote in (("chair", Outcome.SATISFY), ("member", Outcome.REJECT)):
        c.do("secretary", votes.vote, case, c.people[login].id, vote)
    gallery.look("votes differ", "secretary", hearing)
    gallery.press("decided without reasons", "secretary", hearing, "/decide")


def protocol(gallery: Gallery, c: world.Commission, case: str) -> None:
    """The decision is written down and signed."""
    page = f"/appeals/{case}/protocol"
    gallery.look("no protocol yet", "secretary", page)
    made = c.do("secretary", decisions.decide, case, "Перенос не соответствует оригиналу.")
    for login in ("secretary", "chair", "operator"):
        gallery.look("a protocol to sign", login, page)
    wrong = {"pin": "0000"}
    gallery.press("signed with a wrong PIN", "chair", page, "/sign", "", wrong)
    for login in ("chair", "member"):
        c.do("secretary", signatures.sign, case, c.people[login].id, PIN, made.sha256)
    gallery.look("a signed protocol", "secretary", page)
    gallery.look("the hearing after it", "secretary", f"/appeals/{case}/hearing")


def carry_out(gallery: Gallery, c: world.Commission, case: str) -> None:
    """The work is transferred again, marked, counted anew, and the appellant is told."""
    page = f"/appeals/{case}/order"
    gallery.look("the order may be given", "secretary", page)
    gallery.press("the order is given", "secretary", page)
    gallery.look("other hands are to be named", "secretary", page)
    gallery.look("other hands are to be named", "operator", page)
    gallery.press("nobody is named for the transfer", "secretary", page, "/assign")
    c.do("secretary", second_transfer.assign, case, c.people["fresh"].id, c.people["fresh2"].id)
    gallery.look("the second transfer goes on", "secretary", page)
    gallery.look("the work has a second version", "secretary", f"/booklets/{c.booklet}")
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).state = "handed_over"
        uow.record("test:transferred", f"booklet:{c.booklet}")
    c.do("secretary", second_transfer.finish_transfer, case)
    gallery.look("the new form is handed over", "secretary", page)
    c.do("secretary", second_transfer.finish_hand_over, case)
    mark(gallery, c, case)
    gallery.press("the score fell without why", "operator", page, "/recalculate", "", FELL)
    c.do("operator", orders.record_results, case, 61, 58, "ответ 3 засчитан ошибочно")
    gallery.look("the score is to be approved", "chair", page)
    c.do("chair", orders.approve, case)
    gallery.press("told in no way", "secretary", page, "/inform")
    c.do("secretary", orders.record_notice, case, "лично", "мать")
    gallery.look("everything is done", "secretary", page)
    gallery.press("the case is closed", "secretary", page, "/close")
    for name in ("", "/order", "/kit", "/protocol", "/hearing"):
        gallery.look(
            f"a closed case{name.replace('/', ': ')}", "secretary", f"/appeals/{case}{name}"
        )
    gallery.look("a closed case in the list", "secretary", "/appeals")


FELL = {"before": "61", "after": "58", "fell": ""}


def mark(gallery: Gallery, c: world.Commission, case: str) -> None:
    """Two experts mark the long answer by themselves."""
    gallery.look("works to mark", "expert", "/rechecks/")
    page = f"/rechecks/{case}"
    gallery.look("an answer to mark", "expert", page)
    gallery.press("marked with nothing", "expert", page)
    c.do("expert", marking.enter_marks, case, "Э-1", {"long:27": "14"})
    gallery.look("the marks are entered", "expert", page)
    gallery.look("the order waits for another expert", "operator", f"/appeals/{case}/order")
    entered = {"code": "Э-2", "mark-long:27": "14"}
    order = f"/appeals/{case}/order"
    gallery.press("marks from paper", "secretary", order, "/expert_recheck", "", entered)
    gallery.look("nothing is left to mark", "expert", "/rechecks/")
