"""Braille at the centre in a real browser: a notebook came by stick, is read by two translators there,
and appealed; each page on the way is checked for barriers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium

from examday.services.unit_of_work import Store
from examday.web.app import create_app
from tests.browser.windows import Windows
from tests.conftest import Browser
from tests.served import served
from tests.travel.test_braille_at_the_centre import at_the_point, station, to_the_end

__all__ = ["at_the_point", "station"]
pytestmark = [pytest.mark.slow, pytest.mark.release]
NARROW = ("tiflo2", "gek")
"""They work on a window as narrow as a telephone: every page has to serve there too."""


def test_a_notebook_that_came_by_stick_goes_all_the_way_in_the_browser(
    store: Store,
    station: Store,
    at_the_point: Callable[[], Browser],
    browser: Callable[[], Browser],
    chromium: Chromium,
    axe: str,
    clock: Any,
    tmp_path: Path,
) -> None:
    with served(create_app(store.settings, store), threads=8) as url:
        windows = Windows(chromium, url, axe, NARROW)
        try:
            case = to_the_end(store, station, at_the_point, clock, tmp_path, windows.open)
        finally:
            windows.close()
    assert not windows.found, "\n".join(windows.found)
    rc, said = case.bundle(browser(), tmp_path / "case.zip")
    assert rc == 0, said
