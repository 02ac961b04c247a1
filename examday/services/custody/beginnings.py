"""A transfer that began anew: which version replaced which, when and why. Read only."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.custody.lifecycle import REOPENING
from examday.domain.events import EVENT_NAMES, booklet_event, read_data
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import NEWEST_FIRST, EventRow

KINDS = tuple(booklet_event(action) for action in sorted(REOPENING))
"""Entries after which earlier readings, signatures and print-outs count no longer: whoever looks
for what counts begins at the last of them."""


@dataclass(frozen=True)
class Beginning:
    """The last new beginning of a work; `what` is the msgid of the entry."""

    seq: int
    at: dt.datetime
    version: int
    what: str
    reason: str


def last(uow: UnitOfWork, booklet_id: str) -> Beginning | None:
    """Return the entry that began the present version; None for a first version."""
    row = uow.session.scalars(
        select(EventRow)
        .where(EventRow.kind.in_(KINDS), EventRow.subject == f"booklet:{booklet_id}")
        .order_by(*NEWEST_FIRST)
    ).first()
    if row is None:
        return None
    data = read_data(row.data)
    return Beginning(
        row.seq,
        dt.datetime.fromisoformat(row.at),
        data.get("version", 0),
        EVENT_NAMES[row.kind],
        data.get("reason", ""),
    )
