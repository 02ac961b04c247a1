"""The newest entries of the ledger with the people and booklets they speak of."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.ledger import Subject
from examday.services.ledger.writing import of_chain
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import NEWEST_FIRST, Booklet, EventRow, Person


@dataclass(frozen=True)
class HistoryEntry:
    """One entry of the ledger as people read it.

    `who`: a name; empty for the program itself. `booklet_id` and `code`: given when the entry is
    of a booklet.
    """

    seq: int
    at: dt.datetime
    kind: str
    who: str
    subject: str
    booklet_id: str = ""
    code: str = ""


def lines(
    uow: UnitOfWork,
    before: int | None,
    most: int,
    subject: str = "",
) -> list[HistoryEntry]:
    """Return at most `most` entries older than entry `before`, newest first.

    `subject` keeps those of one thing only.
    """
    query = select(EventRow).order_by(*NEWEST_FIRST).limit(most)
    if not subject:
        # What happened to one thing is not bound to a chain: it stands in one, whosever it is.
        query = query.where(of_chain(EventRow, uow.site))
    if before is not None:
        query = query.where(EventRow.seq < before)
    if subject:
        query = query.where(EventRow.subject == subject)
    rows = uow.session.scalars(query).all()
    names, codes = _names(uow, rows), _form_codes(uow, rows)
    return [_line(row, names, codes) for row in rows]


def _names(uow: UnitOfWork, rows: Sequence[EventRow]) -> dict[str, str]:
    """The names of the people who made these entries."""
    people = uow.session.scalars(select(Person).where(Person.id.in_({r.actor for r in rows})))
    return {person.id: person.name for person in people}


def _form_codes(uow: UnitOfWork, rows: Sequence[EventRow]) -> dict[str, str]:
    """The form codes of the works that these entries are about."""
    subjects = (Subject.parse(row.subject) for row in rows)
    ids = {subject.key for subject in subjects if subject.kind == "booklet"}
    works = uow.session.scalars(select(Booklet).where(Booklet.id.in_(ids)))
    return {booklet.id: booklet.code or "" for booklet in works}


def _line(row: EventRow, names: dict[str, str], booklets: dict[str, str]) -> HistoryEntry:
    kind, key = Subject.parse(row.subject)
    # No link: a work of a removed plan entry has no page to lead to.
    mine = key if kind == "booklet" and key in booklets else ""
    return HistoryEntry(
        row.seq,
        dt.datetime.fromisoformat(row.at),
        row.kind,
        names.get(row.actor, ""),
        row.subject,
        mine,
        booklets.get(mine, ""),
    )
