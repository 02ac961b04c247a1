"""Works that nobody here can finish: the alarm that comes before the last reader has read."""

from collections import defaultdict
from collections.abc import Sequence

from examday.domain.board import Standing
from examday.domain.custody.lifecycle import Medium
from examday.domain.transfer.staffing import TO_DO
from examday.services.transfer import hands
from examday.services.transfer.crew import staffing
from examday.services.transfer.desks.signers import progress
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def unstaffed(uow: UnitOfWork, standings: Sequence[Standing]) -> dict[str, list[str]]:
    """Return part or slot → works in which nobody can fill it, the longest waiting first."""
    waiting = sorted((s for s in standings if s.state in TO_DO), key=lambda s: s.since)
    works = [uow.get(Booklet, standing.id) for standing in waiting]
    if not works:
        return {}
    crew, known = staffing.crew(uow), progress(uow, works)
    found: dict[str, list[str]] = defaultdict(list)
    for work in works:
        done = known[work.id]
        # Before anybody has begun, people are still being entered. Those for Braille are few: of
        # them it is said at once.
        if work.medium != Medium.BRAILLE and not any(done.hands.parts.values()):
            continue
        barred = hands.earlier_hands(uow, work)
        for name in staffing.unstaffed(work, crew, done.hands.parts, done.given, barred):
            found[name].append(work.id)
    return found
