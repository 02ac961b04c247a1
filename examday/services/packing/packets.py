"""Packets: opened for a purpose, found, and what state they must be in."""

from collections.abc import Collection, Iterable

from sqlalchemy import literal, select

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import ORIGINALS, Kind, ThingState
from examday.domain.custody.paper_codes import read_item_code
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_, Msgid
from examday.services.custody import papers
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Exam, Item

HOLDS_EVIDENCE = frozenset(kind for kinds in ORIGINALS.values() for kind in kinds)
"""Everything candidates write on, whatever the medium: all of it is evidence."""
OPEN, SEALED = ThingState.IN_USE, ThingState.SEALED
GONE, EMPTIED = ThingState.HANDED_OVER, ThingState.EMPTIED
REMOVED = ThingState.NOT_USED
"""A packet that was made and never filled: it stays on record, and in no list of packets to do."""
LATEST = 30
"""Exams of which packets are shown beside those of the day: a season's worth; any other packet is scanned."""
NEW = "new"
"""The choice of a packet that is still to be opened: a word, as it has no id yet."""


def open_packet(
    uow: UnitOfWork,
    exam_id: str,
    purpose: Purpose,
    room_id: str | None = None,
) -> Item:
    """Begin a new packet."""
    require(uow, "pack")
    exam = uow.get(Exam, exam_id)
    packet = papers.make(uow, exam.id, Kind.PACKET, sheet=str(purpose), room_id=room_id)
    uow.record(Event.PACKING_OPEN, f"item:{packet.id}", code=packet.code, purpose=str(purpose))
    return packet


def packet_for(uow: UnitOfWork, exam_id: str, purpose: Purpose) -> Item | None:
    """Return the newest open packet of this purpose."""
    rows = of_exam(uow, exam_id)
    # The newest: an older open packet is likely the one that was full.
    return next((p for p in reversed(rows) if p.sheet == purpose and p.state == OPEN), None)


def of_exam(uow: UnitOfWork, exam_id: str) -> list[Item]:
    """Return the packets of an exam in the order of their codes."""
    return of_exams(uow, [exam_id])


def of_exams(uow: UnitOfWork, exam_ids: Collection[str]) -> list[Item]:
    """Return the packets of these exams in the order of their codes."""
    return list(
        uow.session.scalars(
            select(Item)
            .where(Item.exam_id.in_(exam_ids), Item.kind == Kind.PACKET, Item.state != REMOVED)
            .order_by(Item.code)
        )
    )


def exams_with_packets_here(uow: UnitOfWork, training: bool) -> list[Exam]:
    """Return the exams, or the rehearsals, of which a packet has not left yet, the latest first; no
    more than `LATEST`.
    """
    here = select(Item.exam_id).where(
        # The words themselves, not values beside the statement: so the index of packets is found.
        Item.kind == literal(Kind.PACKET, literal_execute=True),
        Item.state.in_((OPEN, SEALED)),
    )
    # Not as an equality: the search would begin with all exam days of years, by their index.
    latest = select(Exam).where(Exam.id.in_(here), Exam.training != (not training))
    return list(uow.session.scalars(latest.order_by(Exam.date.desc(), Exam.id).limit(LATEST)))


def need_open(uow: UnitOfWork, packet_id: str, exam_id: str = "") -> Item:
    """Return the packet, held, which must be open and (when asked) of this exam."""
    packet = uow.hold(Item, packet_id)
    if packet.kind != Kind.PACKET or (exam_id and packet.exam_id != exam_id):
        raise Invalid(
            N_("This is not a packet of this exam."),
            code="not-a-packet",
            advice=N_("Choose a packet of this exam on the packing table, or begin a new one."),
        )
    if packet.state != OPEN:
        raise Conflict(
            N_("Packet %(code)s is closed."),
            code="closed",
            params={"code": packet.code, "package": packet.id},
            advice=N_("Open it again with a reason, or take another packet. Nothing was moved."),
        )
    return packet


def require_sealed(packet: Item, message: Msgid) -> None:
    """Raise Conflict with this message unless the packet is closed and still here."""
    if packet.kind != Kind.PACKET or packet.state != SEALED:
        raise Conflict(
            message,
            code="not-sealed",
            params={"package": packet.id},
            advice=N_("Open the packet from the packing table and count what lies in it."),
        )


def thing(uow: UnitOfWork, typed: str) -> Item:
    """Return a thing by our own code, or by its id from a button of the page."""
    return papers.find(uow, typed) if read_item_code(typed) else uow.get(Item, typed)


def has_evidence(things: Iterable[Item]) -> bool:
    """Return whether anything of a work goes into the packet of originals."""
    return any(thing.kind in (Kind.ENVELOPE, *HOLDS_EVIDENCE) for thing in things)


def holding(uow: UnitOfWork, things: Iterable[Item]) -> list[Item]:
    """Return the packets in which any of these things lies by itself, each once."""
    found = {p.id: p for thing in things if (p := packet_of(uow, thing)) is not None}
    return list(found.values())


def left_in(uow: UnitOfWork, booklet_id: str) -> list[Item]:
    """Return the packets in which papers of the work in its present version have left.

    New forms are made only once all of the version before has left: that, and spoiled paper, ties
    nothing here.
    """
    things = papers.of_booklet(uow, booklet_id)
    present = max((_version(thing) for thing in things), default=1)
    left = [
        thing
        for thing in things
        if thing.state == GONE
        and thing.facts.get("was") not in papers.VOID
        and _version(thing) == present
    ]
    return holding(uow, left)


def _version(thing: Item) -> int:
    """Return the version of the work for which a thing was made."""
    return int(thing.facts.get("version", 1))


def packet_of(uow: UnitOfWork, item: Item) -> Item | None:
    """Return the packet in which a thing lies by itself; None for one in an envelope or in hand."""
    holder = uow.session.get(Item, item.parent_id) if item.parent_id else None
    return holder if holder is not None and holder.kind == Kind.PACKET else None
