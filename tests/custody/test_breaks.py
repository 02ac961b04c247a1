"""Breaks and absences: two keystrokes, times, who went along, and on the paper of the day (R22)."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.absences import AwayAlready, Break, Step, paired
from examday.domain.custody.lifecycle import State
from examday.domain.errors import Forbidden, Invalid
from examday.domain.people.roles import Actor, Role
from examday.services.board import remarks
from examday.services.custody import absences, kits
from examday.services.custody.pages import breaks
from examday.services.custody.room import at_once, collecting, withdrawn_kits
from examday.services.plan.exam_day import exams_of
from examday.services.printing.papers import custody_journal
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Candidate, Duty, Room, Seat
from tests import custody_day
from tests.at_desks import Clerk
from tests.conftest import Browser, Clock
from tests.custody_day import Day, number

AT = dt.datetime(2026, 6, 4, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    return custody_day.make(store, add_person)


def seat(day: Day, place: str) -> str:
    return day.booklet(place).seat_id


def leave(day: Day, place: str, why: str = Break.MEAL, login: str = "lead") -> None:
    day.do(login, absences.leave, seat(day, place), why, day.people["helper"].id)


def test_steps_become_absences_with_minutes() -> None:
    later = AT + dt.timedelta(minutes=12)
    steps = [Step("a", True, AT, "meal", "p"), Step("b", True, AT, "rest"), Step("a", False, later)]
    found = {one.seat_id: one for one in paired(steps)}
    assert found["a"].minutes == 12 and found["a"].companion_id == "p"
    assert found["b"].minutes is None


def test_the_work_of_somebody_who_is_away_is_collected_with_a_remark_only(day: Day) -> None:
    day.do("lead", kits.issue, day.booklets["2А"], number(2))
    leave(day, "2А")
    work, counted = day.booklets["2А"], day.counts("2А")
    for step in (
        lambda: day.do("lead", collecting.collect, work, counted),
        lambda: day.do("lead", at_once.collect, {work: counted}),
    ):
        with pytest.raises(Invalid) as told:
            step()
        assert told.value.code == "away-still" and told.value.params["place"] == "2А"
    day.do("lead", collecting.collect, work, counted, "ушёл к врачу, работу сдал у двери")
    assert day.booklet("2А").state == "collected"


def test_the_refusal_of_a_work_whose_candidate_is_away_leads_to_the_breaks_of_its_room(
    day: Day, browser: Callable[[], Browser]
) -> None:
    day.do("lead", kits.issue, day.booklets["2А"], number(2))
    leave(day, "2А")
    lead = Clerk(browser(), "lead")
    lead.open(f"/custody/work/{day.booklets['2А']}")
    refused = lead.press(
        "/collect", fields={f"count-{kind}": n for kind, n in day.counts("2А").items()}
    )
    assert refused.status == 400 and "вышел" in refused.text
    assert f"/custody/room/{day.exam}/{day.room}/breaks" in dict(refused.links)


def test_an_absence_has_times_a_reason_and_a_companion_and_stands_on_the_paper(
    day: Day, clock: Clock
) -> None:
    leave(day, "1А")
    clock.forward(minutes=17)
    day.do("second", absences.come_back, seat(day, "1А"))
    leave(day, "2А", Break.MEDICAL)
    with day.store.read(day.actor("head")) as uow:
        rows = custody_journal.custody_journal(uow, day.exam, False)["breaks"]
    assert isinstance(rows, list)
    assert [row[0] for row in rows] == ["0101-1А", "0101-2А"]
    assert rows[0][3:] == ["17", "питание", day.people["helper"].name]
    assert rows[1][2] == "ещё не вернулся"


def test_nobody_leaves_twice_comes_back_twice_or_goes_alone(day: Day) -> None:
    leave(day, "1А")
    with pytest.raises(AwayAlready):
        leave(day, "1А")
    day.do("lead", absences.come_back, seat(day, "1А"))
    with pytest.raises(AwayAlready):
        day.do("lead", absences.come_back, seat(day, "1А"))
    with pytest.raises(Invalid):
        day.do("lead", absences.leave, seat(day, "1А"), Break.MEAL, "")
    with pytest.raises(Invalid):
        day.do("lead", absences.leave, seat(day, "1А"), "walk", day.people["helper"].id)
    for stranger in ("observer", "board"):
        somebody = day.people[stranger].id
        with pytest.raises(Invalid):
            day.do("lead", absences.leave, seat(day, "1А"), Break.MEAL, somebody)
    with pytest.raises(Forbidden):
        leave(day, "1А", login="observer")


def test_an_organiser_records_breaks_of_the_own_room_alone_and_the_head_of_any(day: Day) -> None:
    with day.store.begin(Actor.system("test")) as uow:
        other = uow.add(Room(site_code="0001", number="0102"))
        uow.session.flush()
        for login, role, room_id in (
            ("lead", Role.LEAD_ORGANISER, day.room),
            ("second", Role.ROOM_ORGANISER, other.id),
            ("head", Role.SITE_HEAD, other.id),
        ):
            person = day.people[login].id
            uow.add(Duty(exam_id=day.exam, person_id=person, role=role, room_id=room_id))
        uow.record("test:duties", f"exam:{day.exam}")
    with pytest.raises(Forbidden):
        leave(day, "1А", login="second")
    leave(day, "1А", login="lead")
    with pytest.raises(Forbidden):
        day.do("second", absences.come_back, seat(day, "1А"))
    day.do("head", absences.come_back, seat(day, "1А"))
    leave(day, "2А", login="head")


def test_the_page_takes_two_keys_out_and_one_back(day: Day, browser: Callable[[], Browser]) -> None:
    lead = browser()
    lead.log_in("lead")
    url = f"/custody/room/{day.exam}/{day.room}/breaks"
    first = lead.get(url).get_data(as_text=True)
    link = re.search(r'href="([^"]*seat=[^"]*)"\s+data-key="1"', first)
    assert link, "the first key chooses the seat"
    second = lead.get(link.group(1).replace("&amp;", "&")).get_data(as_text=True)
    assert re.search(r'name="why" value="meal" data-key="1"', second), "the second key says why"
    sent = {"seat": seat(day, "1А"), "why": "meal", "companion": day.people["helper"].id}
    assert lead.post(url, sent).status_code == 303
    away = lead.get(url).get_data(as_text=True)
    assert re.search(r'<button\s+data-key="1">Вернулся', away), "one key brings back"
    assert lead.post(f"{url}/back", {"seat": sent["seat"]}).status_code == 303


WHY = "записано не тому месту"


def room_page(day: Day) -> dict[str, breaks.SeatLine]:
    with day.store.read(day.actor("lead")) as uow:
        lines = breaks.room(uow, day.exam, day.room).lines
        return {line.seat.place: line for line in lines}


def test_a_candidate_who_never_left_stands_on_no_paper(day: Day) -> None:
    leave(day, "1А")
    day.do("lead", absences.take_back, seat(day, "1А"), WHY)
    leave(day, "2А")
    with day.store.read(day.actor("head")) as uow:
        rows = custody_journal.custody_journal(uow, day.exam, False)["breaks"]
        said = [r for r in remarks.of_exams(uow, exams_of(uow, None)) if r.data.get("reason")]
    assert isinstance(rows, list) and [row[0] for row in rows] == ["0101-2А"]
    assert [(r.kind, r.where, r.data["reason"]) for r in said] == [
        ("absence:mistake", "0101-1А", WHY)
    ]


def test_who_was_said_to_be_back_too_early_is_away_again(day: Day, clock: Clock) -> None:
    leave(day, "1А")
    clock.forward(minutes=3)
    day.do("lead", absences.come_back, seat(day, "1А"))
    day.do("lead", absences.take_back, seat(day, "1А"), WHY)
    assert room_page(day)["1А"].away is not None
    clock.forward(minutes=4)
    day.do("lead", absences.come_back, seat(day, "1А"))
    (one,) = room_page(day)["1А"].past
    assert one.minutes == 7


def test_nothing_recorded_or_no_reason_takes_nothing_back(day: Day) -> None:
    with pytest.raises(AwayAlready):
        day.do("lead", absences.take_back, seat(day, "1А"), WHY)
    leave(day, "1А")
    with pytest.raises(Invalid):
        day.do("lead", absences.take_back, seat(day, "1А"), " ")
    day.do("lead", absences.take_back, seat(day, "1А"), WHY)
    with pytest.raises(AwayAlready):
        day.do("lead", absences.take_back, seat(day, "1А"), WHY)
    assert room_page(day)["1А"].away is None


def test_a_wrong_entry_is_taken_back_on_the_page_of_breaks(
    day: Day, browser: Callable[[], Browser]
) -> None:
    leave(day, "1А")
    lead = Clerk(browser(), "lead")
    url = f"/custody/room/{day.exam}/{day.room}/breaks"
    shown = lead.open(url)
    link = next(to for to, _given in shown.links if "mistake=" in to)
    lead.open(link)
    assert lead.press("/mistake").status == 400
    lead.press("/mistake", fields={"reason": WHY})
    assert "отменена" in lead.page.text and room_page(day)["1А"].away is None  # type: ignore[union-attr]


def test_who_is_out_with_one_candidate_is_not_put_forward_for_the_next(day: Day) -> None:
    with day.store.read(day.actor("lead")) as uow:
        first, second, *_rest = breaks.room(uow, day.exam, day.room).companions
    day.do("lead", absences.leave, seat(day, "1А"), Break.MEAL, first.id)
    with day.store.read(day.actor("lead")) as uow:
        people = breaks.room(uow, day.exam, day.room).companions
    assert people[0].id == second.id and people[-1].id == first.id


def test_who_is_on_duty_in_another_room_is_named_behind_those_who_may_be_here(day: Day) -> None:
    with day.store.read(day.actor("lead")) as uow:
        before = [person.login for person in breaks.room(uow, day.exam, day.room).companions]
    with day.store.begin(Actor.system("test")) as uow:
        other = uow.add(Room(site_code="0001", number="0204"))
        uow.session.flush()
        uow.add(
            Duty(
                exam_id=day.exam,
                person_id=day.people[before[0]].id,
                role=Role.ROOM_ORGANISER,
                room_id=other.id,
            )
        )
        uow.record("test:room", "plan:test")
    with day.store.read(day.actor("lead")) as uow:
        now = [person.login for person in breaks.room(uow, day.exam, day.room).companions]
    assert now == [*before[1:], before[0]]
    day.do("lead", absences.leave, seat(day, "1А"), Break.MEAL, day.people[before[0]].id)


def test_nobody_goes_out_who_did_not_come(day: Day) -> None:
    day.do("lead", withdrawn_kits.mark_absent, day.booklets["1А"])
    assert "1А" not in room_page(day) and "2А" in room_page(day)


def test_a_room_of_standard_forms_has_breaks_though_it_has_no_works(
    day: Day, browser: Callable[[], Browser]
) -> None:
    with day.store.begin(Actor.system("test")) as uow:
        plain = uow.add(Room(site_code="0001", number="0204"))
        candidate = uow.add(Candidate(code="C-8", surname="Учебный-8"))
        uow.session.flush()
        uow.add(Seat(exam_id=day.exam, room_id=plain.id, candidate_id=candidate.id, place="1А"))
        uow.add(
            Duty(
                exam_id=day.exam,
                person_id=day.people["second"].id,
                role=Role.ROOM_ORGANISER,
                room_id=plain.id,
            )
        )
        # A colleague's work that could be keyed in: who sits in the own room comes first.
        uow.session.get_one(Booklet, day.booklets["1А"]).state = State.SCANNED
        uow.record("test:room", "plan:test")
        breaks = f"/custody/room/{day.exam}/{plain.id}/breaks"
    second, lead = browser(), browser()
    second.log_in("second")
    lead.log_in("lead")
    for page in ("/work", "/custody/"):
        assert breaks in second.get(page).get_data(as_text=True)
        assert breaks not in lead.get(page).get_data(as_text=True)
    first = next(
        line
        for line in second.get("/work").get_data(as_text=True).splitlines()
        if "primary" in line
    )
    assert breaks in first
    shown = second.get(breaks).get_data(as_text=True)
    assert "Выходит" in shown and f'href="/custody/room/{day.exam}/{plain.id}"' not in shown
