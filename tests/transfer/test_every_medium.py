"""Every medium goes from the kit to the hand-over, at browsers without scripts."""

from collections.abc import Callable

import pytest

from examday.services.unit_of_work import Store
from tests import one_work
from tests.conftest import Browser
from tests.every_medium import WAYS

pytestmark = pytest.mark.usefixtures("without_children")
LONGER = {"an essay", "an exposition", "an oral essay", "an exam at home"}
"""Walked before a release: each has a sibling that goes the same pages."""


@pytest.mark.parametrize(
    "way",
    [pytest.param(way, marks=pytest.mark.release if way in LONGER else ()) for way in WAYS],
)
def test_a_work_goes_all_the_way(store: Store, browser: Callable[[], Browser], way: str) -> None:
    WAYS[way](one_work.maker(store, browser))
