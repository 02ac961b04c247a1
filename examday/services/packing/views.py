"""What the pages of packing show. Read only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.custody.counts import Check, Purpose, check_contents
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import State
from examday.domain.custody.paper_codes import read_item_code
from examday.domain.errors import NotFound
from examday.services.custody import journal, papers, views
from examday.services.custody.booklets import FOR_PAGE, for_page
from examday.services.packing import packets, works
from examday.services.people import directory
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Handover, Item, Person

WORK_PURPOSES = (Purpose.STANDARD, Purpose.EVIDENCE)


@dataclass(frozen=True)
class Progress:
    """How far the packing of the works is."""

    works: int
    uncertified: int
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
class Table:
    """The packing table: works to pack, works that were not used and lie in no packet yet, and
    the packets of each exam."""

    exams: Sequence[Exam]
    works: Sequence[Booklet]
    ready: Sequence[Booklet]
    unused: Sequence[Booklet]
    packets: Sequence[tuple[Exam, list[PacketLine]]]
    progress: Progress


@dataclass(frozen=True)
class WorkPage:
    """One work to pack. `to_count`: the kinds that are counted; `choices`: the open packets it may
    go into, the newest first; `where`: what each thing lies in."""

    booklet: Booklet
    things: Sequence[Item]
    to_count: Sequence[Kind]
    choices: dict[Purpose, list[Item]]
    has_evidence: bool
    where: dict[str, Item]


@dataclass(frozen=True)
class PacketPage:
    """One packet: what lies in it, whose it is (`seats`), and its journal. `seen` is the
    fingerprint that a step must send back."""

    packet: Item
    purpose: Purpose
    inside: Sequence[Item]
    seats: dict[str, str]
    contents: dict[Kind, int]
    journal: Sequence[Handover]
    seen: str
    names: dict[str, str]
    receivers: Sequence[Person]


def table(uow: UnitOfWork) -> Table:
    """The works of the newest day and its packets; older works only while they wait here."""
    exams, found = _to_pack(uow)
    return Table(
        exams,
        found,
        [b for b in found if b.state == State.CERTIFIED],
        [b for b in found if b.state == State.NOT_USED and _unpacked(uow, b)],
        [(exam, _packet_lines(uow, exam.id)) for exam in exams],
        _progress(found),
    )


def _to_pack(uow: UnitOfWork) -> tuple[list[Exam], list[Booklet]]:
    """The exams of the newest day with all their works, and of older exams the works to pack or to
    hand over: after an appeal a work of an earlier day is transferred again."""
    newest = views.newest_exams(uow)
    late = list(
        uow.session.scalars(
            select(Booklet)
            .join(Exam)
            .where(
                Booklet.state.in_((State.CERTIFIED, State.PACKED)),
                Exam.id.not_in([e.id for e in newest]),
            )
            .order_by(Exam.date.desc(), Booklet.since)
            .options(*FOR_PAGE)
        )
    )
    older = {booklet.exam_id: booklet.exam for booklet in late}
    return [*newest, *older.values()], [*views.booklets(uow, [e.id for e in newest]), *late]


def _unpacked(uow: UnitOfWork, booklet: Booklet) -> bool:
    return any(
        i.parent_id is None and i.state == packets.OPEN for i in papers.of_booklet(uow, booklet.id)
    )


def _packet_lines(uow: UnitOfWork, exam_id: str) -> list[PacketLine]:
    return [
        PacketLine(
            packet,
            Purpose(packet.sheet),
            packets.contents(uow, packet),
            len({i.booklet_id for i in papers.inside(uow, packet.id) if i.booklet_id}),
        )
        for packet in packets.of_exam(uow, exam_id)
    ]


def _progress(found: Iterable[Booklet]) -> Progress:
    states = [State(b.state) for b in found if b.state not in (State.SPOILED, State.NOT_USED)]
    certified = (State.CERTIFIED, State.PACKED, State.HANDED_OVER)
    return Progress(
        len(states),
        sum(state not in certified for state in states),
        *(states.count(state) for state in certified),
    )


def work(uow: UnitOfWork, booklet_id: str) -> WorkPage:
    """The page of one work; NotFound when there is no such work."""
    booklet = for_page(uow, booklet_id)
    things = [i for i in papers.of_booklet(uow, booklet_id) if i.state not in papers.VOID]
    return WorkPage(
        booklet,
        things,
        list(works.to_count(uow, booklet, things)),
        {purpose: _open_packets(uow, booklet.exam_id, purpose) for purpose in WORK_PURPOSES},
        any(i.kind in (Kind.ENVELOPE, *packets.HOLDS_EVIDENCE) for i in things),
        {i.id: uow.get(Item, i.parent_id) for i in things if i.parent_id},
    )


def _open_packets(uow: UnitOfWork, exam_id: str, purpose: Purpose) -> list[Item]:
    found = packets.of_exam(uow, exam_id)
    return [p for p in reversed(found) if p.sheet == purpose and p.state == packets.OPEN]


def packet(uow: UnitOfWork, packet_id: str) -> PacketPage:
    """The page of one packet; NotFound when there is no such packet."""
    shown = uow.get(Item, packet_id)
    if shown.kind != Kind.PACKET:
        raise NotFound()
    inside = papers.inside(uow, packet_id)
    return PacketPage(
        shown,
        Purpose(shown.sheet),
        inside,
        {key: _seat(uow.get(Booklet, key)) for i in inside if (key := i.booklet_id)},
        packets.contents(uow, shown),
        journal.of_packet(uow, packet_id),
        packets.fingerprint(uow, shown),
        directory.names(uow),
        views.receivers(uow, "handover", uow.actor.person_id),
    )


def _seat(booklet: Booklet) -> str:
    return f"{booklet.seat.room.number}-{booklet.seat.place}"


def compare(uow: UnitOfWork, packet_id: str, lines: Iterable[str]) -> Check:
    """Scanned codes, one a line, beside what lies in the packet. An envelope is one thing."""
    inside = [i for i in papers.inside(uow, packet_id) if i.parent_id == packet_id]
    scanned = [read_item_code(line) or "".join(line.split()) for line in lines if line.strip()]
    return check_contents([i.code.partition("/")[0] for i in inside], scanned)
