"""A step taken by mistake is taken back with a reason while nothing rests on it."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.kit import Kind
from examday.domain.errors import Forbidden, Invalid, NotFound
from examday.services.custody import handing, kits, papers
from examday.services.custody.pages import work_page
from examday.services.custody.room import (
    collecting,
    enlarging,
    more_paper,
    taking_back,
    withdrawn_kits,
)
from examday.services.ledger import audit
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet
from tests import custody_day
from tests.conftest import PIN, Browser
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
    with pytest.raises(taking_back.SomethingRests):
        back(day, work)
    other = issued(day, "3А")
    assert offered(day, other)
    day.do("lead", more_paper.issue_extra, other, Kind.PRINT_OUT, 1)
    day.do("lead", handing.hand, other, receiver, PIN, day.counts("3А"))
    with pytest.raises(taking_back.SomethingRests):
        back(day, other)
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
    answer = lead.post(f"/custody/work/{work}/undo", sent, page=f"/custody/work/{work}/undo")
    assert answer.status_code == 303 and day.booklet("1А").state == "issued"
    assert "Шаг записан по ошибке и отменён" in lead.get(f"/booklets/{work}").get_data(as_text=True)
    other = day.do("lead", withdrawn_kits.spoil, work, WHY).id
    page = lead.get(f"/custody/work/{other}").get_data(as_text=True)
    assert f"/custody/work/{work}/undo" in page and "всё же не испорчен" in page
    page = lead.get(f"/custody/work/{work}/undo").get_data(as_text=True)
    assert "другого комплекта место больше не ждёт" in page
