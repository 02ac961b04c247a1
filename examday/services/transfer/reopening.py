"""Reopening: a new version of a transfer, with a reason. Nothing is erased; earlier readings and
signatures count no longer."""

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.services.custody.booklets import advance
from examday.services.transfer.readings import fresh, locked
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def reopen(
    uow: UnitOfWork, booklet_id: str, reason: str, row_version: int | None = None
) -> Booklet:
    """Start the transfer anew from the scanned original. Invalid without a reason; Conflict at a
    wrong step."""
    booklet = locked(uow, booklet_id)
    fresh(booklet, row_version)
    if not reason.strip():
        raise Invalid(
            N_("Reopening needs a reason."),
            code="no-reason",
            advice=N_(
                "Write one sentence: what is wrong, who noticed it. It stands in the ledger."
            ),
        )
    return advance(uow, booklet, "reopen", reason=reason.strip())
