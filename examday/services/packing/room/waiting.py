"""The works of a room that wait to be packed. Read only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import OFF_THE_WAY, State
from examday.domain.errors import NotFound
from examday.services.custody import papers, views
from examday.services.packing import works
from examday.services.packing.work_page import WORK_PURPOSES, Choices, open_packets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Room

NOT_ON_THE_WAY = frozenset({State.CERTIFIED, State.PACKED, State.HANDED_OVER, *OFF_THE_WAY})
"""States in which a seat keeps no packet waiting: all its paper has its place."""


@dataclass(frozen=True)
class RoomPacking:
    """The works of a room that can be packed now, and what the form asks.

    `kinds`: booklet id → the kinds that are counted, without their expected numbers; `choices`: the
    open packets, the newest first; `missing`: seats whose works are still on their way.
    """

    exam: Exam
    room: Room
    works: Sequence[Booklet]
    kinds: Mapping[str, Sequence[Kind]]
    choices: Choices
    missing: Sequence[str]


def waiting(uow: UnitOfWork, exam_id: str, room_id: str) -> RoomPacking:
    """Return the certified works of this room; NotFound when nobody sits there."""
    seated = views.booklets(uow, [exam_id], room_id)
    if not seated:
        raise NotFound()
    ready = [b for b in seated if b.state == State.CERTIFIED]
    return RoomPacking(
        seated[0].exam,
        seated[0].seat.room,
        ready,
        {b.id: list(works.to_count(uow, b, papers.here(uow, b.id))) for b in ready},
        {purpose: open_packets(uow, exam_id, purpose) for purpose in WORK_PURPOSES},
        [b.seat.place for b in seated if b.state not in NOT_ON_THE_WAY],
    )
