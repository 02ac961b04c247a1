"""A whole room shifted by one row: from one case the others are found, each gets a case of its own, is
decided by itself, and the orders go out together."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Capacity, Outcome
from examday.domain.errors import Conflict
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor
from examday.services.appeals.decision import decisions, findings, signatures
from examday.services.appeals.hearing import (
    appointments,
    attendance,
    opening,
    own_work,
    votes,
)
from examday.services.appeals.order import orders, second_transfer
from examday.services.appeals.order.similar import similar
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Candidate, Person, Reading, Seat
from examday.storage.tables_appeal import Appeal
from tests.appeals import world
from tests.appeals.test_appeal_services import PIN, heard, signed

ANSWERS = {"1": "А1", "2": "Б2", "3": "В3", "4": "Г4"}
SHIFTED = {"2": "А1", "3": "Б2", "4": "В3"}
LATER = dt.datetime(2026, 6, 26, 8, tzinfo=dt.UTC)


@pytest.fixture
def c(store: Store, add_person: Callable[..., Person], clock: object) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    return world.make(store, add_person)


def neighbour(
    c: world.Commission, place: str, copy: dict[str, str], certainty: float | None = None
) -> str:
    """A work of the same room with this copy; with a certainty only a machine has read it."""
    with c.store.begin(Actor.system("test")) as uow:
        first = uow.get(Booklet, c.booklet)
        who = uow.add(Candidate(code=f"C-{place}", surname="Сосед", needs=["a3"]))
        uow.session.flush()
        at = {"room_id": first.seat.room_id, "exam_id": first.exam_id}
        seat = uow.add(Seat(candidate_id=who.id, place=place, **at))
        uow.session.flush()
        work = uow.add(
            Booklet(
                seat_id=seat.id,
                exam_id=first.exam_id,
                medium="enlarged",
                code=f"267500018{place[0]}788",
                state="handed_over",
                since=uow.now(),
            )
        )
        uow.session.flush()
        seen = {} if certainty is None else {"confidence": certainty}
        for source, fields, more in (
            ("settled", ANSWERS, {}),
            ("machine:copy" if seen else "recognised", copy, seen),
        ):
            content = {"fields": {field: {"text": text, **more} for field, text in fields.items()}}
            uow.add(
                Reading(
                    booklet_id=work.id,
                    version=1,
                    source=source,
                    content=content,
                    sha256=digest(content),
                    at=uow.now(),
                )
            )
        uow.record("test:room", f"booklet:{work.id}")
    return str(work.id)


def to_the_order(c: world.Commission) -> str:
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    signed(c, number)
    c.do("secretary", orders.order_reprocessing, number)
    return number


def decided(c: world.Commission, number: str, outcome: Outcome, found: Diagnosis) -> None:
    """Heard two days later, every task found to be `found`, decided and signed."""
    world.come_to_hearing(c, number, LATER)
    c.do("secretary", attendance.attend, number, Capacity.APPELLANT, None, "сосед")
    c.do("secretary", opening.open_hearing, number)
    c.do("secretary", own_work.confirm_own, number, "yes", "print")
    with c.store.read() as uow:
        proposed = findings.proposals(uow, uow.get(Appeal, number))
    for field, one in proposed.items():
        if one.diagnosis is not Diagnosis.NO_DIFFERENCE:
            category = "row_shift" if found is Diagnosis.TRANSFER_DEFECT else ""
            c.do("member", findings.find, number, field, found, category=category, reason="снимок")
    for login in ("chair", "member"):
        c.do("secretary", votes.vote, number, c.people[login].id, outcome)
    made = c.do("secretary", decisions.decide, number, "По снимкам.")
    for login in ("chair", "member"):
        c.do("secretary", signatures.sign, number, c.people[login].id, PIN, made.sha256)
    c.do("secretary", orders.order_reprocessing, number)


def batch(browser: Any, number: str) -> dict[str, bytes]:
    """The archive that the page of the order gives out: names → content; empty when refused."""
    secretary = browser()
    secretary.log_in("secretary")
    made = secretary.post(f"/appeals/{number}/orders.zip", {})
    if made.status_code == 404:
        return {}
    assert made.status_code == 200 and made.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(made.data)) as held:
        assert held.testzip() is None
        return {name: held.read(name) for name in held.namelist()}


def review(browser: Any, number: str, *works: str) -> None:
    """The secretary opens reviews from the page of the order."""
    secretary = browser()
    secretary.log_in("secretary")
    page = f"/appeals/{number}/order"
    shown = secretary.get(page).get_data(as_text=True)
    for work in works:
        assert f'value="{work}"' in shown, "offered to be reviewed"
    done = secretary.post(f"{page}/reviews", {"work": list(works)})
    assert done.status_code == 303


def test_a_batch_names_every_case_also_those_without_an_order(
    c: world.Commission, browser: Any
) -> None:
    number = to_the_order(c)
    review(browser, number, neighbour(c, "2А", SHIFTED))
    assert batch(browser, number) == {}, "nobody is named yet"
    c.do("secretary", second_transfer.assign, number, c.people["fresh"].id, c.people["fresh2"].id)
    made = batch(browser, number)
    assert list(made) == ["order-77-01-0001.pdf", "list.txt"]
    assert made["list.txt"].decode().splitlines() == [
        "77-01-0001: order-77-01-0001.pdf",
        "77-01-0002: поручения ещё нет",
    ]


@pytest.mark.release
def test_a_shifted_room_is_found_reviewed_decided_work_by_work_and_ordered_together(
    c: world.Commission, browser: Any
) -> None:
    number = to_the_order(c)
    c.do("secretary", second_transfer.assign, number, c.people["fresh"].id, c.people["fresh2"].id)
    shifted, own, right = (
        neighbour(c, "2А", SHIFTED), neighbour(c, "3А", SHIFTED), neighbour(c, "4А", ANSWERS),
    )  # fmt: skip
    secretary = browser()
    secretary.log_in("secretary")
    page = secretary.get(f"/appeals/{number}/order").get_data(as_text=True)
    chosen = [work for work in (shifted, own, right) if f'value="{work}" checked' in page]
    assert chosen == [shifted, own], "those that differ are proposed, the right one is not"
    review(browser, number, shifted, own)
    with c.store.read() as uow:
        cases = {
            one.booklet_id: one.id
            for one in uow.session.query(Appeal).order_by(Appeal.number)
            if one.id != number
        }
    assert set(cases) == {shifted, own}
    for one in cases.values():
        c.do("secretary", appointments.schedule, one, LATER, "каб. 5", "in_person")
    decided(c, cases[shifted], Outcome.SATISFY, Diagnosis.TRANSFER_DEFECT)
    # In the other work the candidate had written one row lower: each is decided by itself.
    decided(c, cases[own], Outcome.REJECT, Diagnosis.OWN_ERROR)
    fresh = (c.people["fresh"].id, c.people["fresh2"].id)
    with pytest.raises(Conflict, match="No record says who transferred this work first"):
        c.do("secretary", second_transfer.assign, cases[shifted], *fresh)
    c.do("secretary", second_transfer.assign, cases[shifted], *fresh, asked=True)
    made = batch(browser, number)
    with c.store.read() as uow:
        numbers = {work: uow.get(Appeal, one).number for work, one in cases.items()}
    again = f"order-{numbers[shifted]}.pdf"
    assert list(made) == ["order-77-01-0001.pdf", again, "list.txt"]
    assert f"{numbers[own]}: поручения ещё нет" in made["list.txt"].decode()
    for name, code in (("order-77-01-0001.pdf", "2 675000 181771"), (again, "2 675000 182788")):
        document = pypdfium2.PdfDocument(made[name])
        said = " ".join(part.get_textpage().get_text_range() for part in document)
        assert code in said and "Fresh" in said, name
        unknown = "в записях их нет; оба названных опрошены"
        assert (unknown in " ".join(said.split())) is (name == again)
    with c.store.read() as uow:
        assert uow.get(Booklet, right).version == 1 and uow.get(Booklet, own).version == 1
        assert uow.get(Booklet, shifted).version == 2


def test_a_neighbour_whom_a_machine_hardly_read_is_neither_alike_nor_different(
    c: world.Commission,
) -> None:
    neighbour(c, "2А", ANSWERS, certainty=0.6)
    neighbour(c, "3А", {**ANSWERS, "2": "Б3"}, certainty=0.6)
    number = world.file_appeal(c)
    with c.store.read() as uow:
        found = similar(uow, uow.get(Appeal, number))
    assert [(one.differing, one.shifted, one.unread) for one in found] == [(0, 0, 4), (0, 0, 4)]
