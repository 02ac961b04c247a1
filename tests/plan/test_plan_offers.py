"""What the plan, the people, the print-outs and the ledger offer, and to whom."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from examday.domain.people.roles import Actor, Role
from examday.services.ledger import history, views
from examday.services.people import directory, log_in
from examday.services.people.views import everybody
from examday.services.plan import lists
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Duty, Exam, Person, Seat
from tests import custody_day
from tests.conftest import Browser
from tests.custody_day import Day
from tests.offers import Visitors, people, text_of, visitors

PLANNERS = "head tech board"
"""Who opens the plan: the head answers for it, the specialist brings it in, the board member
reads."""


@pytest.fixture
def point(store: Store, add_person: Callable[..., Person]) -> Day:
    """A day of three seats; the observer is on duty."""
    day = custody_day.make(store, add_person)
    with store.begin(Actor.system("test")) as uow:
        uow.add(Duty(exam_id=day.exam, person_id=day.people["observer"].id, role="public_observer"))
        uow.record("test:duty", f"exam:{day.exam}")
    return day


@pytest.fixture
def seen(app: Flask, browser: Callable[[], Browser], point: Day) -> Visitors:
    return visitors(app, browser, custody_day.PEOPLE, custody_day.PEOPLE)


EDITORS = people("head tech")
PAGES = [
    # page, what it offers, to whom; everybody else who opens the plan only reads
    ("/plan/", "plan.upload", EDITORS),
    ("/plan/", "plan.export_all", people("head board")),
    ("/plan/exams", "plan.enter:exams", EDITORS),
    ("/plan/rooms", "plan.enter:rooms", EDITORS),
    ("/plan/candidates", "plan.enter:candidates", EDITORS),
    ("/plan/seating", "plan.enter:seating", EDITORS),
    ("/plan/seating", "POST plan.remove_seat", EDITORS),
    ("/plan/staff", "POST plan.present", EDITORS),
    # A duty is a right: whoever gives it gives its signature too.
    ("/plan/staff", "POST plan.remove_duty", people("head")),
    ("/plan/staff", "plan.enter:staff", people("head")),
    ("/plan/staff", "plan.upload", people("head")),
    ("/plan/seating", "plan.upload", EDITORS),
    ("/people", "people.one", people("head")),
    ("/ledger", "POST ledger.export", people("head board tech")),
    ("/ledger", "POST ledger.checkpoint", people("head board tech observer chair")),
]


@pytest.mark.release
def test_pages_of_the_plan_and_the_ledger_offer_changes_to_those_who_may_make_them(
    seen: Visitors,
) -> None:
    offered = {url: seen.offered(url) for url in {page for page, _what, _who in PAGES}}
    for page, what, who in PAGES:
        assert offered[page].get(what, set()) == who, (page, what)


def test_names_of_candidates_are_shown_and_offered_to_those_who_may_see_them(
    seen: Visitors,
) -> None:
    for login in PLANNERS.split():
        sees = login in ("head", "board")
        for url in ("/plan/candidates", "/plan/seating"):
            assert ("Учебный-1" in text_of(seen.at[login].get(url))) == sees, (login, url)
        index = seen.at[login].get("/plan/").get_data(as_text=True)
        assert ("/plan/export/candidates.csv" in index) == sees, login
        assert "/plan/export/rooms.csv" in index
        ledger = seen.at[login].get("/ledger").get_data(as_text=True)
        assert ('name="names"' in ledger) == sees, login


def test_print_outs_with_names_and_labels_are_offered_to_those_who_may_make_them(
    seen: Visitors, point: Day
) -> None:
    url = f"/print/booklet/{point.booklets['1А']}"
    for login, names, labels in [
        ("head", True, True),
        ("lead", True, True),
        ("second", False, True),
        ("tech", False, True),
        ("board", True, False),
        ("helper", False, False),
    ]:
        page = seen.at[login].get(url).get_data(as_text=True)
        assert ('name="names"' in page) == names, login
        assert ('value="labels"' in page) == labels, login
        day = seen.at[login].get("/print/").get_data(as_text=True)
        assert 'name="names"' not in day, "papers of a day hold no name to leave out"


def test_an_issued_seat_is_not_taken_out_of_the_plan(seen: Visitors, point: Day) -> None:
    for place in point.booklets:
        point.put_at(place, "issued")
    found = seen.offered("/plan/seating")
    assert "POST plan.remove_seat" not in found
    assert "комплект выдан" in text_of(seen.at["head"].get("/plan/seating"))
    for place in point.booklets:
        point.put_at(place, "absent")
    said = text_of(seen.at["head"].get("/plan/seating"))
    assert "участник не явился" in said and "комплект выдан" not in said


def another_exam(store: Store, point: Day, **columns: Any) -> str:
    """One more exam of the same point with the first candidate in it."""
    with store.begin(Actor.system("test")) as uow:
        exam = uow.add(Exam(**{"kind": "ege", "subject": "02", "site_code": "0001", **columns}))
        uow.session.flush()
        seat = uow.get(Booklet, point.booklets["1А"]).seat
        uow.add(
            Seat(
                exam_id=exam.id,
                room_id=seat.room_id,
                candidate_id=seat.candidate_id,
                place="1А",
            )
        )
        uow.add(Duty(exam_id=exam.id, person_id=point.people["board"].id, role="exam_board_member"))
        uow.record("test:exam", f"exam:{exam.id}")
        return exam.id


def test_a_training_day_and_the_real_one_on_the_same_date_are_two_days(
    store: Store, point: Day
) -> None:
    date = dt.date(2026, 6, 4)
    other = another_exam(store, point, date=date, training=True)
    with store.read() as uow:
        for training, exam in ((False, point.exam), (True, other)):
            seats, _kits = lists.seating(uow, (date, training))
            assert {seat.exam_id for seat in seats} == {exam}
            assert {duty.exam_id for duty, _exam in lists.duties(uow, (date, training))} == {exam}


def test_exams_stand_newest_first_and_seats_by_room_and_place(store: Store, point: Day) -> None:
    later = another_exam(store, point, date=dt.date(2026, 6, 8))
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, point.booklets["1А"]).seat.place = "9Я"
        uow.record("test:place", f"booklet:{point.booklets['1А']}")
    with store.read() as uow:
        shown, sit = lists.exams(uow)
        assert [exam.id for exam in shown.rows] == [later, point.exam]
        assert sit == {later: 1, point.exam: 3}
        places = [seat.place for seat in lists.seating(uow, (dt.date(2026, 6, 4), False))[0]]
    assert places == ["2А", "3А", "9Я"]


def test_whoever_was_disabled_stands_last_and_takes_nothing_over(store: Store, point: Day) -> None:
    with store.begin(Actor.system("test")) as uow:
        uow.get(Person, point.people["board"].id).disabled = True
        uow.get(Person, point.people["chair"].id).pin_hash = ""
        uow.record("test:gone", f"person:{point.people['board'].id}")
    with store.read() as uow:
        assert directory.list_people(uow)[-1].login == "board"
        named = [p.login for p in directory.list_people(uow)[:-1]]
        assert named == sorted(named)
        assert directory.people_with(uow, [Role.EXAM_BOARD_MEMBER]) == []
        receivers = directory.receivers(uow, "handover", point.people["head"].id)
        assert [p.login for p in receivers] == ["chair"]
        asked = [point.people[login].id for login in ("head", "chair", "board", "lead")]
        back = [p.login for p in directory.with_own_pin(uow, asked)]
    assert back == ["head", "lead"], "without a PIN of one's own nobody comes back with it"


def test_locked_accounts_are_marked_as_waiting_for_help(
    store: Store, point: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_in, "locked", lambda _uow, person: person.login == "helper")
    with store.read() as uow:
        assert everybody(uow).locked == {point.people["helper"].id}


def test_the_ledger_is_read_page_by_page_and_of_one_thing_alone(store: Store, point: Day) -> None:
    work = point.booklets["1А"]
    with store.begin(Actor.system("test")) as uow:
        for n in range(60):
            uow.record("booklet:issue" if n % 2 else "booklet:spoil", f"booklet:{work}")
        uow.record("plan:edit", "booklet:gone")
    with store.read() as uow:
        newest = views.overview(uow, None, "")
        assert len(newest.lines) == views.A_PAGE and newest.older == newest.lines[-1].seq
        earlier = views.overview(uow, newest.older, "")
        assert earlier.lines[0].seq == newest.older - 1, "no entry is shown twice or left out"
        assert earlier.older is None, "the last page leads no further"
        own = history.lines(uow, None, 500, f"booklet:{work}")
        assert {line.subject for line in own} == {f"booklet:{work}"} and len(own) >= 60
        gone = next(line for line in newest.lines if line.subject == "booklet:gone")
        assert gone.booklet_id == "", "a work of a removed plan entry has no page"
        assert own[0].booklet_id == work
