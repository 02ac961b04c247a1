"""The head's own next step of the day: readiness before it begins, closing when it is over."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.domain.board import Standing
from examday.domain.custody.lifecycle import OFF_THE_WAY, State
from examday.domain.plan.findings import Level, counts
from examday.services.plan.readiness import readiness
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Exam

OVER = OFF_THE_WAY | {State.PACKED, State.HANDED_OVER}
"""Where a work needs nobody of the rooms any more."""


@dataclass(frozen=True)
class HeadStep:
    """What the board offers the head: «readiness», «close», or nothing of their own ("")."""

    name: str = ""
    fails: int = 0
    """What must be put right before the day begins."""
    looks: int = 0
    """What a person has to judge."""


def head_step(uow: UnitOfWork, exams: Sequence[Exam], standings: Sequence[Standing]) -> HeadStep:
    """Return the next step of the head; while works are under way it is other people's turn."""
    states = {standing.state for standing in standings}
    if exams and states <= {State.REGISTERED}:
        levels = counts(readiness(uow, exams[0].date, exams[0].training))
        return HeadStep("readiness", levels[Level.FAIL], levels[Level.WARN])
    return HeadStep("close") if states and states <= OVER else HeadStep()
