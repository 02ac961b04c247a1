"""Two exam days at one station: people work at the day in hand, and no day changes another."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from examday.domain.custody.lifecycle import NEVER_ISSUED, State
from examday.domain.errors import MachineTrouble
from examday.domain.jobs import Task
from examday.domain.people.roles import Actor, Role
from examday.domain.plan.days import day_in_hand
from examday.services.board import closing
from examday.services.board import overview as board
from examday.services.custody import views
from examday.services.plan.readiness import readiness
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import (
    Booklet,
    Candidate,
    Duty,
    Exam,
    Item,
    Outbox,
    Page,
    Room,
    ScanFile,
    Seat,
)
from tests import day, sheets
from tests.conftest import Browser, Clock
from tests.offers import text_of

TEST = Actor.system("test")
HEAD = Actor("head", frozenset({Role.SITE_HEAD}), "head")
FIRST, SECOND, THIRD = dt.date(2026, 6, 4), dt.date(2026, 6, 8), dt.date(2026, 6, 15)


def planned(store: Store, *days: dt.date) -> list[str]:
    """A real exam of one registered work on each of these days; the ids of the works."""
    works = []
    for number, date in enumerate(days, 1):
        work = day.booklet(store, sheets.kit_code(number), State.REGISTERED)
        with store.begin(TEST) as uow:
            booklet = uow.get(Booklet, work)
            exam = uow.add(Exam(date=date, kind="ege", subject="01", site_code="7701"))
            uow.session.flush()
            booklet.exam_id = booklet.seat.exam_id = exam.id
            uow.record("test:exam", "day:test")
        works.append(work)
    with store.begin(TEST) as uow:
        uow.session.delete(uow.session.scalars(select(Exam).where(Exam.training)).one())
        uow.record("test:exam", "day:test")
    return works


def shown(store: Store) -> dt.date | None:
    with store.read() as uow:
        return board.show(uow).day


def hand_over(store: Store, work: str) -> None:
    with store.begin(TEST) as uow:
        uow.get(Booklet, work).state = State.HANDED_OVER
        uow.record("test:over", f"booklet:{work}")


def test_with_a_month_in_the_plan_people_work_at_the_day_that_is_today(
    store: Store, clock: Clock
) -> None:
    """The last day of the plan is not the one at which people work."""
    first, second, _third = planned(store, FIRST, SECOND, THIRD)
    assert shown(store) == FIRST
    with store.read() as uow:
        assert [line.exam.date for line in views.rooms(uow)] == [FIRST]
        assert board.show(uow).others == [SECOND]
    clock.forward(days=1)
    assert shown(store) == FIRST, "its works are not handed over, and nobody has closed it"
    with store.read() as uow:
        past, end = board.show(uow), closing.show(uow)
    assert {row.who for row in past.queues} == set(end.waits.values()) == {NEVER_ISSUED}
    assert past.head.name == "close", "it is too late to look what is missing"
    hand_over(store, first)
    with store.begin(HEAD) as uow:
        closing.close(uow, FIRST, "")
    assert shown(store) == SECOND, "the next one is prepared"
    clock.forward(days=3)
    assert shown(store) == SECOND
    with store.read() as uow:
        assert board.show(uow).others == [FIRST, THIRD]
        assert [b.id for b in views.of_day(uow)[1]] == [second]


@pytest.mark.parametrize(
    ("newest", "following", "unfinished", "expected"),
    [
        (None, None, None, None),
        (None, SECOND, None, SECOND),
        (FIRST, None, None, FIRST),
        (FIRST, SECOND, FIRST, FIRST),
        (FIRST, SECOND, None, SECOND),
    ],
)
def test_between_two_days_the_unfinished_one_is_shown(
    newest: Any, following: Any, unfinished: Any, expected: Any
) -> None:
    today = dt.date(2026, 6, 6)
    assert day_in_hand(today, newest, following, unfinished) == expected


def test_the_exam_of_today_comes_before_all_others() -> None:
    assert day_in_hand(FIRST, FIRST, THIRD, dt.date(2026, 6, 1)) == FIRST


BEFORE, YESTERDAY = dt.date(2026, 6, 1), dt.date(2026, 6, 3)


@pytest.mark.parametrize(
    ("exams", "training", "closed", "expected"),
    [
        ([], [YESTERDAY], [], YESTERDAY),
        ([SECOND], [YESTERDAY], [], SECOND),
        ([SECOND], [FIRST], [], FIRST),
        ([BEFORE], [SECOND], [], BEFORE),
        ([BEFORE], [SECOND], [BEFORE], SECOND),
        ([BEFORE], [YESTERDAY], [], BEFORE),
        ([BEFORE, SECOND], [THIRD], [BEFORE], SECOND),
        ([BEFORE, SECOND], [YESTERDAY], [], BEFORE),
        ([FIRST], [SECOND], [], FIRST),
    ],
    ids=[
        "training alone",
        "an exam follows",
        "training of today before an exam",
        "training to come hides no unfinished exam",
        "and is prepared after it",
        "training that was hides no unfinished exam",
        "the next exam and not training after it",
        "nor does training between two exams",
        "today's exam before training to come",
    ],
)
def test_training_days_hide_no_exam(
    store: Store,
    exams: list[dt.date],
    training: list[dt.date],
    closed: list[dt.date],
    expected: dt.date,
) -> None:
    with store.begin(HEAD) as uow:
        for date in (*exams, *training):
            only = {"training": date in training}
            uow.add(Exam(date=date, kind="ege", subject="01", site_code="7701", **only))
        uow.record("test:exam", "day:test")
    for date in closed:
        with store.begin(HEAD) as uow:
            closing.close(uow, date, "")
    assert shown(store) == expected


def test_an_organiser_finds_the_room_of_today_and_the_day_before_by_its_link(
    store: Store, add_person: Callable[..., Any], browser: Callable[[], Browser], clock: Clock
) -> None:
    works = planned(store, FIRST, SECOND)
    person = add_person(store, "organiser", Role.LEAD_ORGANISER)
    with store.begin(TEST) as uow:
        rooms = []
        for number, work in enumerate(works):
            seat = uow.get(Seat, uow.get(Booklet, work).seat_id)
            room = uow.add(Room(site_code="7701", number=f"020{number}"))
            uow.session.flush()
            seat.room_id = room.id
            rooms.append(room.id)
            uow.add(
                Duty(
                    exam_id=seat.exam_id,
                    person_id=person.id,
                    role="lead_organiser",
                    room_id=room.id,
                )
            )
        # On the second day a room where everybody writes on standard forms too: its breaks alone.
        plain = uow.add(Room(site_code="7701", number="0300"))
        candidate = uow.add(Candidate(code="T9", surname="Участник-09"))
        uow.session.flush()
        of_second = {"exam_id": seat.exam_id, "room_id": plain.id}
        uow.add(Seat(candidate_id=candidate.id, place="9А", **of_second))
        uow.add(Duty(person_id=person.id, role="room_organiser", **of_second))
        uow.record("test:room", "day:test")
    there = browser()
    there.log_in("organiser")
    page = text_of(there.get("/custody/"))
    assert "0200" in page and "0201" not in page and "08.06.2026" in page
    assert "0300" not in page
    page = text_of(there.get("/custody/?day=2026-06-08"))
    assert "0201" in page and "0200" not in page and "04.06.2026" in page
    assert "0300" in page, "its breaks are recorded here"
    assert there.get("/custody/?day=yesterday").status_code == 404
    late = f'href="/custody/work/{works[0]}/absent"'
    assert late not in there.get(f"/booklets/{works[0]}").get_data(as_text=True)
    clock.forward(days=4)
    there.log_in("organiser")
    assert "0201" in text_of(there.get("/custody/"))
    page = there.get(f"/booklets/{works[0]}").get_data(as_text=True)
    assert late in page and "почему комплект не выдан" in page, "nobody issues it any more"


def test_scans_and_failures_of_one_day_keep_no_other_day_open(store: Store, clock: Clock) -> None:
    first, second = planned(store, FIRST, SECOND)
    scan(store, first)
    assert (open_of(store, FIRST), open_of(store, SECOND)) == ((3, 1), (0, 0))
    clock.forward(days=4)
    assert open_of(store, SECOND) == (0, 0)
    scan(store, second, "b")
    # One that is known to show a work of the day before stays with that day.
    scan(store, first, "c", alone=False)
    assert (open_of(store, FIRST), open_of(store, SECOND)) == ((4, 1), (3, 1))
    # So does a page with the number of an additional form of such a work: that number is in no
    # plan.
    with store.begin(TEST) as uow:
        exam_id, code = uow.get(Booklet, first).exam_id, sheets.kit_code(77)
        uow.add(Item(code=f"{code}/extra_1", kind="standard_sheet", exam_id=exam_id))
        page = uow.session.scalars(select(Page).where(Page.booklet_id == second)).one()
        page.booklet_id, page.code = None, code
        uow.record("test:scan", f"page:{page.id}")
    assert (open_of(store, FIRST), open_of(store, SECOND)) == ((5, 1), (2, 1))
    # Two sums: the board of the day speaks of its own scans, and must not hide how many others
    # wait.
    with store.read() as uow:
        told = {a.code: a.params["number"] for a in board.show(uow).alarms}
        before = {a.code: a.params["number"] for a in board.show(uow, FIRST).alarms}
        assert board.show(uow).before == [(FIRST, 1)] and not board.show(uow, FIRST).before
    assert (told["exception"], told["quarantined"], told["scans-left"]) == (1, 1, 5)
    assert (before["exception"], before["quarantined"]) == (4, 1) and "scans-left" not in before


def test_a_queue_that_holds_works_of_two_days_says_which_is_of_the_other(
    store: Store, add_person: Callable[..., Any], browser: Callable[[], Browser], clock: Clock
) -> None:
    works = planned(store, FIRST, SECOND)
    add_person(store, "anna", Role.ASSISTANT)
    with store.begin(TEST) as uow:
        for work in works:
            uow.get(Booklet, work).state = State.SCANNED
            uow.record("test:scan", f"booklet:{work}")
    clock.forward(days=4)
    there = browser()
    there.log_in("anna")
    page = text_of(there.get("/work"))
    assert "1А · 04.06.2026" in page and "2А · 08.06.2026" not in page


def test_a_day_without_an_exam_is_told_from_a_plan_that_nobody_brought_in(
    store: Store, add_person: Callable[..., Any], browser: Callable[[], Browser]
) -> None:
    planned(store, FIRST, SECOND)
    add_person(store, "head", Role.SITE_HEAD)
    there = browser()
    there.log_in("head")
    for path in ("/custody/", "/print/", "/board/"):
        page = text_of(there.get(f"{path}?day=2026-06-06"))
        assert "На 06.06.2026 экзамена в плане нет" in page, path
        assert "04.06.2026" in page and "08.06.2026" in page, path


def open_of(store: Store, date: dt.date) -> tuple[int, int]:
    """How many scans keep this day open, and how many failures of the station."""
    with store.read() as uow:
        end = closing.show(uow, date)
    return end.scans, sum(int(alarm.params["number"]) for alarm in end.undone)


def file_of(uow: UnitOfWork, name: str, state: str = "done") -> ScanFile:
    """A file that came in by the page."""
    made = uow.add(
        ScanFile(
            name=name,
            source="upload",
            sha256=name.ljust(64, "0"),
            size=1,
            state=state,
            received_at=uow.now(),
        )
    )
    uow.session.flush()
    return made


def waiting(uow: UnitOfWork, file: ScanFile, number: int = 1) -> Page:
    """A page of it that waits for a decision."""
    return uow.add(Page(scan_file_id=file.id, number=number, state="exception", at=uow.now()))


def scan(store: Store, work: str, name: str = "a", *, alone: bool = True) -> None:
    """A file with a page of this work that waits; `alone`: also a page of nobody, a file set aside,
    and a job of the work that was given up.
    """
    with store.begin(TEST) as uow:
        states = ("done", "quarantined") if alone else ("done",)
        files = [file_of(uow, f"{name}-{state}.pdf", state) for state in states]
        for number, booklet_id in enumerate((work, None) if alone else (work,), 1):
            waiting(uow, files[0], number).booklet_id = booklet_id
        if alone:
            row = Outbox(task=Task.READ_BRAILLE, arg=work, created_at=uow.now(), attempts=9)
            row.done_at, row.error = uow.now(), MachineTrouble.code
            uow.add(row)
        uow.record("test:scan", f"scan:{files[0].id}")


def test_whoever_logged_in_today_is_not_said_to_be_missing(
    store: Store, add_person: Callable[..., Any], browser: Callable[[], Browser], clock: Clock
) -> None:
    work = planned(store, FIRST)[0]
    head = add_person(store, "head", Role.SITE_HEAD, name="Голова Г. Г.")
    with store.begin(TEST) as uow:
        uow.get(Exam, uow.get(Booklet, work).exam_id).site_code = "7701"
        exam_id = uow.get(Booklet, work).exam_id
        uow.add(Duty(exam_id=exam_id, person_id=head.id, role="site_head"))
        uow.record("test:duty", "day:test")
    clock.forward(days=-1)
    there = browser()
    there.log_in("head")
    clock.forward(days=1)
    assert missing(store) == [("head",)], "yesterday's log-in says nothing of today"
    there.log_in("head")
    assert missing(store) == []


def missing(store: Store) -> list[Any]:
    with store.read() as uow:
        rows = readiness(uow, FIRST)
    return [row.params["people"] for row in rows if row.rule == "P07" and row.params.get("people")]


def test_pages_of_the_plan_open_at_the_day_in_hand(
    store: Store, add_person: Callable[..., Any], browser: Callable[[], Browser]
) -> None:
    planned(store, FIRST, SECOND)
    add_person(store, "head", Role.SITE_HEAD)
    there = browser()
    there.log_in("head")
    assert "Готовность к 04.06.2026" in text_of(there.get("/plan/readiness"))
    assert "Готовность к 08.06.2026" in text_of(there.get("/plan/readiness?day=2026-06-08"))


def test_a_late_scan_of_a_work_is_of_the_day_of_that_work(store: Store, clock: Clock) -> None:
    """It bears the number of the work, and came in on the next exam day."""
    planned(store, FIRST, SECOND)
    clock.forward(days=4)
    with store.begin(TEST) as uow:
        late = file_of(uow, "late.jpg")
        waiting(uow, late).code = sheets.kit_code(1)
        uow.record("test:scan", f"scan:{late.id}")
    assert (open_of(store, FIRST)[0], open_of(store, SECOND)[0]) == (1, 0)
