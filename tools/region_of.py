"""A station's day in use becomes that of one point of a region, with a centre beside it.

What pages cost a region is counted on it; the ledger knows nothing of the move.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select, text

from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.services.people.sites import add_site
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.base import Base, models, sealed_tables
from examday.storage.tables import Person, PersonRole

CENTRE = "centre-"
"""Before the log-in of somebody of the point: two people of one log-in cannot be; the one of the
same roles at the centre."""
FIRST = 770000


def points(count: int) -> list[str]:
    """The keys of so many points; the day in use is of the first."""
    return [str(FIRST + number) for number in range(count)]


def make_region(store: Store, count: int) -> list[str]:
    """Give all rows to the first of so many points; returns their keys."""
    keys = points(count)
    with store.begin(Actor.system("region")) as uow:
        for key in keys:
            add_site(uow, key, f"Школа № {key}", "Europe/Moscow")
    with store.engine.begin() as connection, _unsealed(connection):
        for table in Base.metadata.sorted_tables:
            if "site" in table.columns and table.name != "site":
                _give(connection, table.name, keys[0])
    with store.begin(Actor.system("region")) as uow:
        for person in uow.session.scalars(select(Person).order_by(Person.login)).all():
            _call_to_centre(uow, person)
    return keys


def _give(connection: Connection, table: str, site: str) -> None:
    # Not taken along: the installation's own entries of the points stay in its chain.
    only = " WHERE kind <> 'site:add'" if table == "event" else ""
    connection.execute(text(f'UPDATE "{table}" SET site = :site{only}'), {"site": site})


def _call_to_centre(uow: UnitOfWork, person: Person) -> None:
    twin = uow.add(
        Person(
            login=CENTRE + person.login,
            name=f"{person.name} (центр)",
            password_hash=person.password_hash,
            pin_hash=person.pin_hash,
            must_change=person.must_change,
            disabled=person.disabled,
            facts=person.facts,
            site="",
        )
    )
    twin.roles = [PersonRole(role=one.role, site="") for one in person.roles]
    uow.record(Event.PERSON_ADD, f"person:{twin.login}")


@contextmanager
def _unsealed(connection: Connection) -> Iterator[None]:
    """Rows that are written once may be moved inside."""
    if connection.dialect.name == "sqlite":
        found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = connection.execute(text(found)).all()
        off = [f'DROP TRIGGER "{trigger.name}"' for trigger in triggers]
        on = [trigger.sql for trigger in triggers]
    else:
        off = [f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in sealed_tables()]
        on = [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in sealed_tables()]
    for statement in off:
        connection.execute(text(statement))
    yield
    for statement in on:
        connection.execute(text(statement))


models()  # all of them: a command has loaded only the tables it uses
