"""Braille that is transferred at the centre: the point only collects, the commission there opens the
package, reads, copies and signs; and hears an appeal about it months later."""

import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict
from examday.domain.people.roles import Role
from examday.services.board import closing, overview
from examday.services.braille import commission
from examday.services.custody import papers
from examday.services.ledger import audit
from examday.services.packing import contents, handing_over, packets, sealing, single_things
from examday.services.people.directory import actor_of
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Appeal
from examday.web.app import create_app
from tests import one_work, people_at_once, sheets
from tests.at_desks import Clerk
from tests.conftest import PIN, Browser
from tests.every_medium import _pile
from tests.ledger.test_export import check_here
from tests.notebooks import embossed
from tests.one_work import Work, written_page
from tests.travel.two_ends import ADMIN, POINT, add_point, enrolled, sent, station_in, taken

EXAM, RESULTS = dt.date(2026, 6, 4), dt.date(2026, 6, 18)
HEARD = dt.date(2026, 6, 24)
OF_THE_CENTRE: dict[str, tuple[Role, ...]] = {
    "tiflo_chair": (Role.BRAILLE_CHAIR,),
    **{f"tiflo{n}": (Role.BRAILLE_TRANSCRIBER,) for n in range(1, 5)},
    "centre": (Role.SITE_HEAD, Role.LEAD_ORGANISER),
    "scanner": (Role.TECHNICAL_SPECIALIST,),
    "gek": (Role.EXAM_BOARD_MEMBER,),
    "appeal_chair": (Role.APPEAL_CHAIR,),
    "appeal_member": (Role.APPEAL_MEMBER,),
    "secretary": (Role.APPEAL_SECRETARY, Role.APPEAL_OPERATOR),
}
ANSWERS = {"1": "ДОМ", "2": "17"}
TABLE = "Задание;Распознано;Балл до;Эксперт\n1;ДОМ;1;\n2;71;0;\n"
"""What the centre recognised: the digits of task 2 have changed places."""


def planned_there(station: Store, browser: Callable[[], Browser], where: str = "rcoi") -> Work:
    """A notebook that was collected at its point; the plan says where Braille is transferred."""
    work = one_work.maker(station, browser)(Medium.BRAILLE, tasks=2, needs=["braille"])
    with station.begin(ADMIN) as uow:
        exam = uow.get(Booklet, work.id).exam
        exam.date, exam.facts = EXAM, {**exam.facts, "braille_at": where}
        uow.record("test:plan", f"exam:{exam.id}")
    work.issue()
    work.collect()
    return work


def package_goes(station: Store, work: Work) -> str:
    """Its envelope goes to the commission in a package; the package."""
    lead, head, board = (actor_of(work.people[who]) for who in ("lead", "head", "board"))
    with station.begin(lead) as uow:
        packet = packets.open_packet(uow, uow.get(Booklet, work.id).exam_id, Purpose.COMMISSION)
        things = papers.of_booklet(uow, work.id)
        envelope = next(one for one in things if one.kind == Kind.ENVELOPE)
        single_things.put(uow, packet.id, envelope.id)
        inside = contents.contents(uow, packet)
    with station.begin(head) as uow:
        sealing.seal(uow, packet.id, inside)
    with station.begin(head) as uow:
        handing_over.hand_over(uow, packet.id, str(board.person_id), PIN, inside)
    return packet.id


@pytest.fixture
def station(store: Store, clock: Any, tmp_path: Path, migrated: Path) -> Store:
    """A station of the point; `store` is its centre."""
    add_point(store, POINT)
    made = station_in(tmp_path / "station", migrated)
    made.clock = clock
    enrolled(store, made, POINT)
    return made


@pytest.fixture
def at_the_point(station: Store) -> Callable[[], Browser]:
    """A browser at the point."""
    app = create_app(station.settings, station)
    return lambda: Browser(app)


@pytest.mark.parametrize("where", ["rcoi", "site"])
@pytest.mark.release
def test_a_notebook_is_the_centre_s_once_its_package_has_gone_to_the_commission_there(
    store: Store,
    station: Store,
    at_the_point: Callable[[], Browser],
    tmp_path: Path,
    where: str,
) -> None:
    work = planned_there(station, at_the_point, where)
    assert taken(store, sent(station, tmp_path / "before.zip")).works == 0, "it is still there"
    package_goes(station, work)
    came = taken(store, sent(station, tmp_path / "after.zip"))
    gone = where == "rcoi"
    assert came.works == gone
    head = actor_of(work.people["head"])
    with station.read(head) as uow:
        waits = bool(overview.show(uow, EXAM).queues)
        listed = bool(commission.works_of(uow)), bool(closing.show(uow, EXAM).works)
    assert (waits, listed) == (not gone, (not gone, not gone)), "nobody at the point is waited for"
    with store.read() as uow:
        assert bool(commission.works_of(uow)) == gone
    if gone:
        with pytest.raises(Conflict) as refused, station.begin(ADMIN) as uow:
            uow.get(Booklet, work.id).holder_id = head.person_id
            uow.record("test:write", f"booklet:{work.id}")
        assert refused.value.code == "sent-away"


