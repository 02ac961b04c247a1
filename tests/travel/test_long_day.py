"""A day of many works travels as a short one does, however many rows stand in memory at a time."""

from pathlib import Path

import pytest
from sqlalchemy import select

from examday.services.ledger import audit
from examday.services.travel.incoming import applying, writing_in
from examday.services.travel.outgoing import gathering
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.tables import Item
from tests.conftest import Clock
from tests.ledger.test_midday import unpack
from tests.ledger.test_page_costs import NOW
from tests.travel.two_ends import POINT, centre_with, enrolled, sent, taken


@pytest.mark.release
def test_rows_that_point_at_later_ones_come_in_in_pieces(
    tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An envelope that lies in a packet comes before the packet, and a day has hundreds of them."""
    settings = Settings.from_env({}, data=unpack(tmp_path, "data"), argon2_cost=1, reserve_mb=20)
    migrate(settings.database_url)
    station = Store(settings, Clock(NOW))
    centre = centre_with(tmp_path / "centre", migrated, POINT)
    enrolled(centre, station, POINT)
    for module in (applying, writing_in, gathering):
        monkeypatch.setattr(module, "PIECE", 7)
    came = taken(centre, sent(station, tmp_path / "day.zip"))
    assert came.rows > 500
    with station.read() as here, centre.at(POINT).read() as there:
        told = [set(end.session.execute(select(Item.id, Item.parent_id))) for end in (here, there)]
    assert told[0] == told[1] and any(parent for _one, parent in told[0])
    assert audit.verify(centre).faults == ()
