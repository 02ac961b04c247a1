"""Whoever takes a step too late hears that first, and is not sent to correct entries."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.lifecycle import WrongStep
from examday.services.custody import kits
from examday.services.custody.room import collecting, enlarging, taking_back, withdrawn_kits
from examday.services.unit_of_work import Store
from tests import custody_day
from tests.custody_day import Day


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    """A room whose enlarged work has been scanned already."""
    made = custody_day.make(store, add_person)
    made.put_at("1А", "scanned")
    return made


@pytest.mark.parametrize(
    ("step", "entries"),
    [
        (kits.issue, ("",)),
        (enlarging.enlarge, ("",)),
        (collecting.collect, ({},)),
        (taking_back.take_back, ("",)),
        (withdrawn_kits.choose_standard, ("",)),
        (withdrawn_kits.spoil, ("",)),
    ],
)
def test_a_step_that_is_over_is_said_before_its_empty_entries(
    day: Day, step: Callable[..., Any], entries: tuple[Any, ...]
) -> None:
    with pytest.raises(WrongStep) as refused:
        day.do("lead", step, day.booklets["1А"], *entries)
    assert refused.value.params["booklet"] == day.booklets["1А"], "the page of the work helps"


def test_the_error_page_leads_to_the_work_that_it_is_about(
    day: Day, browser: Callable[[], Any]
) -> None:
    board = browser()
    board.log_in("board")
    work = day.booklets["1А"]
    told = board.get(f"/sign/{work}")
    assert told.status_code == 409 and f'href="/booklets/{work}"' in told.get_data(as_text=True)


def test_before_its_scans_a_notebook_has_no_pages_to_state(
    day: Day, browser: Callable[[], Any]
) -> None:
    day.put_at("2А", "collected")
    chair = browser()
    chair.log_in("chair")
    told = chair.post(f"/braille/{day.booklets['2А']}/pages/ask", data={"colleague": ""})
    html = told.get_data(as_text=True)
    assert told.status_code == 409 and "сканировать оригинал" in html, "whose step is next"
