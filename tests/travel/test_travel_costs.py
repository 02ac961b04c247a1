"""What is asked of orders and bundles reads the newest entries, however many years lie before them."""

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.services.people.sites import add_site
from examday.services.travel.incoming import alarms
from examday.services.travel.orders import issued, obeying
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import EventRow
from examday.storage.tables_travel import Station

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from page_costs import Cost, Meter

TEST = Actor.system("test")
POINT, STATION, CENTRE = "770001", "770001-1", "centre-1"
FEW, MANY = 30, 600


def cost(meter: Meter, store: Store, asked: Callable[[UnitOfWork], object]) -> Cost:
    with store.read() as uow, meter.measure() as counted:
        asked(uow)
    return counted


def region(store: Store) -> None:
    with store.begin(TEST) as uow:
        add_site(uow, POINT, "Школа", "Europe/Moscow")
    with store.begin(TEST) as uow:
        uow.add(Station(id=STATION, point=POINT, invited_at=uow.now(), confirmed_at=uow.now()))
        uow.record(Event.STATION_CONFIRM, f"station:{STATION}")


def came_in(store: Store, number: int) -> None:
    """The station's own entry that an order was carried out, as a bundle brings it."""
    said = {"number": number, "order": "rules", "centre": CENTRE, "at": f"at {number}"}
    root = hashlib.sha256(f"{number}".encode()).hexdigest()
    with store.begin(TEST) as uow:
        row = EventRow(site=POINT, chain=STATION, seq=number, at=f"done {number}")
        row.kind, row.actor, row.subject = Event.TRAVEL_OBEY, "a", "rules:1"
        row.data, row.rows, row.prev, row.hash = json.dumps(said), "{}", "", root
        uow.session.add(row)


def order(store: Store, number: int) -> None:
    said = {"station": STATION, "order": "rules", "number": number}
    said |= {"rules": "2026", "at": "2026-11-27T11:05:00+00:00"}
    with store.at(POINT).begin(TEST) as uow:
        uow.record(Event.TRAVEL_ORDER, f"station:{STATION}", **said)


def test_the_last_order_that_was_carried_out_is_told_from_the_newest_entry(
    each_store: Store,
) -> None:
    meter = Meter(each_store)

    def obey(numbers: range, centre: str = CENTRE) -> Cost:
        for number in numbers:
            with each_store.begin(TEST) as uow:
                said = {"number": number, "centre": centre, "at": f"at {number}", "order": "rules"}
                uow.record(Event.TRAVEL_OBEY, "rules:1", **said)
        return cost(meter, each_store, lambda uow: obeying._last_done(uow, CENTRE))

    few = obey(range(1, FEW))
    many = obey(range(FEW, MANY))
    assert (many.statements, many.rows) == (few.statements, few.rows)
    obey(range(1, 2 * obeying.A_FEW), "another")
    with each_store.read() as uow:
        assert obeying._last_done(uow, CENTRE) == (MANY - 1, f"at {MANY - 1}")
        assert obeying._last_done(uow, "another") == (19, "at 19")
        assert obeying._last_done(uow, "nobody") == (0, "")


def test_the_fate_of_the_orders_on_a_page_costs_the_same_with_years_behind_them(
    each_store: Store,
) -> None:
    region(each_store)
    meter = Meter(each_store)
    for number in range(1, FEW):
        came_in(each_store, number)
    order(each_store, FEW - 1)
    few = cost(meter, each_store, issued.issued)
    for number in range(FEW, MANY):
        came_in(each_store, number)
    for number in (MANY - 1, MANY):
        order(each_store, number)
    with each_store.read() as uow, meter.measure() as many:
        done = issued._carried_out(uow, [(POINT, {"station": STATION, "number": MANY - 1})])
    assert done == {STATION: {MANY - 1: f"done {MANY - 1}"}}
    assert many.rows <= few.rows + issued.A_PAGE
    with each_store.read() as uow:
        fates = {one.number: (one.fate, one.done_at) for one in issued.issued(uow).rows}
    assert fates[FEW - 1] == (issued.Fate.DONE, f"done {FEW - 1}")
    assert fates[MANY - 1] == (issued.Fate.DONE, f"done {MANY - 1}")
    assert fates[MANY] == (issued.Fate.OUT, "")


def test_what_is_missing_is_told_from_what_was_noted_last_of_a_station(each_store: Store) -> None:
    region(each_store)
    meter = Meter(each_store)

    def note(numbers: range) -> Cost:
        for last in numbers:
            with each_store.at(POINT).begin(TEST) as uow:
                uow.record(Event.TRAVEL_GAP, f"station:{STATION}", first=1, last=last)
        return cost(meter, each_store, alarms.missing)

    few = note(range(1, FEW))
    many = note(range(FEW, MANY))
    assert (many.statements, many.rows) == (few.statements, few.rows)
    with each_store.read() as uow:
        assert alarms.missing(uow) == {POINT: [alarms.Missing(STATION, 1, MANY - 1)]}
