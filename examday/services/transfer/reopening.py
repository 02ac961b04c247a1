"""Reopening: a new version of a transfer, with a reason.

Nothing is erased; earlier readings and signatures count no longer.
"""

from dataclasses import dataclass

from examday.domain.custody.lifecycle import Medium, State, allowed
from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.duties import FIRST, SECOND
from examday.services.custody.booklets import advance
from examday.services.transfer.crew import staffing
from examday.services.transfer.hands import holders
from examday.services.transfer.readings import fresh
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet


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
    uow: UnitOfWork,
    booklet_id: str,
    reason: str,
    row_version: int | None = None,
) -> Booklet:
    """Start the transfer anew from the scanned original; a notebook stays with its two readers.

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
    given = _readers(uow, booklet) if booklet.is_braille else {}
    advance(uow, booklet, "reopen", reason=reason.strip())
    for part, person_id in given.items():
        uow.add(
            Assignment(
                booklet_id=booklet.id,
                version=booklet.version,
                part=part,
                person_id=person_id,
                at=uow.now(),
            )
        )
        uow.record(Event.COMMISSION_GIVE, f"booklet:{booklet.id}", part=part, person=person_id)
    return booklet


def _readers(uow: UnitOfWork, booklet: Booklet) -> dict[str, str]:
    """Return who reads a notebook, without those who were taken off work since.

    The chair has distributed the works; a reopening does not throw that away.
    """
    held = {part: who for part, who in holders(uow, booklet).items() if part in (FIRST, SECOND)}
    crew = {member.person_id: member for member in staffing.crew(uow)}
    return {
        part: who
        for part, who in held.items()
        if who in crew and not crew[who].translator.suspended
    }