@dataclass
class Case:
    """The case about a notebook, and who sits where."""

    work: Work
    store: Store
    clock: Any
    id: str = ""

    def send(self, login: str, step: str, page: str = "", **fields: Any) -> str:
        """Fill in a form of a page of the case and press its button; what comes then."""
        at = f"/appeals/{self.id}"
        clerk = self.work.at(login, f"{at}{page}")
        shown = clerk.press(f"{at}{step}", fields=fields)
        assert shown.status == 200, (step, shown.text[:2500])
        return shown.html

    def day(self, day: dt.date) -> None:
        """Another day: everybody logs in anew."""
        self.clock.now = dt.datetime.combine(day, dt.time(8), dt.UTC)
        self.work.clerks.clear()

    def filed(self) -> None:
        """Registered on the day of the results, and what the centre recognised."""
        self.day(RESULTS)
        secretary = self.work.at("secretary", f"/appeals/new?work={self.work.id}")
        days = {name: str(RESULTS) for name in ("result_day", "filed", "reached")}
        said = {"kind": "score", "applicant": "апеллянт", "text": "Задание 2", "needs": "blind"}
        secretary.press("/appeals/new", fields={**days, **said, "presence": "own"})
        with self.store.read() as uow:
            self.id = uow.session.query(Appeal).one().id
        self.send("secretary", "/centre", table=(io.BytesIO(TABLE.encode()), "centre.csv"))

    def heard(self) -> None:
        """Appointed, sat, decided and signed."""
        people = self.work.people
        where = {"time": "11:00", "place": "каб. 5", "form": "in_person"}
        self.send("secretary", "/hearing/appoint", "/hearing", day=str(HEARD), **where)
        self.day(HEARD)
        come = ("appeal_chair", "chair"), ("appeal_member", "member"), ("secretary", "secretary")
        for login, capacity in (*come, ("tiflo4", "transcriber")):
            who = {"person": people[login].id, "capacity": capacity, "was_asked": "1"}
            self.send("secretary", "/hearing/attend", "/hearing", **who)
        self.send("secretary", "/hearing/attend", "/hearing", capacity="appellant", name="Учебный")
        self.send("secretary", "/hearing/open", "/hearing")
        self.send("secretary", "/hearing/own-work", "/hearing", answer="yes", way="read_aloud")
        found = {"field": "2", "decided": "transfer_defect", "category": "digits_swapped"}
        self.send("appeal_member", "/find", **found)
        for login in ("appeal_chair", "appeal_member"):
            vote = {"person": people[login].id, "outcome": "satisfy"}
            self.send("secretary", "/hearing/vote", "/hearing", **vote)
        self.send("secretary", "/hearing/decide", "/hearing", reasons="Бланк не совпадает.")
        for login in ("appeal_chair", "appeal_member"):
            said = {"person": people[login].id, "pin": PIN}
            self.send("secretary", "/protocol/sign", "/protocol", **said)

    def carried_out(self) -> None:
        """Ordered, transferred again by two others, recalculated, told, closed."""
        people = self.work.people
        self.send("secretary", "/order", "/order")
        hands = {"transferrer": people["tiflo4"].id, "second": people["tiflo3"].id}
        offered = self.work.at("secretary", f"/appeals/{self.id}/order").page
        assert offered and f'<option value="{people["tiflo4"].id}"' in offered.html
        assert f'<option value="{people["tiflo2"].id}"' not in offered.html, "had it in hand before"
        self.send("secretary", "/order/assign", "/order", **hands)
        read_and_handed_over(self.work, "tiflo4", "tiflo3")
        self.send("secretary", "/order/retransfer", "/order")
        self.send("secretary", "/order/hand_over", "/order")
        self.send("secretary", "/order/recalculate", "/order", before="61", after="62")
        self.send("appeal_chair", "/order/approve", "/order")
        self.send("secretary", "/order/inform", "/order", way="лично", whom="апеллянт")
        assert "61 → 62" in self.send("secretary", "/order/close", "/order")

    def bundle(self, browser: Browser, path: Path) -> tuple[int, str]:
        """The case for the offline verifier, and what it says about the code of the protocol."""
        browser.log_in("secretary")
        at = f"/appeals/{self.id}"
        paper = browser.post(f"{at}/protocol.txt", {})
        [code] = re.findall(r"\d{4}-\d{4}-\d{4}-\d{4}", paper.get_data(as_text=True))
        path.write_bytes(browser.post(f"{at}/bundle.zip", {}).data)
        return check_here(path, "--code", code)


