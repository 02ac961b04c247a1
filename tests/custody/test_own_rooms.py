"""One rule for every step in a room: whoever is on duty in another room records nothing here."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from examday.domain.custody.absences import Break
from examday.domain.custody.kit import Kind
from examday.domain.custody.recording import Protocol, Recording
from examday.domain.identity import place_order
from examday.domain.people.roles import Actor
from examday.services.custody import absences, kits, steps
from examday.services.custody.pages import breaks, counting
from examday.services.custody.room import (
    at_once,
    collecting,
    enlarging,
    more_paper,
    recording,
    taking_back,
    waiting_works,
    withdrawn_kits,
)
from examday.services.custody.room.own_rooms import OF_A_ROOM, OtherRoom
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Duty, Exam, Room, Seat
from tests import custody_day
from tests.conftest import Browser
from tests.custody_day import Day, number

BOARD = "board"


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    """«lead» is on duty in the room of the works, «second» in another one; «head» anywhere."""
    made = custody_day.make(store, add_person)
    with store.begin(Actor.system("test")) as uow:
        other = uow.add(Room(site_code="0001", number="0202"))
        uow.session.flush()
        put_on_duty(uow, made, "lead", made.exam, made.room)
        put_on_duty(uow, made, "second", made.exam, other.id)
        put_on_duty(uow, made, "head", made.exam, other.id)
        uow.record("test:duties", f"exam:{made.exam}")
    made.do("lead", kits.issue, made.booklets["2А"], number(2))
    return made


def put_on_duty(
    uow: Any,
    day: Day,
    login: str,
    exam: str,
    room: str,
) -> None:
    role = custody_day.PEOPLE[login][0]
    uow.add(Duty(exam_id=exam, person_id=day.people[login].id, role=role, room_id=room))


def acts(day: Day) -> dict[str, Callable[[str], Any]]:
    """Every step of a room, as somebody with this log-in would take it."""
    first, second = day.booklets["1А"], day.booklets["2А"]
    helper = day.people["helper"].id
    counted = day.counts("2А")
    return {
        "issue": lambda who: day.do(who, kits.issue, first, number(1)),
        "assign": lambda who: day.do(who, kits.assign, first, number(7)),
        "absent": lambda who: day.do(who, withdrawn_kits.mark_absent, first),
        "enlarge": lambda who: day.do(who, enlarging.enlarge, first, day.people[BOARD].id),
        "enlarge at once": lambda who: day.do(
            who, at_once.enlarge, [first], day.people[BOARD].id, ["form_1"]
        ),
        "collect": lambda who: day.do(who, collecting.collect, second, counted),
        "collect at once": lambda who: day.do(who, at_once.collect, {second: counted}),
        "collect at once, wrong": lambda who: day.do(who, at_once.collect, {second: {}}),
        "record": lambda who: day.do(
            who, recording.record, second, Recording("a.wav", 1, "0"), Protocol("a", "a", "b", 1)
        ),
        "extra": lambda who: day.do(who, more_paper.issue_extra, second, Kind.BRAILLE_SHEET),
        "standard": lambda who: day.do(who, withdrawn_kits.choose_standard, second, "сам выбрал"),
        "spoil": lambda who: day.do(who, withdrawn_kits.spoil, second, "залит водой"),
        "undo": lambda who: day.do(who, taking_back.take_back, second, "не тому месту"),
        "leave": lambda who: day.do(
            who, absences.leave, day.booklet("1А").seat_id, Break.MEAL, helper
        ),
        "come back": lambda who: day.do(who, absences.come_back, day.booklet("1А").seat_id),
        "look at breaks": lambda who: day.do(who, breaks.room, day.exam, day.room),
        "look at all kits": lambda who: day.do(
            who, waiting_works.waiting, day.exam, day.room, "collect"
        ),
    }


def test_every_step_of_a_room_is_refused_to_those_of_another_room(day: Day) -> None:
    tried = acts(day)
    in_the_room = {step for step, right in steps.PERMISSION.items() if right in OF_A_ROOM}
    assert in_the_room <= set(tried), "a new step of the room belongs into this list"
    before = day.kinds()
    for act in tried.values():
        with pytest.raises(OtherRoom):
            act("second")
    assert day.kinds() == before, "nothing was written"


def test_a_number_met_twice_is_no_alarm_of_somebody_from_another_room(
    day: Day, browser: Callable[[], Browser]
) -> None:
    second = browser()
    second.log_in("second")
    url = f"/custody/room/{day.exam}/{day.room}"
    sent = {"booklet": day.booklets["1А"], "code": number(2)}
    answer = second.post(url, sent)
    assert answer.status_code >= 400 and "не ваша аудитория" in answer.get_data(as_text=True)
    assert "alarm:duplicate-code" not in day.kinds()


def test_the_own_people_the_head_and_whoever_has_no_room_take_the_step(day: Day) -> None:
    day.do("lead", kits.issue, day.booklets["1А"], number(1))
    day.do("head", kits.issue, day.booklets["3А"], number(3))
    day.do("chair", collecting.collect, day.booklets["2А"], day.counts("2А"))


def test_a_room_with_two_exams_has_the_same_people(day: Day) -> None:
    with day.store.begin(Actor.system("test")) as uow:
        exam = uow.add(
            Exam(date=uow.get(Exam, day.exam).date, kind="gve", subject="01", site_code="0001")
        )
        uow.session.flush()
        seat = uow.get(Seat, day.booklet("3А").seat_id)
        seat.exam_id = exam.id
        uow.get(Booklet, day.booklets["3А"]).exam_id = exam.id
        uow.record("test:exam", f"exam:{exam.id}")
    day.do("lead", kits.issue, day.booklets["3А"], number(3))
    with pytest.raises(OtherRoom):
        day.do("second", kits.assign, day.booklets["1А"], number(1))


def test_two_exams_of_one_subject_are_told_apart_on_the_papers(
    day: Day, browser: Callable[[], Browser]
) -> None:
    with day.store.begin(Actor.system("test")) as uow:
        exam = uow.add(
            Exam(date=uow.get(Exam, day.exam).date, kind="gve", subject="01", site_code="0001")
        )
        uow.session.flush()
        uow.get(Booklet, day.booklets["3А"]).exam_id = exam.id
        uow.get(Seat, day.booklet("3А").seat_id).exam_id = exam.id
        uow.record("test:exam", f"exam:{exam.id}")
    day.do("head", kits.issue, day.booklets["3А"], number(3))
    head = browser()
    head.log_in("head")
    shown = head.get("/custody/?show=account").get_data(as_text=True)
    headings = re.findall(r"Где что лежит: экзамен ([^<]*)", shown)
    assert len(headings) == len(set(headings)) == 2, headings


def test_a_page_of_another_room_offers_nothing_to_press(
    day: Day, browser: Callable[[], Browser]
) -> None:
    room, work = f"/custody/room/{day.exam}/{day.room}", day.booklets["1А"]
    second, lead = browser(), browser()
    second.log_in("second")
    lead.log_in("lead")
    theirs = second.get(room).get_data(as_text=True)
    assert "Это не ваша аудитория" in theirs
    for offered in ("/breaks", 'name="code"', "/all/", "Выдать"):
        assert offered not in theirs.partition("<main")[2], offered
    assert 'name="code"' in lead.get(room).get_data(as_text=True)
    assert f'action="/custody/work/{work}/issue"' not in second.get(
        f"/custody/work/{work}"
    ).get_data(as_text=True)
    assert (
        f'"/custody/work/{work}"'
        not in second.get(f"/booklets/{work}")
        .get_data(as_text=True)
        .partition("<main")[2]
        .partition('class="facts')[0]
    )
    assert second.get(f"{room}/breaks").status_code == 403


def test_places_of_a_room_stand_in_their_order() -> None:
    places = ["10А", "2Б", "А", "1А", "2А"]
    assert sorted(places, key=place_order) == ["А", "1А", "2А", "2Б", "10А"]


def test_an_organiser_whose_duty_ended_records_nothing_in_a_room_that_has_its_own(day: Day) -> None:
    """Of another exam day, or taken off this one: the room's own people have seen what is recorded."""
    with day.store.begin(Actor.system("test")) as uow:
        of_second = select(Duty).where(Duty.person_id == day.people["second"].id)
        for duty in uow.session.scalars(of_second):
            uow.session.delete(duty)
        uow.record("test:duty", "plan:test")
    with pytest.raises(OtherRoom):
        day.do("second", kits.issue, day.booklets["1А"], number(1))
    with day.store.begin(Actor.system("test")) as uow:
        whole_point = Duty(
            exam_id=day.exam, person_id=day.people["second"].id, role="room_organiser"
        )
        uow.add(whole_point)
        uow.record("test:duty", "plan:test")
    day.do("second", kits.issue, day.booklets["1А"], number(1))


def test_whoever_still_counts_a_work_is_told_no_number_of_it(day: Day) -> None:
    packers = {"chair", "head", "lead", "second"}
    for state, still in (
        ("registered", set[str]()),
        ("issued", {*packers, "board", "helper", "translator"}),
        ("packed", {*packers, "board"}),
        ("handed_over", set[str]()),
    ):
        day.put_at("1А", state)
        for login in day.people:
            counts = day.do(
                login, lambda uow: counting.due(uow, uow.get(Booklet, day.booklets["1А"]))
            )
            assert counts == (login in still), (state, login)
