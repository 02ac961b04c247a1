"""The centre on PostgreSQL, as a region has it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from examday.domain.people.roles import Actor
from examday.services.ledger import audit
from examday.services.people.sites import add_site
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.tables import Booklet, Seat
from tests.travel import two_ends
from tests.travel.two_ends import ADMIN, confirmed, enrolled, sent, taken, work


@pytest.mark.slow
def test_two_stations_send_to_one_region(
    postgres: Callable[[], str], tmp_path: Path, migrated: Path
) -> None:
    settings = Settings.from_env(
        {"EXAMDAY_DATABASE_URL": postgres()}, data=tmp_path / "centre", argon2_cost=1
    )
    settings.make_folders()
    centre = Store(settings)
    for point in ("770412", "770413"):
        with centre.begin(ADMIN) as uow:
            add_site(uow, point, f"Школа {point}", "Europe/Moscow")
        station = two_ends.station_in(tmp_path / point, migrated)
        name = enrolled(centre, station, point)
        keys = [work(station, f"299000000001{n}") for n in range(3)]
        assert taken(centre, sent(station, tmp_path / f"{point}-1.zip")).works == 3
        assert confirmed(centre, station, name)
        with station.begin(Actor.system("test")) as uow:
            one, two, _three = uow.session.scalars(select(Seat).order_by(Seat.place)).all()
            places = one.place, two.place
            for seat, place in ((one, "x"), (two, places[0]), (one, places[1])):
                seat.place = place
                uow.session.flush()
            uow.record("test:places", "day:test")
        bundle = sent(station, tmp_path / f"{point}-2.zip")
        assert taken(centre, bundle).new
        assert not taken(centre, bundle).new
        with centre.at(point).read() as uow:
            assert set(uow.session.scalars(select(Booklet.id))) == set(keys)
            assert uow.get(Seat, one.id).place == places[1]
    assert audit.verify(centre, scans=True).faults == ()
    centre.close()
