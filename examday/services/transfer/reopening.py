"""Reopening: a new version of a transfer, with a reason.

Nothing is erased; earlier readings and signatures count no longer.
"""

from dataclasses import dataclass

from examday.domain.custody.lifecycle import Medium, State, allowed
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.services.custody.booklets import advance
from examday.services.transfer.readings import fresh
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


@dataclass(frozen=True)
class Question:
    """What the page before a reopening shows: the work, its state, whether it can be reopened."""

    booklet: Booklet
    state: State
    possible: bool
    """Asked of the way itself, so the page and the step cannot differ."""


def question(uow: UnitOfWork, booklet_id: str) -> Question:
    """Return where the work stands and whether it can be reopened now."""
    booklet = uow.get(Booklet, booklet_id)
    state = State(booklet.state)
    moves = allowed(state, Medium(booklet.medium))
    return Question(booklet, state, any(move.action == "reopen" for move in moves))


def reopen(
    uow: UnitOfWork, booklet_id: str, reason: str, row_version: int | None = None
) -> Booklet:
    """Start the transfer anew from the scanned original.

    Invalid without a reason; Conflict at a wrong step.
    """
    booklet = uow.hold(Booklet, booklet_id)
    fresh(booklet, row_version)
    # A new version throws the work of up to five people away: the ledger must say why.
    if not reason.strip():
        raise Invalid(
            N_("Reopening needs a reason."),
            code="no-reason",
            advice=N_(
                "Write one sentence: what is wrong, who noticed it. It stands in the ledger."
            ),
        )
    return advance(uow, booklet, "reopen", reason=reason.strip())
