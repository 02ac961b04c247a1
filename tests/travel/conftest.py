"""A station and its centre, for the tests of this folder."""

from pathlib import Path

import pytest

from examday.domain.people.roles import Role
from tests import day
from tests.travel import two_ends
from tests.travel.two_ends import CODE, POINT, Ends, confirmed, enrolled, sent, taken, work


@pytest.fixture
def ends(tmp_path: Path, migrated: Path) -> Ends:
    station = two_ends.station_in(tmp_path / "one", migrated)
    centre = two_ends.centre_with(tmp_path / "centre", migrated, POINT, "770413")
    (tmp_path / "stick").mkdir()
    return Ends(station, centre, enrolled(centre, station, POINT), tmp_path / "stick")


@pytest.fixture
def at_centre(ends: Ends) -> str:
    """A work that was handed over, sent and confirmed; two people who had no part in it."""
    made = work(ends.station, CODE)
    for login in ("copier", "reader"):
        day.person(ends.station, login, Role.ASSISTANT)
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    confirmed(ends.centre, ends.station, ends.name)
    return made
