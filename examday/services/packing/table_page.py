"""The packing table: works to pack, and the packets of each exam. Read only."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import OFF_THE_WAY, State
from examday.services.custody import papers, views
from examday.services.custody.booklets import FOR_PAGE
from examday.services.custody.room.own_rooms import own_rooms
from examday.services.packing import packets
from examday.services.packing.contents import counted_of, works_of
from examday.services.unit_of_work import A_PAGE, UnitOfWork
from examday.storage.tables import Booklet, Exam, Item, Room, Seat


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
    ready: Sequence[Booklet]
    rooms: Sequence[RoomReady]
    unused: Sequence[Booklet]
    packets: Sequence[tuple[Exam, list[PacketLine]]]
    progress: Progress
    more: bool
    """More works of days before wait than are shown: those that have waited longest."""
    packed: Booklet | None
    """The work that was packed just now."""


def table(uow: UnitOfWork, packed: str = "") -> Table:
    """Return the works of the newest day and its packets; older ones only while they wait here.

    `packed`: the id of the work that was packed just now.
    """
    exams, found, more = _to_pack(uow)
    ready = [b for b in found if b.state == State.CERTIFIED]
    return Table(
        exams,
        ready,
        _rooms(uow, ready, own_rooms(uow, exams[0].date) if exams else frozenset()),
        _unpacked(uow, [b for b in found if b.state == State.NOT_USED]),
        _packet_lines(uow, exams),
        # Only of this day: a work of another one waits here too, and does not change these counts.
        _progress(b for b in found if b.exam.date == exams[0].date),
        more,
        _packed(uow, packed),
    )


def _packed(uow: UnitOfWork, booklet_id: str) -> Booklet | None:
    """Return this work if it lies in packets now: it may have been taken out again meanwhile."""
    # Not looked for among the works shown: of many that wait it may not be one.
    here = select(Booklet).where(Booklet.id == booklet_id, Booklet.state == State.PACKED)
    return uow.session.scalars(here.options(*FOR_PAGE)).first() if booklet_id else None


def _rooms(uow: UnitOfWork, ready: Iterable[Booklet], own: Collection[str]) -> list[RoomReady]:
    """Return the rooms with several works to pack, those of the actor's duty first."""
    shown = {(b.exam_id, b.seat.room_id): (b.exam, b.seat.room) for b in ready}
    # Counted apart: of a room only those may be shown that have waited longest.
    count = (
        select(Booklet.exam_id, Seat.room_id, func.count())
        .join(Seat, Booklet.seat_id == Seat.id)
        .where(Booklet.state == State.CERTIFIED, Booklet.exam_id.in_({exam for exam, _ in shown}))
        .group_by(Booklet.exam_id, Seat.room_id)
    )
    rooms = [
        RoomReady(*shown[exam_id, room_id], works)
        for exam_id, room_id, works in (uow.session.execute(count) if shown else ())
        if works > 1 and (exam_id, room_id) in shown
    ]
    places = list(shown)
    rooms.sort(key=lambda line: places.index((line.exam.id, line.room.id)))
    return sorted(rooms, key=lambda line: line.room.id not in own)


def _to_pack(uow: UnitOfWork) -> tuple[list[Exam], list[Booklet], bool]:
    """Return the exams and the works to show on the packing table, and whether there are more.

    Of the day in hand: its exams with all their works. Of older exams: the works to pack, because after
    an appeal a work of an earlier day is transferred again, and those with a packet to hand over.
    """
    newest, works = views.of_day(uow)
    waiting = _earlier(uow, newest)
    late = sorted(
        waiting[:A_PAGE], key=lambda booklet: (-booklet.exam.date.toordinal(), booklet.since)
    )
    exams = [*newest, *(b.exam for b in late), *_with_packets(uow, newest)]
    return list({exam.id: exam for exam in exams}.values()), [*works, *late], len(waiting) > A_PAGE


def _with_packets(uow: UnitOfWork, newest: Sequence[Exam]) -> list[Exam]:
    # A rehearsal that was left in the middle is nobody's work of today.
    return packets.exams_with_packets_here(uow, newest[0].training) if newest else []


def _earlier(uow: UnitOfWork, newest: Sequence[Exam]) -> Sequence[Booklet]:
    """Return the works of other days to pack, the longest wait first: a page, and one more."""
    works = select(Booklet).where(
        Booklet.state == State.CERTIFIED, Booklet.exam_id.not_in([exam.id for exam in newest])
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