def at_the_centre(store: Store, work: Work, window: Callable[[str], Clerk]) -> Work:
    """The same work, in the hands of the people of the centre."""
    people = people_at_once.add_all(store, OF_THE_CENTRE)
    # As the walk of a work calls those who pack it and take it away.
    seats = people | {"lead": people["centre"], "head": people["centre"], "board": people["gek"]}
    seats |= {"tech": people["scanner"]}
    names = {"lead": "centre", "head": "centre", "board": "gek", "tech": "scanner"}
    return Work(store, lambda login: window(names.get(login, login)), work.id, work.code, seats)


def opened_and_scanned(work: Work, package: str) -> None:
    """The chair opens the package against a count, the notebook is scanned."""
    chair = work.at("tiflo_chair", "/commission")
    assert f"{POINT} · 0101-1А" in chair.page.text  # type: ignore[union-attr]
    chair.open(f"/packing/packet/{package}")
    chair.press("/empty", fields={"count-envelope": 1})
    work.at("tech", "/site").press("/site", POINT)
    lines = ["учебный", "участник", "0000 000001"], ["1 дом", "2 17"]
    leaves = (Image.fromarray(embossed(page)) for page in lines)
    for leaf in (written_page("Тетрадь", 0), *leaves):
        work.send(leaf, dpi=150)
        work.attach("original")
    assert work.state() is State.SCANNED, work.pages()


def read_and_handed_over(work: Work, first: str, second: str) -> None:
    """Two translators read it apart; copied, compared, signed, packed and handed over."""
    for login in (first, second):
        desk = work.take(login, "keyin")
        assert desk.page is not None
        if desk.page.url.endswith("/pages"):
            desk.press(fields=_pile(desk.page))
        desk.press(f"/braille/{work.id}", "answers", {"text": "1 дом\n2 17"})
        desk.press("/hand-in")
    assert work.state() is State.SETTLED
    work.copy(first)
    work.pictures += 1
    work.at("tech", "/site").press("/site", POINT)
    copy = sheets.draw(work.code, "A4", 150 + work.pictures, answers={**one_work.head(), **ANSWERS})
    work.send(copy, dpi=150 + work.pictures)
    assert work.state() is State.COPY_SCANNED, work.pages()
    work.verify(second)
    work.sign((first, "translator"), ("tiflo_chair", "chair"))
    work.pack()
    given_away(work)


def given_away(work: Work) -> None:
    """What is packed now is counted and handed to the exam-board member."""
    for purpose in (Purpose.STANDARD, Purpose.EVIDENCE):
        with work.store.read() as uow:
            packet = packets.packet_for(uow, uow.get(Booklet, work.id).exam_id, purpose)
            inside = contents.contents(uow, packet) if packet else {}
        if packet and inside:
            counted = {f"count-{kind}": n for kind, n in inside.items()}
            head = work.at("head", f"/packing/packet/{packet.id}")
            head.press(fields=counted)
            head.press(fields={**counted, "to": work.people["board"].id, "pin": PIN})
    assert work.state() is State.HANDED_OVER


def to_the_end(
    centre: Store,
    station: Store,
    at_the_point: Callable[[], Browser],
    clock: Any,
    folder: Path,
    window: Callable[[str], Clerk],
) -> Case:
    """Collected at the point, brought by stick, transferred at the centre, appealed, closed."""
    there = planned_there(station, at_the_point)
    package = package_goes(station, there)
    taken(centre, sent(station, folder / "stick.zip"))
    work = at_the_centre(centre, there, window)
    opened_and_scanned(work, package)
    read_and_handed_over(work, "tiflo1", "tiflo2")
    case = Case(work, centre, clock)
    case.filed()
    case.heard()
    case.carried_out()
    return case


@pytest.mark.release
def test_a_notebook_is_read_by_two_translators_of_the_centre_and_an_appeal_about_it_heard(
    store: Store,
    station: Store,
    at_the_point: Callable[[], Browser],
    browser: Callable[[], Browser],
    clock: Any,
    tmp_path: Path,
) -> None:
    case = to_the_end(
        store, station, at_the_point, clock, tmp_path, lambda login: Clerk(browser(), login)
    )
    rc, said = case.bundle(browser(), tmp_path / "case.zip")
    assert rc == 0, said
    found = audit.verify(store)
    assert found.ok
    assert [one.state for one in found.witnessed] == ["same"]
