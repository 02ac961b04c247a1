"""Somebody who did not come: a candidate, for whose work nobody waits; a member of the exam board,
without whom nothing is enlarged."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.absences import Break, NotHere
from examday.domain.custody.lifecycle import State
from examday.domain.errors import DomainError
from examday.domain.people.roles import Actor
from examday.services.board import closing
from examday.services.custody import absences, kits
from examday.services.custody.pages import breaks
from examday.services.custody.room import taking_back, withdrawn_kits
from examday.services.plan.booklets import follow_needs
from examday.services.plan.steps import remove_seat
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person
from tests import custody_day
from tests.conftest import Browser
from tests.custody_day import Day, number


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    return custody_day.make(store, add_person)


def test_who_did_not_come_is_recorded_in_the_room_and_holds_no_day_open(
    day: Day, browser: Callable[[], Browser]
) -> None:
    lead = browser()
    lead.log_in("lead")
    room = f"/custody/room/{day.exam}/{day.room}"
    offered = f"/custody/work/{day.booklets['1А']}/absent"
    assert f'href="{offered}"' in lead.get(room).get_data(as_text=True)
    form = lead.get(offered).get_data(as_text=True)
    assert "Записать неявку" in form
    answer = lead.post(offered, {"row_version": str(day.booklet("1А").row_version)})
    assert answer.status_code == 303 and answer.headers["Location"].endswith(room)
    # On the next seat: it waits for its kit, and the figures must say who is missing.
    shown = lead.get(room).get_data(as_text=True)
    assert "Сейчас: место 2А" in shown and "не явились" in shown
    assert day.booklet("1А").state == State.ABSENT
    with day.store.read() as uow:
        end = closing.show(uow, day.booklet("1А").exam.date)
    assert "1А" not in {work.seat.place for work in end.works}
    assert "booklet:mark_absent" in [row.kind for row in end.remarks]


def test_whoever_comes_late_gets_the_kit_after_all(day: Day) -> None:
    work = day.booklets["1А"]
    day.do("lead", withdrawn_kits.mark_absent, work)
    with pytest.raises(DomainError):
        day.do("lead", kits.issue, work, number(1))
    day.do("lead", taking_back.take_back, work, "опоздал на 20 минут")
    day.do("lead", kits.issue, work, number(1))
    assert day.booklet("1А").state == State.ISSUED
    with pytest.raises(DomainError):
        day.do("lead", withdrawn_kits.mark_absent, work)


def test_the_plan_says_that_the_candidate_did_not_come_and_not_that_a_kit_is_issued(
    day: Day,
) -> None:
    work = day.booklets["1А"]
    day.do("lead", withdrawn_kits.mark_absent, work)
    with day.store.read() as uow:
        seat = uow.get(Booklet, work).seat_id
    with pytest.raises(DomainError, match="did not come"):
        day.do("head", remove_seat, seat)


def test_without_a_member_of_the_exam_board_the_page_says_who_gives_the_duty(
    day: Day, browser: Callable[[], Browser]
) -> None:
    with day.store.begin(Actor.system("test")) as uow:
        member = uow.get(Person, day.people["board"].id)
        member.disabled = True
        uow.record("test:roles", "plan:test")
    for n, place in enumerate(("1А", "2А"), 1):
        day.do("lead", kits.issue, day.booklets[place], number(n))
    lead = browser()
    lead.log_in("lead")
    for address in (f"room/{day.exam}/{day.room}/all/enlarge", f"work/{day.booklets['1А']}"):
        shown = lead.get(f"/custody/{address}").get_data(as_text=True)
        assert "нет члена ГЭК" in shown and "назначает руководитель ППЭ" in shown


def leave(day: Day, place: str) -> None:
    seat = day.booklet(place).seat_id
    day.do("lead", absences.leave, seat, Break.REST, day.people["helper"].id)


def test_nobody_both_left_the_room_and_did_not_come(day: Day) -> None:
    leave(day, "1А")
    with pytest.raises(withdrawn_kits.WasHere):
        day.do("lead", withdrawn_kits.mark_absent, day.booklets["1А"])
    day.do("lead", absences.take_back, day.booklet("1А").seat_id, "не тому месту")
    day.do("lead", withdrawn_kits.mark_absent, day.booklets["1А"])
    with pytest.raises(NotHere):
        leave(day, "1А")


def test_whoever_is_out_can_come_back_even_where_nobody_came_by_an_earlier_record(day: Day) -> None:
    """Recorded before the two excluded each other: the day would never stop to wait for them."""
    leave(day, "1А")
    day.put_at("1А", State.ABSENT)
    with day.store.read(day.actor("lead")) as uow:
        lines = breaks.room(uow, day.exam, day.room).lines
    assert [line.seat.place for line in lines if line.away] == ["1А"]
    day.do("lead", absences.come_back, day.booklet("1А").seat_id)
    with day.store.read() as uow:
        assert closing.show(uow).away == []


def test_the_kit_of_one_who_did_not_come_follows_the_needs(day: Day) -> None:
    """Whoever comes late after all gets the kit that the needs ask for by then."""
    for place in ("1А", "3А"):
        day.do("lead", withdrawn_kits.mark_absent, day.booklets[place])
    with day.store.begin(Actor.system("test")) as uow:
        for place, needs in (("1А", ["braille"]), ("3А", [])):
            candidate = uow.get(Booklet, day.booklets[place]).seat.candidate
            before = {"1А": "a3", "3А": "typed"}[place]
            candidate.needs = needs
            follow_needs(uow, candidate, frozenset({before}))
        uow.record("test:needs", "plan:test")
    assert (day.booklet("1А").medium, day.booklet("1А").state) == ("braille", State.ABSENT)
    assert day.booklet("3А").state == State.ABSENT, "that nobody came stays on record"
