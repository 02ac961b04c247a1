"""The packing table: works to pack, and the packets of each exam. Read only."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import OFF_THE_WAY, State
from examday.services.custody import papers, views
from examday.services.custody.booklets import FOR_PAGE
from examday.services.custody.room.own_rooms import own_rooms
from examday.services.packing import packets
from examday.services.packing.contents import counted_of, works_of
from examday.services.unit_of_work import A_PAGE, UnitOfWork
from examday.storage.tables import Booklet, Exam, Item, Room


@dataclass(frozen=True)
class Progress:
    """How far the packing of the works is."""

    works: int
    uncertified: int
    """Named, so that the figures add up to the works."""
    to_pack: int
    packed: int
    handed_over: int


@dataclass(frozen=True)
class PacketLine:
    """One packet with what is counted at it."""

    packet: Item
    purpose: Purpose
    contents: dict[Kind, int]
    works: int


@dataclass(frozen=True)
class RoomReady:
    """A room of which several works can be packed at once."""

    exam: Exam
    room: Room
    works: int


@dataclass(frozen=True)
class Table:
    """The packing table.

    It holds the works to pack, the works that were not used and lie in no packet yet, and the
    packets of each exam.
    """

    exams: Sequence[Exam]
    works: Sequence[Booklet]
    ready: Sequence[Booklet]
    rooms: Sequence[RoomReady]
    unused: Sequence[Booklet]
    packets: Sequence[tuple[Exam, list[PacketLine]]]
    progress: Progress
    more: bool
    """More works of days before wait than are shown: those that have waited longest."""


def table(uow: UnitOfWork) -> Table:
    """Return the works of the newest day and its packets; older works only while they wait here."""
    exams, found, more = _to_pack(uow)
    ready = [b for b in found if b.state == State.CERTIFIED]
    return Table(
        exams,
        found,
        ready,
        _rooms(ready, own_rooms(uow, exams[0].date) if exams else frozenset()),
        _unpacked(uow, [b for b in found if b.state == State.NOT_USED]),
        _packet_lines(uow, exams),
        # Only of this day: a work of another one waits here too, and does not change these counts.
        _progress(b for b in found if b.exam.date == exams[0].date),
        more,
    )


def _rooms(ready: Iterable[Booklet], own: Collection[str]) -> list[RoomReady]:
    """Return the rooms with several works to pack, those of the actor's duty first."""
    found: dict[tuple[str, str], list[Booklet]] = {}
    for booklet in ready:
        found.setdefault((booklet.exam_id, booklet.seat.room_id), []).append(booklet)
    rooms = [
        RoomReady(some[0].exam, some[0].seat.room, len(some))
        for some in found.values()
        if len(some) > 1
    ]
    return sorted(rooms, key=lambda line: line.room.id not in own)


def _to_pack(uow: UnitOfWork) -> tuple[list[Exam], list[Booklet], bool]:
    """Return the exams and the works to show on the packing table, and whether there are more.

    Of the day in hand: its exams with all their works. Of older exams: the works to pack or to hand
    over, because after an appeal a work of an earlier day is transferred again.
    """
    newest, works = views.of_day(uow)
    # Each state for itself, by its own order: for both at once all that waits would be sorted.
    waiting = [_earlier(uow, state, newest) for state in (State.CERTIFIED, State.PACKED)]
    late = sorted(
        (booklet for some in waiting for booklet in some[:A_PAGE]),
        key=lambda booklet: (-booklet.exam.date.toordinal(), booklet.since),
    )
    older = {booklet.exam_id: booklet.exam for booklet in late}
    more = any(len(some) > A_PAGE for some in waiting)
    return [*newest, *older.values()], [*works, *late], more


def _earlier(uow: UnitOfWork, state: State, newest: Sequence[Exam]) -> Sequence[Booklet]:
    """Return the works of other days at this step, the longest wait first: a page, and one more."""
    works = select(Booklet).where(
        Booklet.state == state, Booklet.exam_id.not_in([exam.id for exam in newest])
    )
    longest = works.order_by(Booklet.since, Booklet.id).limit(A_PAGE + 1)
    return uow.session.scalars(longest.options(*FOR_PAGE)).all()


def _unpacked(uow: UnitOfWork, unused: Sequence[Booklet]) -> list[Booklet]:
    loose = select(Item.booklet_id).where(
        Item.booklet_id.in_([b.id for b in unused]),
        Item.parent_id.is_(None),
        Item.state == packets.OPEN,
    )
    left = set(uow.session.scalars(loose)) if unused else set()
    return [b for b in unused if b.id in left]


def _packet_lines(uow: UnitOfWork, exams: Sequence[Exam]) -> list[tuple[Exam, list[PacketLine]]]:
    lines: dict[str, list[PacketLine]] = {exam.id: [] for exam in exams}
    # Asked of all at once: after an appeal works of many earlier days may wait here.
    found = packets.of_exams(uow, lines)
    inside = papers.inside_each(uow, [packet.id for packet in found])
    for packet in found:
        lines[packet.exam_id or ""].append(
            PacketLine(
                packet,
                Purpose(packet.sheet),
                counted_of(packet, inside[packet.id]),
                len(works_of(inside[packet.id])),
            )
        )
    return [(exam, lines[exam.id]) for exam in exams]


def _progress(found: Iterable[Booklet]) -> Progress:
    states = [State(b.state) for b in found if b.state not in OFF_THE_WAY]
    # This very order, because the three figures below are filled by it.
    certified = (State.CERTIFIED, State.PACKED, State.HANDED_OVER)
    return Progress(
        len(states),
        sum(state not in certified for state in states),
        *(states.count(state) for state in certified),
    )
