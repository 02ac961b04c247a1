"""What goes to the centre: a part of the station's chain and the rows whose last word stands in it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from examday.domain.errors import Broken
from examday.domain.events import read_data
from examday.domain.ledger import GENESIS, Subject, digest, speaks_of_checkpoint
from examday.domain.messages import N_
from examday.services.ledger.tree import rows_of
from examday.storage.base import Base, JsonObject, digested, plain, recorded_models
from examday.storage.rows import tables
from examday.storage.tables import Booklet, EventRow, Exam, Person, ScanFile
from examday.storage.tables_travel import travels

PIECE = 500
"""Rows of one question to the database: more values than it takes would be refused."""
BLOCK = 1000
"""Entries in memory at a time: a lost stick is written anew from the first one."""


@dataclass
class Part:
    """The entries `first` … `last` of a chain, and what they wrote."""

    first: int
    last: int = 0
    prev: str = GENESIS
    """Hash of the entry before the first: the centre sees by it that nothing is missing between."""
    root: str = GENESIS
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    """Table → key → the last digest that these entries recorded; "" of a row that is gone. Only the
    last counts: rows are sent as they are now."""
    codes: set[str] = field(default_factory=set)
    """Of the checkpoints that these entries speak of: without them their codes could not be
    checked."""

    def note(self, entry: EventRow) -> None:
        """Take in the next entry."""
        self.last, self.root = entry.seq, entry.hash
        for row, said in rows_of(entry.rows).items():
            table, key = Subject.parse(row)
            self.rows.setdefault(table, {})[key] = said
        code = read_data(entry.data).get("code")
        if speaks_of_checkpoint(entry.kind) and isinstance(code, str):
            self.codes.add(code)

    def people(self) -> set[str]:
        """Whose account or roles were recorded."""
        roles = (key.partition("/")[0] for key in self.rows.get("person_role", ()))
        return {*self.rows.get("person", ()), *roles}


def entries(session: Session, first: int) -> Iterator[EventRow]:
    """The station's own entries from a number on, streamed."""
    own = select(EventRow).where(EventRow.site == "", EventRow.chain == "", EventRow.seq >= first)
    streamed = session.scalars(own.order_by(EventRow.seq), execution_options={"yield_per": BLOCK})
    for entry in streamed:
        yield entry
        session.expunge(entry)


def rows(session: Session, part: Part) -> Iterator[tuple[str, JsonObject]]:
    """The rows as they stand, those that others point at first: «table:key» and values.

    Broken where one is not what the ledger recorded last.
    """
    models = {model.__tablename__: model for model in recorded_models()}
    for table in tables():
        recorded = part.rows.get(table.name, {})
        keys = sorted(key for key, said in recorded.items() if said)
        if not (keys and travels(table.name)):
            continue
        for start in range(0, len(keys), PIECE):
            wanted = keys[start : start + PIECE]
            found = _values(session, models[table.name], wanted)
            for key in wanted:
                if digest(found.get(key)) != recorded[key]:
                    raise _other_than_recorded(f"{table.name}:{key}")
                yield f"{table.name}:{key}", found[key]


def _values(session: Session, model: type[Base], keys: list[str]) -> dict[str, JsonObject]:
    columns = digested(model.__table__)
    told = [getattr(model, model.__mapper__.get_property_by_column(c).key) for c in columns]
    key = model.__mapper__.primary_key[0]
    names = [column.name for column in columns]
    found = (
        dict(zip(names, map(plain, row), strict=True))
        for row in session.execute(select(*told).where(key.in_(keys)))
    )
    return {str(row[key.name]): row for row in found}


def _other_than_recorded(row: str) -> Broken:
    return Broken(
        N_("%(row)s is not what the ledger recorded: it was changed behind the program's back."),
        code="row-changed",
        advice=N_("Let the ledger be checked first: examday ledger verify. Nothing was sent."),
        params={"row": row},
    )


def people(session: Session, part: Part) -> dict[str, JsonObject]:
    """Names and roles of the people whose accounts were recorded, without secrets."""
    found: dict[str, JsonObject] = {}
    ids = sorted(part.people())
    for start in range(0, len(ids), PIECE):
        some = select(Person).where(Person.id.in_(ids[start : start + PIECE]))
        for person in session.scalars(some.order_by(Person.id)):
            found[person.id] = {
                "login": person.login,
                "name": person.name,
                "facts": person.facts,
                "roles": sorted(role.role for role in person.roles),
            }
    return found


def scans(session: Session, part: Part) -> dict[str, int]:
    """The originals that these rows name, and their sizes."""
    keys = sorted(key for key, said in part.rows.get("scan_file", {}).items() if said)
    found: dict[str, int] = {}
    for start in range(0, len(keys), PIECE):
        some = ScanFile.id.in_(keys[start : start + PIECE])
        named = select(ScanFile.sha256, ScanFile.size).where(some, ScanFile.sha256 != "")
        found |= {sha256: size for sha256, size in session.execute(named)}
    return found


def days(session: Session, part: Part) -> tuple[dict[dt.date, int], dict[dt.date, int]]:
    """How many works of these rows are of which day: real ones, and those of training."""
    keys = sorted(part.rows.get("booklet", ()))
    real, training = dict[dt.date, int](), dict[dt.date, int]()
    for start in range(0, len(keys), PIECE):
        some = select(Exam.date, Exam.training).join(Booklet, Booklet.exam_id == Exam.id)
        for day, is_training in session.execute(
            some.where(Booklet.id.in_(keys[start : start + PIECE]))
        ):
            count = training if is_training else real
            count[day] = count.get(day, 0) + 1
    return real, training
