"""Who may be the next to count a work: no page of theirs tells the number before (R28). Read only."""

from collections.abc import Collection, Iterable

from sqlalchemy import exists, select

from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import COUNTED_NEXT, NOT_ISSUED, OFF_THE_WAY, State
from examday.services.custody import steps
from examday.services.custody.room.own_rooms import OF_A_ROOM, bound_elsewhere
from examday.services.packing import packets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Item

COUNTED_STEPS = ("collect", "hand")
"""Steps of a single work at which its papers are counted: their numbers are shown to nobody before.
At the packing table it is done once more."""
RIGHTS = ("custody.collect", "custody.hand", "pack", "handover")
"""Whoever has one of these counts works or packets somewhere on the way, so must not read the
numbers off before."""
NOTHING_TO_COUNT = NOT_ISSUED | OFF_THE_WAY | {State.HANDED_OVER}


def allowed(uow: UnitOfWork, booklet: Booklet, action: str) -> bool:
    """Whether the actor may take this step of custody with the work, and the work can take it."""
    permission = steps.PERMISSION[action]
    if not steps.possible(booklet, action) or not uow.actor.may(permission):
        return False
    return permission not in OF_A_ROOM or not bound_elsewhere(
        uow, booklet.exam.date, booklet.seat.room_id
    )


def due(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Whether the actor may count this work at the step that it is at, or at the next one."""
    # A packed work is counted with its packet: when that is closed, and when it is handed over.
    over = booklet.state == State.PACKED and uow.actor.may("handover")
    if over or booklet.state in COUNTED_NEXT and uow.actor.may("pack"):
        return True
    return any(allowed(uow, booklet, action) for action in COUNTED_STEPS)


def blind_exams(uow: UnitOfWork, exams: Iterable[Exam]) -> frozenset[str]:
    """Return the exams of which the actor may still count something: works or packets.

    The sums of an exam with few works tell the number of each.
    """
    if not any(uow.actor.may(right) for right in RIGHTS):
        return frozenset()
    return frozenset(exam.id for exam in exams if _is_open(uow, exam.id))


def _is_open(uow: UnitOfWork, exam_id: str) -> bool:
    works = exists().where(Booklet.exam_id == exam_id, Booklet.state.not_in(NOTHING_TO_COUNT))
    here: Collection[str] = (packets.OPEN, packets.SEALED)
    left = exists().where(Item.exam_id == exam_id, Item.kind == Kind.PACKET, Item.state.in_(here))
    return bool(uow.session.scalar(select(works | left)))
