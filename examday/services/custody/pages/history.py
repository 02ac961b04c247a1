"""The history of a work: what the ledger says about it and its pages."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.events import read_data
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import NEWEST_FIRST, EventRow, Page


@dataclass(frozen=True)
class Entry:
    """One entry of the ledger about the work or its pages; `reason` as it was given, else ""."""

    seq: int
    at: dt.datetime
    kind: str
    actor: str
    reason: str


def of_work(uow: UnitOfWork, booklet_id: str, pages: Sequence[Page]) -> tuple[Entry, ...]:
    """Return the entries about a work and its pages, newest first."""
    # Pages have entries of their own: a page that was set aside is part of the story.
    subjects = [f"booklet:{booklet_id}", *(f"page:{page.id}" for page in pages)]
    rows = uow.session.scalars(
        select(EventRow).where(EventRow.subject.in_(subjects)).order_by(*NEWEST_FIRST)
    )
    return tuple(
        Entry(
            row.seq,
            dt.datetime.fromisoformat(row.at),
            row.kind,
            row.actor,
            read_data(row.data).get("reason", ""),
        )
        for row in rows
    )
