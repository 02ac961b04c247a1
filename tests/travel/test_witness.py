"""The centre says of each station whether the chain that stands here is the one that it witnessed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, func, insert, select, update

from examday.cli import main
from examday.domain.errors import Invalid
from examday.services.ledger import audit
from examday.services.ledger.checking.tables import table_of
from examday.services.travel import enrolment
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Checkpoint, EventRow
from examday.storage.tables_travel import Centre
from tests.travel import two_ends
from tests.travel.two_ends import ADMIN, Ends, enrolled, sent, taken, work

POINT = "770412"


@pytest.fixture
def centre(tmp_path: Path, migrated: Path) -> Store:
    return two_ends.centre_with(tmp_path / "centre", migrated, POINT, "770413")


def came(centre: Store, folder: Path, migrated: Path, point: str = POINT) -> str:
    """A station of the point that has sent a work; what the centre calls it."""
    station = two_ends.station_in(folder / f"of-{point}", migrated)
    name = enrolled(centre, station, point)
    work(station, "2990000000019")
    taken(centre, sent(station, folder / f"{point}.zip"))
    return name


def asked(store: Store, *options: str) -> Result:
    """`examday ledger verify --chain`, as somebody at the centre runs it."""
    data = str(store.settings.data)
    return CliRunner().invoke(main, ["ledger", "verify", "--chain", "--data", data, *options])


def test_each_chain_is_named_with_the_root_that_was_witnessed(
    centre: Store, tmp_path: Path, migrated: Path
) -> None:
    names = [came(centre, tmp_path, migrated, point) for point in (POINT, "770413")]
    told = asked(centre)
    assert told.exit_code == 0, told.output
    said = json.loads(asked(centre, "--json").output)["witnessed"]
    assert [(one["station"], one["state"]) for one in said] == [(n, "same") for n in names]
    assert [one["last"] for one in said] == [one["here"] for one in said]
    for one in said:
        assert one["station"] in told.output
        assert one["root"] in told.output


def test_a_station_of_which_nothing_came_is_not_known_to_be_right(
    centre: Store, tmp_path: Path, migrated: Path
) -> None:
    came(centre, tmp_path, migrated)
    silent = enrolled(centre, two_ends.station_in(tmp_path / "silent", migrated), "770413")
    told = asked(centre)
    assert (told.exit_code, silent in told.output) == (3, True)
    assert CliRunner().invoke(
        main, ["ledger", "verify", "--data", str(centre.settings.data)]
    ).exit_code == (0)
    with centre.begin(ADMIN) as uow:
        enrolment.revoke(uow, silent)
    assert asked(centre).exit_code == 0


def test_where_no_station_sends_nothing_is_called_right(centre: Store) -> None:
    assert asked(centre).exit_code == 3


def test_a_chain_that_was_written_anew_is_another_one(
    centre: Store, tmp_path: Path, migrated: Path
) -> None:
    name = came(centre, tmp_path, migrated)
    events = table_of(EventRow)
    with centre.engine.begin() as connection:
        _unseal(connection)
        connection.execute(
            update(events).where(events.c.chain == name, events.c.seq == 1).values(actor="thief")
        )
    told = asked(centre, "--json")
    assert told.exit_code == 1
    assert [one["state"] for one in json.loads(told.output)["witnessed"]] == ["other"]


def test_a_check_that_goes_on_looks_at_what_came_in_since(
    centre: Store, tmp_path: Path, migrated: Path
) -> None:
    """Also where the point's own entries say nothing new of a row, and the station's do."""
    station = two_ends.station_in(tmp_path / "of", migrated)
    name, bundle = enrolled(centre, station, POINT), tmp_path / "bundle.zip"
    work(station, "2990000000019")
    point = centre.at(POINT)
    with point.begin(ADMIN) as uow:
        uow.record("test:before", "test:anything came")
    first = audit.verify(point).code
    taken(centre, sent(station, bundle))
    code = audit.verify(point).code
    assert audit.verify(point, since=code).entries == 0
    came = work(station, "2990000000026")
    taken(centre, sent(station, tmp_path / "next.zip"))
    whole, since = audit.verify(point), audit.verify(point, since=code)
    assert whole.ok and since.ok, (whole.faults, since.faults)
    assert whole.entries > since.entries > 2 and since.rows > 3 and since.witnessed == ()
    # A code does not say whether it is of the point or of its station, which began long before.
    paper = audit.verify(station).code
    with pytest.raises(Invalid, match="one of its stations"):
        audit.verify(point, paper, since=code)
    new = audit.verify(point, since=first)
    assert new.ok and new.since and new.entries > since.entries, new.faults
    with centre.engine.begin() as connection:
        _unseal(connection)
        works, events = table_of(Booklet), table_of(EventRow)
        connection.execute(update(works).where(works.c.id == came).values(state="issued"))
        last = select(func.max(events.c.seq)).where(events.c.chain == name).scalar_subquery()
        connection.execute(
            update(events).where(events.c.chain == name, events.c.seq == last).values(actor="x")
        )
        entry = connection.execute(select(events).where(events.c.chain == name).limit(1)).one()
        strange = {**entry._mapping, "chain": "strange", "hash": "f" * 64}
        connection.execute(insert(events).values(strange))
    found = {(f.code, f.chain) for f in audit.verify(point, since=code).faults}
    assert {("row-changed", f"{POINT}/{name}"), ("hash", f"{POINT}/{name}")} <= found
    assert ("not-arrived", f"{POINT}/strange") in found
    assert asked(centre, "--since", code).exit_code == 2
    # Of which point the check goes on, nobody has said: not one that looks at none.
    told = CliRunner().invoke(
        main, ["ledger", "verify", "--data", str(centre.settings.data), "--since", code]
    )
    assert told.exit_code == 1 and "--site" in told.output and "Checked" not in told.output


def test_a_chain_that_is_gone_whole_is_missed(
    centre: Store, tmp_path: Path, migrated: Path
) -> None:
    """Entries, checkpoints and rows: only what the centre wrote about them is left."""
    name = came(centre, tmp_path, migrated)
    with centre.engine.begin() as connection:
        _unseal(connection)
        for model in (EventRow, Checkpoint):
            table = table_of(model)
            connection.execute(delete(table).where(table.c.chain == name))
    faults = {(f.code, f.chain) for f in audit.verify(centre).faults}
    assert ("arrival", f"{POINT}/{name}") in faults
    assert asked(centre).exit_code == 1


def test_a_witness_that_is_wrong_itself_proves_nothing(
    centre: Store, tmp_path: Path, migrated: Path
) -> None:
    came(centre, tmp_path, migrated)
    events = table_of(EventRow)
    with centre.engine.begin() as connection:
        _unseal(connection)
        connection.execute(
            update(events).where(events.c.site == POINT, events.c.chain == "").values(actor="x")
        )
    told = asked(centre, "--json")
    assert told.exit_code == 1
    assert [one["state"] for one in json.loads(told.output)["witnessed"]] == ["unknown"]


def _unseal(connection: object) -> None:
    raw = connection.exec_driver_sql  # type: ignore[attr-defined]
    for (name,) in raw("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw(f'DROP TRIGGER "{name}"')


def test_where_a_table_cannot_be_read_no_chain_is_called_the_same(
    centre: Store, tmp_path: Path, migrated: Path
) -> None:
    """Its rows were compared with nothing."""
    came(centre, tmp_path, migrated)
    with centre.engine.begin() as connection:
        _unseal(connection)
        connection.exec_driver_sql("DROP TABLE reading")
    told = asked(centre, "--json")
    assert told.exit_code == 1
    assert [one["state"] for one in json.loads(told.output)["witnessed"]] == ["unknown"]


def test_what_a_station_keeps_for_itself_vouches_for_no_row_of_the_centre(
    ends: Ends, at_centre: str
) -> None:
    """Whoever writes into the centre's database gives the row the name of one of the station's."""
    with ends.station.read() as uow:
        own = dict(uow.session.execute(select(table_of(Centre))).mappings().one())
    with ends.centre.read() as uow:
        came_in = uow.session.scalars(select(EventRow.rows).where(EventRow.chain == ends.name))
        assert any(f'"centre:{own["id"]}"' in rows for rows in came_in)
    assert audit.verify(ends.centre).ok
    with ends.centre.engine.begin() as connection:
        connection.execute(insert(table_of(Centre)).values(own))
    found = audit.verify(ends.centre).faults
    assert [(fault.code, fault.detail) for fault in found] == [
        ("row-unknown", f"centre:{own['id']}")
    ]
