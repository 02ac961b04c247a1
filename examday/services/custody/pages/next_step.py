"""The one step forward that a work waits for."""

from dataclasses import dataclass

from examday.domain.board import OFF_THE_WAY
from examday.domain.custody.lifecycle import MOVES, NEXT_ACTION, Medium, State
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet

NOT_FORWARD = ("choose_standard", "spoil", "reopen", "copy_again", "unpack")
"""Arrows that lead off the way or back."""


@dataclass(frozen=True)
class NextStep:
    """The step that a work waits for; `mine`: the acting person may take it."""

    state: State
    medium: Medium
    mine: bool


def next_step(uow: UnitOfWork, booklet: Booklet) -> NextStep | None:
    """Return the one step forward that the work waits for.

    None when it has left the way or reached its end.
    """
    state, medium = State(booklet.state), Medium(booklet.medium)
    if state in OFF_THE_WAY or state not in NEXT_ACTION:
        return None
    # Several arrows may lead forward (enlarge or collect): one right of them is enough.
    rights = {
        arrow.permission
        for arrow in MOVES
        if arrow.source == state
        and (not arrow.media or medium in arrow.media)
        and arrow.action not in NOT_FORWARD
    }
    return NextStep(state, medium, any(uow.actor.may(right) for right in rights))
