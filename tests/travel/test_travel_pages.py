"""What people at a station see of the centre."""

from collections.abc import Callable
from pathlib import Path

from examday.domain.people.roles import Role
from examday.services.unit_of_work import Store
from tests.conftest import Browser
from tests.travel.two_ends import centre_with, confirmed, enrolled, sent, taken, work


def test_the_board_says_how_much_the_centre_has(
    store: Store,
    add_person: Callable[..., object],
    browser: Callable[[], Browser],
    tmp_path: Path,
    migrated: Path,
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    centre = centre_with(tmp_path / "centre", migrated, "770412")
    name = enrolled(centre, store, "770412")
    head = browser()
    head.log_in("head")
    assert "Центр подтвердил" not in head.get("/board/?day=2026-06-04").text
    work(store, "2990000000019")
    page = head.get("/board/?day=2026-06-04").text
    assert "Центр подтвердил работ: 0 из 1." in page
    assert "ничего нельзя убирать" in page
    taken(centre, sent(store, tmp_path / "b.zip"))
    confirmed(centre, store, name)
    assert "Центр подтвердил работ: 1 из 1." in head.get("/board/?day=2026-06-04").text
