"""What the board shows of a day: counts, queues, alarms, the works at one step."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.jobs import Task
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor, Role
from examday.services.board import overview as board
from examday.services.board.alarms import Alarm
from examday.services.plan import exam_day
from examday.services.unit_of_work import Store
from examday.storage.base import new_id
from examday.storage.tables import (
    Assignment,
    Booklet,
    Candidate,
    Duty,
    Exam,
    Item,
    Outbox,
    Page,
    Person,
    Room,
    ScanFile,
    Seat,
)
from tests import day, sheets
from tests.conftest import Browser
from tests.offers import offers, text_of
from tests.signed import verified_work

TEST = Actor.system("test")


def code(n: int) -> str:
    return sheets.kit_code(n)


def alarms(store: Store) -> list[Alarm]:
    with store.read() as uow:
        return list(board.show(uow).alarms)


def head_count(store: Store) -> tuple[int, int, bool]:
    """Works expected, candidates seated, and whether that does not add up."""
    with store.read() as uow:
        count = board.show(uow).counts[0]
    return count.value, count.of, bool(count.wrong)


def seat_without_work(store: Store, *needs: str) -> None:
    """One more candidate at a place of his own, without a kit."""
    with store.begin(TEST) as uow:
        first = uow.session.query(Seat).first()
        candidate = uow.add(Candidate(code=f"N{len(needs)}", surname="Учебный", needs=list(needs)))
        uow.session.flush()
        place = f"{9 - len(needs)}Я"
        uow.add(
            Seat(
                exam_id=first.exam_id,
                room_id=first.room_id,
                candidate_id=candidate.id,
                place=place,
            )
        )
        uow.record("test:seat", "day:test")


def test_only_works_that_are_transferred_are_counted(store: Store) -> None:
    """Standard forms go to the centre as they are: nobody waits for anybody there."""
    day.booklet(store, code(1), State.SCANNED)
    day.booklet(store, code(2), State.ISSUED, Medium.STANDARD)
    assert head_count(store) == (1, 1, False)
    with store.read() as uow:
        shown = board.show(uow)
    assert [len(q.standings) for q in shown.queues] == [1] and len(shown.by_id) == 1
    seat_without_work(store)
    assert head_count(store) == (1, 1, False), "who needs no special form has no kit here"
    seat_without_work(store, "a3")
    assert head_count(store) == (1, 2, True)


def test_people_on_duty_are_named_where_a_work_waits(
    store: Store, add_person: Callable[..., Person], browser: Callable[[], Browser]
) -> None:
    """By duty and room; without whoever an earlier part of the work keeps from it."""
    issued, scanned = (
        day.booklet(store, code(1), State.REGISTERED),
        day.booklet(store, code(2), State.SCANNED),
    )
    with store.begin(TEST) as uow:
        seat = uow.get(Booklet, issued).seat
        other = uow.add(Room(site_code=seat.room.site_code, number="102"))
        uow.session.flush()
        here, elsewhere, exam = seat.room_id, other.id, seat.exam_id
        uow.record("test:room", "day:test")
    add_person(store, "watch", Role.PUBLIC_OBSERVER, name="Наблюдатель Н.")
    for login, role, room in (
        ("Организатор О.", Role.ROOM_ORGANISER, here),
        ("Сосед С.", Role.ROOM_ORGANISER, elsewhere),
        ("Первый П.", Role.ASSISTANT, None),
        ("Второй В.", Role.ASSISTANT, None),
    ):
        person = add_person(store, login, role, name=login)
        with store.begin(TEST) as uow:
            uow.add(Duty(exam_id=exam, person_id=person.id, role=role.value, room_id=room))
            if login == "Первый П.":
                part = {"booklet_id": scanned, "version": 1, "part": "first"}
                uow.add(Assignment(person_id=person.id, at=uow.now(), **part))
            uow.record("test:duty", "day:test")
    with store.read() as uow:
        queues = {queue.standings[0].id: queue.people for queue in board.show(uow).queues}
    assert queues[issued] == ("Организатор О.",)
    assert set(queues[scanned]) >= {"Первый П.", "Второй В."}
    there = browser()
    there.log_in("watch")
    page = text_of(there.get(f"/booklets/{scanned}"))
    assert "Второй В." in page.split("Кто может:")[1][:60]
    assert "Первый П." not in page.split("Кто может:")[1][:60]


def test_the_exam_of_today_comes_before_a_training_one(store: Store) -> None:
    with store.begin(TEST) as uow:
        for number, training in (("01", True), ("02", False)):
            uow.add(
                Exam(
                    date=dt.date(2026, 6, 4),
                    kind="ege",
                    subject=number,
                    site_code="1",
                    training=training,
                )
            )
        uow.record("test:exam", "day:test")
    with store.read() as uow:
        assert not exam_day.is_training(uow)
    with store.begin(TEST) as uow:
        uow.add(
            Exam(date=dt.date(2026, 6, 5), kind="ege", subject="01", site_code="1", training=True)
        )
        uow.record("test:exam", "day:test")
    with store.read() as uow:
        assert not exam_day.is_training(uow), "training of tomorrow does not hide today's exam"


def test_the_works_at_a_step_are_those_of_the_room_the_longest_wait_first(
    store: Store, clock: Any
) -> None:
    later = day.booklet(store, code(1), State.SCANNED)
    first = day.booklet(store, code(2), State.SCANNED)
    day.booklet(store, code(3), State.KEYED)
    with store.begin(TEST) as uow:
        uow.get(Booklet, first).since = uow.now() - dt.timedelta(hours=1)
        uow.record("test:since", f"booklet:{first}")
    with store.read() as uow:
        assert [s.id for s in board.step(uow, None, "scanned").standings] == [first, later]
        assert [s.id for s in board.step(uow, None, "scanned", "101").standings] == [first, later]
        assert board.step(uow, None, "scanned", "102").standings == ()


def test_signatures_given_and_missing_are_shown_while_they_are_asked_for(
    store: Store, add_person: Callable[..., Any], browser: Callable[[], Browser]
) -> None:
    work = verified_work(store, add_person)
    day.booklet(store, code(5), State.CERTIFIED)
    with store.read() as uow:
        shown = board.show(uow)
    by_state = {s.state: (s.signed, s.to_sign) for s in shown.by_id.values()}
    asked = by_state[State.VERIFIED][1]
    assert by_state == {State.VERIFIED: (0, asked), State.CERTIFIED: (0, 0)} and asked >= 2
    add_person(store, "head", Role.SITE_HEAD)
    head = browser()
    head.log_in("head")
    page = text_of(head.get("/board/"))
    assert f"0/{asked}" in page and page.count(f"/{asked}") == 1
    assert work.booklet_id in shown.by_id


def test_missing_signatures_are_one_alarm_and_other_waits_another(store: Store, clock: Any) -> None:
    day.booklet(store, code(1), State.VERIFIED)
    day.booklet(store, code(2), State.KEYED)
    clock.forward(hours=2)
    assert [alarm.code for alarm in alarms(store)] == ["unsigned", "stuck"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("quarantined", "Файлы, которые не удалось принять: 1."),
        ("postponed", "Файлов, которые компьютер не смог открыть: 1."),
    ],
)
def test_files_that_need_a_person_are_an_alarm_that_leads_to_the_scans(
    app: Flask,
    store: Store,
    add_person: Callable[..., Any],
    browser: Callable[[], Browser],
    state: str,
    said: str,
) -> None:
    day.booklet(store, code(1))
    scan(store, state)
    assert [(alarm.code, alarm.place) for alarm in alarms(store)] == [(state, "scans")]
    add_person(store, "head", Role.SITE_HEAD)
    head = browser()
    head.log_in("head")
    page = head.get("/board/")
    assert "scans.exceptions" in offers(app, page)
    assert said in text_of(page)


def scan(store: Store, state: str, minutes: int = 0, pages: int | None = None) -> str:
    with store.begin(TEST) as uow:
        made = uow.add(
            ScanFile(
                name="a.pdf",
                source="upload",
                sha256=digest(state),
                size=1,
                state=state,
                pages=pages,
                received_at=uow.now() - dt.timedelta(minutes=minutes),
            )
        )
        uow.session.flush()
        uow.record("test:scan", f"scan:{made.id}")
        return made.id


@pytest.mark.parametrize(("minutes", "alarmed"), [(1, False), (3, True)])
def test_a_scan_that_waits_for_minutes_means_that_nothing_works_in_the_background(
    store: Store, minutes: int, alarmed: bool
) -> None:
    day.booklet(store, code(1))
    scan(store, "queued", minutes)
    assert [alarm.code for alarm in alarms(store)] == (["background"] if alarmed else [])


@pytest.mark.parametrize(("attempts", "done", "alarmed"), [(1, 0, 0), (2, 0, 1), (9, 1, 0)])
def test_a_job_that_failed_twice_and_is_not_done_is_an_alarm(
    store: Store, attempts: int, done: int, alarmed: int
) -> None:
    day.booklet(store, code(1))
    with store.begin(TEST) as uow:
        row = Outbox(task=Task.READ_PAGE, arg="x", created_at=uow.now(), attempts=attempts)
        row.done_at = uow.now() if done else None
        uow.add(row)
    assert [alarm.code for alarm in alarms(store)] == ["background"] * alarmed


def test_a_file_with_all_its_pages_is_no_alarm(store: Store) -> None:
    day.booklet(store, code(1))
    key = scan(store, "done", pages=1)
    with store.begin(TEST) as uow:
        uow.add(Page(scan_file_id=key, number=1, state="attached", at=uow.now()))
        uow.record("test:page", f"scan:{key}")
    assert alarms(store) == []


def test_alarms_of_the_ledger_are_those_of_the_day_and_each_is_said_in_its_words(
    store: Store,
) -> None:
    first, second = day.booklet(store, code(1)), day.booklet(store, code(2))
    with store.begin(TEST) as uow:
        other = day.exam(uow, "02", dt.date(2026, 6, 1))
        uow.session.flush()
        here, gone = (
            uow.add(Item(kind="packet", code=f"P000000{n}", exam_id=exam, sheet="standard"))
            for n, exam in enumerate((uow.get(Booklet, first).exam_id, other.id))
        )
        uow.session.flush()
        packet = here.id
        uow.get(Booklet, second).exam_id = other.id
        # The other one is gone meanwhile: nobody can say of which day it was.
        uow.record("alarm:duplicate-code", f"booklet:{first}", code=code(1), other=new_id())
        uow.record("alarm:count-mismatch", f"booklet:{second}")
        uow.record("alarm:count-mismatch", f"item:{packet}")
        uow.record("alarm:count-mismatch", f"item:{gone.id}")
    found = {(alarm.code, alarm.ids, alarm.packet): alarm.message for alarm in alarms(store)}
    assert set(found) == {
        ("alarm:duplicate-code", (first,), ""),
        ("alarm:count-mismatch", (), packet),
    }, "a work or a packet of another day is another day's matter"
    assert "twice" in found[("alarm:duplicate-code", (first,), "")]
    assert "differ" in found[("alarm:count-mismatch", (), packet)]


def test_each_work_and_each_packet_keeps_an_alarm_of_its_own(store: Store) -> None:
    works = [day.booklet(store, code(n)) for n in (1, 2)]
    with store.begin(TEST) as uow:
        for work in works:
            uow.record("alarm:count-mismatch", f"booklet:{work}")
    assert [alarm.ids for alarm in alarms(store)] == [(work,) for work in works]


def test_of_many_works_in_one_alarm_three_are_linked_and_the_rest_counted(
    store: Store, clock: Any, add_person: Any, browser: Any
) -> None:
    for n in range(1, 9):
        day.booklet(store, code(n), State.VERIFIED)
    add_person(store, "head", Role.SITE_HEAD)
    clock.forward(hours=1)
    head = browser()
    head.log_in("head")
    html = head.get("/board/").get_data(as_text=True)
    assert len(re.findall(r'id="alarm-1-[0-9a-f]', html)) == 3
    assert 'class="soft">и ещё 5<' in html


@pytest.mark.parametrize("state", ["spoiled", "not_used", "no-such-step", ""])
def test_there_is_no_page_of_works_that_wait_for_nobody(
    store: Store, add_person: Any, browser: Any, state: str
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    head = browser()
    head.log_in("head")
    assert head.get(f"/board/step?state={state}").status_code == 404
