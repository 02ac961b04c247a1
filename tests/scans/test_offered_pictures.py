"""A page offers a picture, and what is done with one, only to whom it is shown."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.people.roles import Role
from examday.services.unit_of_work import Store
from tests import day, sheets
from tests.scans.test_deciding import pages
from tests.scans.test_taken_for_the_copy import DPI, filled, newest, send

pytestmark = pytest.mark.usefixtures("without_children")

OFFERED = re.compile(r'(?:href|src)="(/(?:image|scans/wrong)/[^"]+)"')


@pytest.fixture
def scanned_twice(store: Store) -> tuple[str, str]:
    """The work of a sheet that came twice, and the address of the second picture of it."""
    code = sheets.kit_code(91)
    work = day.booklet(store, code)
    send(store, "first.jpg", filled(code, "A3"), DPI)
    send(store, "second.jpg", filled(code, "A3"))
    return work, f"/scans/exceptions/{newest(store).id}"


@pytest.mark.parametrize("role", [Role.TECHNICAL_SPECIALIST, Role.SITE_HEAD])
@pytest.mark.release
def test_whoever_scans_is_offered_no_picture_that_stays_shut(
    store: Store,
    add_person: Callable[..., Any],
    browser: Callable[[], Any],
    scanned_twice: tuple[str, str],
    role: Role,
) -> None:
    work, doubt = scanned_twice
    first = pages(store)[0]
    add_person(store, "somebody", role)
    opened = browser()
    opened.log_in("somebody")
    there = (f"/booklets/{work}", f"/scans/file/{first.scan_file_id}", doubt)
    texts = [opened.get(page).get_data(as_text=True) for page in there]
    asked = {one for text in texts for one in OFFERED.findall(text)}
    assert {one: opened.get(one).status_code for one in asked} == dict.fromkeys(asked, 200)
    # The head may see every work; who only scans compares them small, and is told who can.
    large = [f"/image/{first.id}", f"/image/{first.id}?scale=0.3", f"/scans/wrong/{first.id}"]
    assert [one in asked for one in large] == [role is Role.SITE_HEAD] * 3
    small = re.search(r'<img\s+width="160"\s+src="[^"]+/thumb"', texts[-1])
    assert (small is not None) == (role is not Role.SITE_HEAD)
    assert ("Вам она показана мелко" in texts[-1]) == (role is not Role.SITE_HEAD)
