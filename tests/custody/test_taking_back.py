"""A step taken by mistake is taken back with a reason while nothing rests on it."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from examday.domain.people.roles import Actor
from examday.services.board import unanswered
from examday.services.custody import handing, kits, papers
from examday.services.custody.pages import work_page
from examday.services.custody.room import (
    collecting,
    enlarging,
    form_numbers,
    more_paper,
    taking_back,
    withdrawn_kits,
)
from examday.services.ledger import audit
from examday.services.plan import steps
from examday.services.plan.booklets import set_booklet
from examday.services.unit_of_work import Store, UnitOfWork
from examday.settings import Settings
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Appeal
from examday.storage.tables_braille import CommissionNote
from tests import custody_day
from tests.conftest import PIN, Browser, Clock
from tests.custody_day import Day, number
from tests.transfer_day import add_page

WHY = "нажато не у того места"


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    return custody_day.make(store, add_person)


def issued(day: Day, place: str = "1А") -> str:
    work = day.booklets[place]
    day.do("lead", kits.issue, work, number(int(place[0])))
    return work


def enlarged(day: Day) -> str:
    work = issued(day)
    day.do("lead", enlarging.enlarge, work, day.people["board"].id)
    return work


def collected(day: Day) -> str:
    work = enlarged(day)
    day.do("lead", collecting.collect, work, day.counts("1А"))
    return work


def things(day: Day, place: str = "1А") -> dict[Kind, int]:
    with day.store.read() as uow:
        rows = papers.of_booklet(uow, day.booklets[place])
        return {Kind(i.kind): sum(j.kind == i.kind for j in rows) for i in rows}


def back(day: Day, work: str, who: str = "lead") -> None:
    day.do(who, taking_back.take_back, work, WHY)


def offered(day: Day, work: str) -> bool:
    with day.store.read(day.actor("lead")) as uow:
        return "undo" in work_page.work(uow, work).others


def test_every_step_goes_back_to_where_it_came_from_and_can_be_taken_anew(day: Day) -> None:
    work = collected(day)
    sheets = things(day)
    back(day, work)
    assert day.booklet("1А").state == "enlarged" and day.booklet("1А").counts == {}
    assert Kind.ENVELOPE not in things(day)
    back(day, work)
    assert day.booklet("1А").state == "issued" and Kind.ENLARGED_SHEET not in things(day)
    back(day, work)
    assert day.booklet("1А").state == "registered" and things(day) == {}
    assert collected(day) == work and things(day) == sheets
    assert day.kinds().count("booklet:take_back") == 3
    assert audit.verify(day.store).ok


@pytest.mark.parametrize("place", ["2А", "3А"])
def test_a_notebook_or_print_out_that_was_not_collected_is_with_its_candidate_again(
    day: Day, place: str
) -> None:
    work = issued(day, place)
    if place == "3А":
        day.do("lead", more_paper.issue_extra, work, Kind.PRINT_OUT, 2)
    day.do("lead", collecting.collect, work, day.counts(place))
    back(day, work)
    assert day.booklet(place).state == "issued"


def test_a_kit_handed_to_the_wrong_seat_is_free_for_the_right_one(day: Day) -> None:
    day.do("lead", kits.issue, day.booklets["1А"], number(2))
    back(day, day.booklets["1А"])
    day.do("lead", kits.issue, day.booklets["2А"], number(2))
    assert day.booklet("1А").code is None and day.booklet("2А").code == number(2)


def test_a_planned_number_stays_planned(day: Day) -> None:
    work = day.booklets["1А"]
    day.do("lead", kits.assign, work, number(5))
    day.do("lead", kits.issue, work, number(5))
    back(day, work)
    assert day.booklet("1А").code == number(5)


def test_what_others_rest_on_is_not_taken_back_nor_offered_to_be(day: Day) -> None:
    work = collected(day)
    assert offered(day, work)
    receiver = day.people["second"].id
    day.do("lead", handing.hand, work, receiver, PIN, day.counts("1А"))
    other = issued(day, "3А")
    assert offered(day, other)
    day.do("lead", more_paper.issue_extra, other, Kind.PRINT_OUT, 1)
    day.do("lead", handing.hand, other, receiver, PIN, day.counts("3А"))
    assert why_not(day, other) == why_not(day, work) == "it has gone on to somebody else"
    assert not offered(day, work) and not offered(day, other)


def test_a_mistyped_number_of_pages_goes_back_before_the_step_it_stands_on(day: Day) -> None:
    work = issued(day, "3А")
    issued_kit = things(day, "3А")
    day.do("lead", more_paper.issue_extra, work, Kind.PRINT_OUT, 31)
    day.do("lead", collecting.collect, work, day.counts("3А"))
    back(day, work)
    back(day, work)
    assert day.booklet("3А").state == "issued" and things(day, "3А") == issued_kit
    day.do("lead", more_paper.issue_extra, work, Kind.PRINT_OUT, 2)
    day.do("lead", more_paper.issue_extra, work, Kind.PRINT_OUT, 1)
    back(day, work)
    assert things(day, "3А")[Kind.PRINT_OUT] == 2
    back(day, work)
    back(day, work)
    assert day.booklet("3А").state == "registered" and things(day, "3А") == {}
    assert day.kinds().count("custody:take-back") == 3
    assert audit.verify(day.store).ok


def test_an_additional_form_of_somebody_else_goes_back_with_its_sheet_alone(day: Day) -> None:
    work = enlarged(day)
    before = things(day)
    day.do("lead", more_paper.issue_extra, work, Kind.STANDARD_SHEET, 1, number(7))
    back(day, work)
    assert things(day) == before and day.booklet("1А").state == "enlarged"
    day.do("lead", more_paper.issue_extra, day.booklets["1А"], Kind.STANDARD_SHEET, 1, number(7))


def test_what_was_counted_from_hand_to_hand_follows_what_came_and_went_since(day: Day) -> None:
    work = enlarged(day)
    counted = day.counts("1А")
    day.do("lead", handing.hand, work, day.people["second"].id, PIN, counted)
    day.do("lead", more_paper.issue_extra, work, Kind.STANDARD_SHEET, 1, number(7))
    more = {kind: n + (kind in counted) for kind, n in counted.items()}
    assert set(counted) == {Kind.STANDARD_SHEET, Kind.ENLARGED_SHEET} and day.counts("1А") == more
    back(day, work)
    assert day.counts("1А") == counted


@pytest.mark.parametrize("enlarge", [False, True])
def test_a_candidate_said_to_take_the_standard_form_writes_on_with_the_kit(
    day: Day, enlarge: bool
) -> None:
    work = enlarged(day) if enlarge else issued(day)
    before, state = day.counts("1А"), day.booklet("1А").state
    day.do("lead", withdrawn_kits.choose_standard, work, WHY)
    assert offered(day, work)
    back(day, work)
    assert day.booklet("1А").state == state and day.counts("1А") == before
    day.do("lead", withdrawn_kits.choose_standard, work, WHY)
    day.do("lead", handing.hand, work, day.people["second"].id, PIN, day.counts("1А"))
    with pytest.raises(taking_back.SomethingRests):
        back(day, work)
    assert not offered(day, work) and audit.verify(day.store).ok


def test_a_kit_called_spoiled_by_mistake_comes_back_and_its_replacement_goes(day: Day) -> None:
    work = enlarged(day)
    before = day.counts("1А")
    other = day.do("lead", withdrawn_kits.spoil, work, WHY).id
    day.do("lead", kits.assign, other, number(7))
    with day.store.read(day.actor("lead")) as uow:
        shown = work_page.work(uow, other).replaced
        assert shown is not None and shown.id == work
    back(day, work)
    assert day.booklet("1А").state == "enlarged" and day.counts("1А") == before
    with day.store.read() as uow, pytest.raises(NotFound):
        uow.get(Booklet, other)
    day.do("lead", kits.assign, day.booklets["2А"], number(7))
    assert day.kinds().count("booklet:take_back_enlarged") == 1
    assert audit.verify(day.store).ok


def test_a_spoiled_kit_stays_so_once_its_seat_has_gone_on(day: Day) -> None:
    work = issued(day)
    second = day.do("lead", withdrawn_kits.spoil, work, WHY).id
    day.do("lead", kits.issue, second, number(7))
    with pytest.raises(taking_back.SomethingRests):
        back(day, work)
    # The kit between the two was in use: the first one is not the seat's next to come back.
    third = day.do("lead", withdrawn_kits.spoil, second, WHY).id
    with pytest.raises(taking_back.SomethingRests):
        back(day, work)
    assert not offered(day, work) and offered(day, second)
    back(day, second)
    with day.store.read() as uow:
        assert uow.get(Booklet, second).state == "issued" and not offered(day, work)
        assert uow.session.get(Booklet, third) is None


def second_kit(day: Day, work: str) -> str:
    return str(day.do("lead", withdrawn_kits.spoil, work, WHY).id)


def stop(day: Day, work: str, typed: str) -> None:
    """Somebody scans this number for the work, and the station refuses it aloud."""
    with pytest.raises(form_numbers.DuplicateCode):
        day.do("lead", kits.issue, work, typed)
    day.do("lead", form_numbers.report_duplicate, work, typed)


def alarms_left(day: Day) -> tuple[list[str], list[int]]:
    """Things of open alarms at the point, and how many the region counts."""
    with day.store.read() as uow:
        here = [raised.key for raised in unanswered.of_point(uow)]
        return here, [n for _kind, _site, n in unanswered.of_all_points(uow)]


def test_an_alarm_about_a_neighbours_kit_keeps_the_second_kit_until_it_is_answered(
    day: Day,
) -> None:
    day.do("lead", kits.issue, day.booklets["2А"], number(2))
    work = issued(day)
    other = second_kit(day, work)
    stop(day, other, number(2))
    # The number of the spoiled kit after it: the newest alarm must not cover the one before.
    stop(day, other, number(1))
    with pytest.raises(taking_back.SomethingRests) as refused:
        back(day, work)
    assert "alarm" in str(refused.value.params["what"])
    assert not offered(day, work) and alarms_left(day) == ([other], [1])
    day.do("lead", kits.assign, other, number(7))
    back(day, work)
    assert day.booklet("1А").state == "issued" and alarms_left(day) == ([], [])


def test_an_alarm_about_the_spoiled_kits_own_number_is_answered_when_that_kit_comes_back(
    day: Day,
) -> None:
    work = issued(day)
    stop(day, second_kit(day, work), number(1))
    back(day, work)
    assert alarms_left(day) == ([], []), "nobody can answer for a kit that is not there"
    assert audit.verify(day.store).ok


def test_an_appeal_about_the_second_kit_keeps_it(day: Day) -> None:
    work = issued(day)
    other = second_kit(day, work)
    with day.store.begin(Actor.system("test")) as uow:
        there = uow.get(Booklet, other)
        uow.add(
            Appeal(
                number="1",
                kind="procedure",
                exam_id=there.exam_id,
                booklet_id=other,
                version=1,
                filed=there.exam.date,
                reached=there.exam.date,
                since=uow.now(),
            )
        )
        uow.record("test:appeal", f"booklet:{other}")  # type: ignore[arg-type]
    with pytest.raises(taking_back.SomethingRests) as refused:
        back(day, work)
    assert "appeal" in str(refused.value.params["what"]) and not offered(day, work)


def why_not(day: Day, work: str) -> str:
    with pytest.raises(taking_back.SomethingRests) as refused:
        back(day, work)
    return str(refused.value.params["what"])


def test_it_is_said_what_became_of_the_second_kit(day: Day) -> None:
    work = issued(day)
    other = second_kit(day, work)
    with day.store.begin(day.actor("tech")) as uow:
        add_page(uow, other, "original")
        uow.record("test:page", f"booklet:{other}")  # type: ignore[arg-type]
    assert "scanned" in why_not(day, work)
    notebook = issued(day, "2А")
    absent = second_kit(day, notebook)
    day.do("lead", withdrawn_kits.mark_absent, absent)
    assert "did not come" in why_not(day, notebook)
    printed = issued(day, "3А")
    planned = second_kit(day, printed)
    with day.store.begin(Actor.system("test")) as uow:
        uow.session.delete(uow.get(Booklet, planned))
        uow.record("test:plan", f"booklet:{planned}")  # type: ignore[arg-type]
    assert "plan" in why_not(day, printed)


def test_a_note_of_the_commission_keeps_the_second_kit(day: Day) -> None:
    work = issued(day, "2А")
    other, chair = second_kit(day, work), day.people["chair"].id
    with day.store.begin(day.actor("chair")) as uow:
        uow.add(CommissionNote(kind="incident", booklet_id=other, recorded_by=chair, at=uow.now()))
        uow.record("test:note", f"booklet:{other}")  # type: ignore[arg-type]
    assert "commission" in why_not(day, work)


def test_a_second_kit_that_was_collected_once_stays_and_so_does_its_place(day: Day) -> None:
    work = issued(day, "2А")
    other = second_kit(day, work)
    with pytest.raises(Conflict, match="spoiled"):
        day.do("head", steps.remove_seat, day.booklet("2А").seat_id)
    day.do("lead", kits.issue, other, number(7))
    with day.store.read() as uow:
        counted = papers.expected(uow, uow.get(Booklet, other))
    day.do("lead", collecting.collect, other, counted)
    back(day, other)
    back(day, other)
    assert "journal" in why_not(day, work)
    first = collected(day)
    for _step in range(3):
        back(day, first)
    with pytest.raises(Conflict, match="journal"):
        day.do("head", steps.remove_seat, day.booklet("1А").seat_id)


def taken_out(uow: UnitOfWork, booklet_id: str) -> None:
    """As a table of the plan does it for a candidate who takes the standard form."""
    there = uow.get(Booklet, booklet_id)
    set_booklet(uow, there.seat, there, Medium.STANDARD, None)
    uow.record("test:plan", f"booklet:{booklet_id}")  # type: ignore[arg-type]


@pytest.mark.release
@pytest.mark.parametrize(
    ("meanwhile", "said_of"),
    [(withdrawn_kits.mark_absent, "did not come"), (taken_out, "plan of this seat")],
)
def test_a_second_kit_that_somebody_acts_on_meanwhile_does_not_go(
    settings: Settings,
    clock: Clock,
    add_person: Callable[..., Any],
    postgres: Callable[[], str],
    meanwhile: Callable[..., Any],
    said_of: str,
) -> None:
    """On a database where two write at once: the colleague is first, and is not written over."""
    store = Store(replace(settings, database_url=postgres()), clock)
    day = custody_day.make(store, add_person)
    work = issued(day)
    other = second_kit(day, work)
    said: list[DomainError] = []

    def take_back() -> None:
        try:
            back(day, work)
        except DomainError as error:
            said.append(error)

    late = threading.Thread(target=take_back)
    with store.begin(day.actor("lead")) as uow:
        meanwhile(uow, other)
        uow.session.flush()
        late.start()
        # Until it waits for the kit that is held here.
        late.join(timeout=1)
        assert late.is_alive(), "it waits for its turn"
    late.join(timeout=30)
    [refused] = said
    assert isinstance(refused, taking_back.SomethingRests)
    assert said_of in str(refused.params["what"])
    with store.read() as uow:
        assert uow.get(Booklet, work).state == "spoiled"
    store.close()


def test_a_kit_that_a_colleague_took_over_is_not_called_never_issued(day: Day) -> None:
    work = issued(day)
    day.do("lead", handing.hand, work, day.people["second"].id, PIN, day.counts("1А"))
    with pytest.raises(taking_back.SomethingRests):
        back(day, work)
    assert not offered(day, work)


def test_a_scanned_page_holds_the_collecting_fast(day: Day) -> None:
    work = collected(day)
    with day.store.begin(day.actor("tech")) as uow:
        add_page(uow, work, "original")
        uow.record("test:page", f"booklet:{work}")  # type: ignore[arg-type]
    with pytest.raises(taking_back.SomethingRests):
        back(day, work)
    assert not offered(day, work)


def test_no_step_goes_back_without_a_reason_or_by_a_stranger(day: Day) -> None:
    work = issued(day)
    with pytest.raises(Invalid):
        day.do("lead", taking_back.take_back, work, "  ")
    with pytest.raises(Forbidden):
        back(day, work, "helper")
    with day.store.read() as uow:
        assert uow.get(Booklet, work).state == "issued"


def test_the_page_of_the_work_asks_why_and_says_what_goes(
    day: Day, browser: Callable[[], Browser]
) -> None:
    work = enlarged(day)
    lead = browser()
    lead.log_in("lead")
    page = lead.get(f"/custody/work/{work}/undo").get_data(as_text=True)
    assert "Увеличенные листы снимаются с учёта" in page and "Отменить шаг" in page
    sent = {"reason": WHY, "row_version": str(day.booklet("1А").row_version)}
    answer = lead.post(f"/custody/work/{work}/undo", sent)
    assert answer.status_code == 303 and day.booklet("1А").state == "issued"
    assert "Шаг записан по ошибке и отменён" in lead.get(f"/booklets/{work}").get_data(as_text=True)
    other = day.do("lead", withdrawn_kits.spoil, work, WHY).id
    page = lead.get(f"/custody/work/{other}").get_data(as_text=True)
    assert f"/custody/work/{work}/undo" in page and "всё же не испорчен" in page
    page = lead.get(f"/custody/work/{work}").get_data(as_text=True)
    assert "Этот комплект испорчен" in page and f'href="/custody/work/{other}"' in page
    assert 'name="pin"' not in page, "a spoiled kit waits for nobody"
    page = lead.get(f"/custody/work/{work}/undo").get_data(as_text=True)
    assert "другого комплекта место больше не ждёт" in page
