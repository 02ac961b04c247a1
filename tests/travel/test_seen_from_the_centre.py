"""What the centre's boards say of a point whose station sends bundles."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from examday.domain.errors import DomainError
from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.services.board import overview, region
from examday.services.travel import enrolment
from examday.services.unit_of_work import Store
from examday.settings import Settings
from tests.travel import two_ends
from tests.travel.two_ends import ADMIN, enrolled, sent, taken, work

POINT = "770412"


class Ends(NamedTuple):
    """A station, its centre, and what the centre calls the station."""

    station: Store
    centre: Store
    name: str
    stick: Path


@pytest.fixture
def ends(tmp_path: Path, migrated: Path) -> Ends:
    station = two_ends.station_in(tmp_path / "one", migrated)
    centre = two_ends.centre_with(tmp_path / "centre", migrated, POINT)
    return Ends(station, centre, enrolled(centre, station, POINT), tmp_path)


def told(centre: Store) -> tuple[dict[str, int], set[str]]:
    """The alarms of the ledger on the region's board and on that of the point."""
    with centre.read() as uow:
        [line] = region.show(uow).lines
    with centre.at(POINT).read() as uow:
        there = {alarm.code for alarm in overview.show(uow).alarms}
    seen = {kind: n for kind, n in line.alarms.items() if kind.startswith("alarm:")}
    return seen, {code for code in there if code.startswith("alarm:")}


def test_what_the_centre_did_about_an_alarm_of_a_station_answers_it_on_both_boards(
    ends: Ends,
) -> None:
    key = work(ends.station, "2990000000019")
    with ends.station.begin(Actor.system("test")) as uow:
        uow.record(Event.ALARM_COUNT_MISMATCH, f"booklet:{key}")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    kind = Event.ALARM_COUNT_MISMATCH
    assert told(ends.centre) == ({kind: 1}, {kind})
    with ends.centre.at(POINT).begin(ADMIN) as uow:
        uow.record(Event.CUSTODY_HAND, f"booklet:{key}")
    assert told(ends.centre) == ({}, set())


def test_two_histories_are_called_so_on_both_boards_until_the_station_is_revoked(
    ends: Ends, tmp_path: Path
) -> None:
    work(ends.station, "2990000000019")
    ends.station.close()
    shutil.copytree(ends.station.settings.data, tmp_path / "twin")
    twin = Store(Settings.from_env({}, data=tmp_path / "twin", argon2_cost=1))
    work(ends.station, "2990000000026")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    work(twin, "2990000000033")
    with pytest.raises(DomainError):
        taken(ends.centre, sent(twin, ends.stick / "2.zip"))
    assert told(ends.centre) == ({Event.ALARM_FORK: 1}, {Event.ALARM_FORK})
    with ends.centre.begin(ADMIN) as uow:
        enrolment.revoke(uow, ends.name)
    assert told(ends.centre) == ({}, set())
