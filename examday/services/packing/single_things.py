"""Single things into a packet and out of it again: an envelope for the commission, spoiled paper."""

from examday.domain.custody.counts import Purpose
from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody.booklets import require
from examday.services.custody.journal import need_reason
from examday.services.packing.enclosing import enclose
from examday.services.packing.packets import need_open
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item


def put(uow: UnitOfWork, packet_id: str, item_id: str) -> Item:
    """Lay one thing (an envelope for the commission, something spoiled) into a packet.

    Into the packets of certified works nothing goes singly: an envelope may still hold standard
    forms, which packing takes out of it.
    """
    require(uow, "pack")
    item, packet = _thing_and_packet(uow, item_id, packet_id)
    if item.parent_id == packet.id:
        raise Conflict(
            N_("«%(code)s» lies in this packet already."),
            code="twice",
            params={"code": item.code, "package": packet.id},
            advice=N_("Nothing needs to be done. If you have a second one in hand, call the head."),
        )
    enclose(uow, packet, [item])
    # After `enclose`: what does not belong there at all is the better thing to hear first.
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
        raise Conflict(
            N_("«%(code)s» lies in no packet any more."),
            params={"code": item.code},
            advice=N_("Nothing needs to be done: somebody has taken it out before."),
        )
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
    # The work before its packet, as everywhere: docs/architecture.md, «Who holds what».
    if work:
        uow.hold(Booklet, work)
    packet = need_open(uow, packet_id)
    return uow.hold(Item, item_id), packet
