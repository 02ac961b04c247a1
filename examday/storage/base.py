"""What all tables share: ids, times, recorded (ledgered) and sealed (insert-only) tables."""

import datetime as dt
import importlib
import json
import pkgutil
import uuid
from typing import Any

from sqlalchemy import JSON, FromClause, String, event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

import examday.storage


def new_id() -> str:
    """A fresh id; made by the sender, so that sending twice is harmless."""
    return uuid.uuid4().hex


class UTCDateTime(TypeDecorator[dt.datetime]):
    """An aware UTC time, stored as sortable ISO text: the same bytes, hence the same digests, on
    every database.
    """

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> str | None:
        """Store a time as text in UTC; a time without zone is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            # It would be taken for UTC and be hours off at the point.
            raise ValueError("a time without a zone must not reach the database")
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> dt.datetime | None:
        """Give the stored time back with its zone."""
        return None if value is None else dt.datetime.fromisoformat(value)


JsonObject = dict[str, Any]
"""A JSON column that holds an object: typed loosely here, and by the service that reads it."""
JsonList = list[Any]
"""A JSON column that holds a list, so that types tell it from an object."""


class Base(DeclarativeBase):
    """Every table.

    `ledgered`: each change must come with an event that records the row's digest. `sealed`:
    insert-only, held by database triggers as well.
    """

    ledgered = True
    sealed = False
    type_annotation_map = {JsonObject: JSON, JsonList: JSON, dt.datetime: UTCDateTime}


class WithId:
    """A table keyed by a 32-hex id."""

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)


SITE = String(16)
"""A site's key (`tables_sites.Site`); "" is the installation itself. One type for all columns that
are compared with it."""


class OfSite:
    """A row of one site (an exam point), seen from there and from the installation itself alone.

    `sites.py` gives each new row its site and holds back those of others.
    """

    site: Mapped[str] = mapped_column(SITE, default="", server_default="")
    """Not part of the row's digest: the chain that records the row says whose it is."""


def plain(value: Any) -> Any:
    """A column's value as the database will give it back, in plain JSON."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    # A dictionary with numbers as keys comes back with texts as keys: the digest must be that of
    # what is stored.
    return json.loads(json.dumps(value)) if isinstance(value, dict | list) else value


NOT_DIGESTED = frozenset({"site", "chain"})
"""Where a row lies. An entry must have the same bytes at its point and at the centre."""


def digested(table: FromClause) -> list[Any]:
    """The columns that a row's digest is taken of."""
    return [column for column in table.columns if column.name not in NOT_DIGESTED]


def row_values(row: Base) -> JsonObject:
    """The row as plain JSON values: what its digest is taken of."""
    return {
        column.name: plain(getattr(row, row.__mapper__.get_property_by_column(column).key))
        for column in digested(row.__table__)
    }


def models() -> list[type[Base]]:
    """Every model of the program, by table name."""
    for module in pkgutil.iter_modules(examday.storage.__path__):
        if module.name.startswith("tables"):
            # All modules of tables, also those that the running command does not use: the check of
            # the ledger must see every table.
            # registers the models, which no query would find else
            importlib.import_module(f"examday.storage.{module.name}")
    return sorted(
        (mapper.class_ for mapper in Base.registry.mappers),
        key=lambda model: str(model.__tablename__),
    )


def recorded_models() -> list[type[Base]]:
    """The models whose rows the ledger records."""
    return [model for model in models() if model.ledgered]


def sealed_tables() -> list[str]:
    """The tables that are insert-only in the database itself."""
    return [model.__tablename__ for model in models() if model.sealed]


def row_key(row: Base) -> str:
    """How the ledger names a row: "table:primary key"."""
    return f"{row.__tablename__}:" + "/".join(
        str(getattr(row, str(column.key))) for column in row.__mapper__.primary_key
    )


@event.listens_for(Session, "do_orm_execute")
def _no_bulk_writes(state: Any) -> None:
    """Bulk UPDATE/DELETE by-passes the record of changed rows, so it is refused on ledgered tables."""
    if (state.is_update or state.is_delete) and getattr(state.bind_mapper.class_, "ledgered", True):
        raise RuntimeError(
            "bulk writes on recorded tables are not allowed: change the objects one by one"
        )
