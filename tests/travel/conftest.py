"""A station and its centre, for the tests of this folder."""

from pathlib import Path

import pytest

from tests.travel import two_ends
from tests.travel.two_ends import POINT, Ends, enrolled


@pytest.fixture
def ends(tmp_path: Path, migrated: Path) -> Ends:
    station = two_ends.station_in(tmp_path / "one", migrated)
    centre = two_ends.centre_with(tmp_path / "centre", migrated, POINT, "770413")
    (tmp_path / "stick").mkdir()
    return Ends(station, centre, enrolled(centre, station, POINT), tmp_path / "stick")
