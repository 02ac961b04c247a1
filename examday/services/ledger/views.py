"""What the page of the ledger shows. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from examday.services.ledger import checkpoints, history
from examday.services.ledger.writing import of_chain
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Checkpoint

A_PAGE = 50
"""Entries on one page: a day has thousands, and an old laptop stands still over them."""
MARKS = 12
"""Newest checkpoints on the page; the older ones are on paper."""


@dataclass(frozen=True)
class Overview:
    """Entries of one page, the newest checkpoints, and the key that signs them.

    `older`: the number before which the next page begins, None on the last one.
    """

    lines: Sequence[history.HistoryEntry]
    marks: Sequence[Checkpoint]
    public_key: str
    last_seq: int
    older: int | None


def overview(uow: UnitOfWork, before: int | None, subject: str) -> Overview:
    """Return the entries before number `before` (None: the newest).

    They are of one thing only if `subject` names it.
    """
    lines = history.lines(uow, before, A_PAGE, subject)
    own = select(Checkpoint).where(of_chain(Checkpoint, uow.site))
    newest = own.order_by(Checkpoint.seq.desc(), Checkpoint.at.desc())
    return Overview(
        lines,
        uow.session.scalars(newest.limit(MARKS)).all(),
        checkpoints.public_key(uow.settings.keys),
        checkpoints.last_entry(uow)[0],
        lines[-1].seq if len(lines) == A_PAGE else None,
    )
