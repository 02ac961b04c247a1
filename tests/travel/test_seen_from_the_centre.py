"""What the centre's boards say of a point whose station sends bundles."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.errors import DomainError
from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.services.board import overview, region
from examday.services.travel import enrolment
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.tables import Exam
from tests import day
from tests.travel import two_ends
from tests.travel.two_ends import ADMIN, POINT, Ends, enrolled, sent, taken, work


@pytest.fixture
def ends(tmp_path: Path, migrated: Path) -> Ends:
    """A centre of this one point."""
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


@pytest.mark.release
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


def test_of_a_work_that_its_station_still_writes_the_region_does_not_say_that_it_stands_still(
    ends: Ends,
) -> None:
    long_ago = ends.station.clock.off = -dt.timedelta(days=1)  # type: ignore[attr-defined]
    work(ends.station, "2990000000019", State.SCANNED)
    work(ends.station, "2990000000026", State.HANDED_OVER)
    ends.station.clock.off = dt.timedelta()  # type: ignore[attr-defined]
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    ends.centre.clock.off = long_ago  # type: ignore[attr-defined]
    day.booklet(ends.centre.at(POINT), "2990000000033", State.SCANNED)
    ends.centre.clock.off = dt.timedelta()  # type: ignore[attr-defined]
    with ends.centre.read() as uow:
        exams = uow.session.scalars(select(Exam.date).distinct()).all()
        lines = [region.show(uow, one).lines[0] for one in exams]
    assert sum(line.steps["scanned"] for line in lines) == 2
    assert [line.alarms for line in lines if line.alarms] == [{"stuck": 1}]


def test_what_the_centre_writes_about_a_point_is_not_heard_of_it(ends: Ends) -> None:
    def heard() -> dt.datetime | None:
        with ends.centre.read() as uow:
            return region.show(uow).lines[0].last

    assert heard() is None
    work(ends.station, "2990000000019")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    came = heard()
    assert came is not None
    ends.centre.clock.off = dt.timedelta(hours=1)  # type: ignore[attr-defined]
    with ends.centre.at(POINT).begin(ADMIN) as uow:
        uow.record(Event.PLAN_EDIT, "plan:exams")
    assert heard() == came
