"""Every medium goes from the kit to the hand-over in a real browser; each page on the way is checked
for barriers."""

import pytest
from playwright.sync_api import Browser

from examday.services.unit_of_work import Store
from examday.web.app import create_app
from tests import one_work
from tests.browser.windows import Windows
from tests.every_medium import WAYS
from tests.served import served

pytestmark = [pytest.mark.slow, pytest.mark.release]
NARROW = ("boris", "observer")
"""They work on a window as narrow as a telephone: every page has to serve there too."""


@pytest.mark.parametrize("way", WAYS)
def test_a_work_goes_all_the_way(store: Store, chromium: Browser, axe: str, way: str) -> None:
    with served(create_app(store.settings, store), threads=8) as url:
        windows = Windows(chromium, url, axe, NARROW)
        try:
            WAYS[way](one_work.maker(store, window=windows.open))
        finally:
            windows.close()
    assert not windows.found, "\n".join(windows.found)
