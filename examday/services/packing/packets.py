"""Packets: made, found, what goes in and out, what lies in them."""

from sqlalchemy import select

from examday.domain.custody.counts import (
    Purpose,
    may_enclose,
    tally,
)
from examday.domain.custody.kit import ORIGINALS, Kind, ThingState
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.custody.paper_codes import read_item_code
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.ledger import digest
from examday.domain.messages import N_
from examday.services.custody import papers
from examday.services.custody.booklets import require
from examday.services.custody.journal import need_reason
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Item

HOLDS_EVIDENCE = frozenset(kind for kinds in ORIGINALS.values() for kind in kinds)
OPEN, SEALED = ThingState.IN_USE, ThingState.SEALED
GONE, EMPTIED = ThingState.HANDED_OVER, ThingState.EMPTIED
NEW = "new"
"""The choice of a packet that is still to be opened."""


def open_packet(
    uow: UnitOfWork, exam_id: str, purpose: Purpose, room_id: str | None = None
) -> Item:
    """Begin a new packet."""
    require(uow, "pack")
    exam = uow.get(Exam, exam_id)
    packet = papers.make(uow, exam.id, Kind.PACKET, sheet=str(purpose), room_id=room_id)
    uow.record(Event.PACKING_OPEN, f"item:{packet.id}", code=packet.code, purpose=str(purpose))
    return packet


def packet_for(uow: UnitOfWork, exam_id: str, purpose: Purpose) -> Item | None:
    """The newest open packet of this purpose."""
    rows = of_exam(uow, exam_id)
    return next((p for p in reversed(rows) if p.sheet == purpose and p.state == OPEN), None)


def of_exam(uow: UnitOfWork, exam_id: str) -> list[Item]:
    """The packets of an exam in the order of their codes."""
    return list(
        uow.session.scalars(
            select(Item)
            .where(Item.exam_id == exam_id, Item.kind == Kind.PACKET)
            .order_by(Item.code)
        )
    )


def need_open(uow: UnitOfWork, packet_id: str, exam_id: str = "") -> Item:
    """The packet, held, which must be open and (when asked) of this exam."""
    packet = uow.hold(Item, packet_id)
    if packet.kind != Kind.PACKET or (exam_id and packet.exam_id != exam_id):
        raise Invalid(N_("This is not a packet of this exam."), code="not-a-packet")
    if packet.state != OPEN:
        raise Conflict(
            N_("Packet %(code)s is closed."),
            code="closed",
            params={"code": packet.code},
            advice=N_("Open it again with a reason, or take another packet. Nothing was moved."),
        )
    return packet


def thing(uow: UnitOfWork, typed: str) -> Item:
    """A thing by our own code, or by its id from a button of the page."""
    return papers.find(uow, typed) if read_item_code(typed) else uow.get(Item, typed)


def put(uow: UnitOfWork, packet_id: str, item_id: str) -> Item:
    """Lay one thing (an envelope for the commission, something spoiled) into a packet. Into the
    packets of certified works nothing goes singly: an envelope may still hold standard forms,
    which packing takes out of it."""
    require(uow, "pack")
    item, packet = _thing_and_packet(uow, item_id, packet_id)
    enclose(uow, packet, [item])
    if packet.sheet in (Purpose.STANDARD, Purpose.EVIDENCE):
        raise Conflict(
            N_("Certified works are packed whole, not thing by thing."),
            code="not-singly",
            advice=N_("Scan the work on the packing table. Nothing was moved."),
        )
    uow.record(Event.PACKING_PUT, f"item:{item.id}", code=item.code, packet=packet.code)
    return item


def take_out(uow: UnitOfWork, item_id: str, reason: str) -> Item:
    """Take one thing out of an open packet again."""
    require(uow, "pack")
    item, packet = _thing_and_packet(uow, item_id, uow.get(Item, item_id).parent_id or "")
    if item.parent_id != packet.id:
        raise Conflict()
    booklet = uow.get(Booklet, item.booklet_id) if item.booklet_id else None
    if booklet is not None and booklet.state == State.PACKED:
        raise Conflict(
            N_("This is part of a packed work."),
            code="packed",
            advice=N_("Unpack the whole work: it then waits to be packed again."),
        )
    item.parent_id = None
    uow.record(
        Event.PACKING_TAKE_OUT,
        f"item:{item.id}",
        code=item.code,
        packet=packet.code,
        reason=need_reason(reason),
    )
    return item


def _thing_and_packet(uow: UnitOfWork, item_id: str, packet_id: str) -> tuple[Item, Item]:
    """Both held: first the work, then the open packet, then what goes into it or comes out of it."""
    work = uow.get(Item, item_id).booklet_id
    if work:
        uow.hold(Booklet, work)
    packet = need_open(uow, packet_id)
    return uow.hold(Item, item_id), packet


def enclose(uow: UnitOfWork, packet: Item, things: list[Item]) -> None:
    for item in things:
        booklet = uow.get(Booklet, item.booklet_id) if item.booklet_id else None
        may_enclose(
            Kind(item.kind),
            Purpose(packet.sheet),
            void=item.state in papers.VOID,
            medium=Medium(booklet.medium) if booklet else None,
        )
        if item.exam_id != packet.exam_id or item.state == GONE:
            raise Conflict(
                N_("«%(code)s» belongs to another exam or has been handed over."),
                code="foreign",
                params={"code": item.code},
            )
        holder = uow.session.get(Item, item.parent_id) if item.parent_id else None
        if holder is not None and holder.kind == Kind.PACKET and holder.id != packet.id:
            raise Conflict(
                N_("«%(code)s» lies in packet %(packet)s."),
                code="elsewhere",
                params={"code": item.code, "packet": holder.code},
                advice=N_("Take it out there first. Nothing was moved."),
            )
        item.parent_id = packet.id


def contents(uow: UnitOfWork, packet: Item) -> dict[Kind, int]:
    """What is counted at a packet, by kind. An envelope is one thing: its contents were compared
    at packing."""
    return tally(Kind(i.kind) for i in papers.inside(uow, packet.id) if i.parent_id == packet.id)


def fingerprint(uow: UnitOfWork, packet: Item) -> str:
    """Digest of a packet's state and contents: a page that shows other ones is too old to act on."""
    return digest([packet.state, sorted(papers.codes(papers.inside(uow, packet.id)))])
