"""Laying things into packets: what may lie where, and a whole work into its two packets."""

from collections.abc import Collection, Sequence

from examday.domain.custody.counts import Purpose, may_enclose, purpose_of
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.custody import papers
from examday.services.packing.packets import GONE, need_open, packet_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item


def enclose(uow: UnitOfWork, packet: Item, things: list[Item]) -> None:
    """Lay these things into the packet.

    Conflict when one does not belong there, is another exam's, has left the point, or lies in
    another packet.
    """
    for item in things:
        booklet = uow.get(Booklet, item.booklet_id) if item.booklet_id else None
        may_enclose(
            Kind(item.kind),
            Purpose(packet.sheet),
            void=item.state in papers.VOID,
            medium=Medium(booklet.medium) if booklet else None,
        )
        # One exam a packet: its label and its act name one exam.
        if item.exam_id != packet.exam_id or item.state == GONE:
            raise Conflict(
                N_("«%(code)s» belongs to another exam or has been handed over."),
                code="foreign",
                params={"code": item.code},
                advice=N_("Nothing was moved. Open a packet of its own exam on the packing table."),
            )
        holder = packet_of(uow, item)
        if holder is not None and holder.id != packet.id:
            raise Conflict(
                N_("«%(code)s» lies in packet %(packet)s."),
                code="elsewhere",
                params={"code": item.code, "packet": holder.code, "package": holder.id},
                advice=N_("Take it out there first. Nothing was moved."),
            )
        item.parent_id = packet.id


def enclose_work(
    uow: UnitOfWork,
    booklet: Booklet,
    things: Sequence[Item],
    standard_id: str,
    evidence_id: str,
) -> None:
    """Standard forms into one packet, the originals into the other; "" where none is needed."""
    _hold_those_there(uow, {standard_id, evidence_id} - {""})
    envelope = papers.envelope_of(things)
    closed_in = envelope.id if envelope else ""
    for purpose, packet_id in ((Purpose.STANDARD, standard_id), (Purpose.EVIDENCE, evidence_id)):
        if loose := _loose(booklet, things, purpose, closed_in):
            enclose(uow, need_open(uow, packet_id, booklet.exam_id), loose)


def _loose(
    booklet: Booklet,
    things: Sequence[Item],
    purpose: Purpose,
    envelope_id: str,
) -> list[Item]:
    """Return the things of a work that go into the packet one by one.

    The originals in their envelope are left out: they go with the envelope.
    """
    fitting = [i for i in things if purpose_of(Kind(i.kind), Medium(booklet.medium)) is purpose]
    # The envelope goes as one thing; its sheets must not be laid in beside it.
    if purpose is not Purpose.EVIDENCE or not envelope_id:
        return fitting
    return [i for i in fitting if i.parent_id != envelope_id]


def _hold_those_there(uow: UnitOfWork, item_ids: Collection[str]) -> None:
    """Hold the packets that exist, in order: two packers may name the same two."""
    for item_id in sorted(item_ids):
        # One that is not there is refused later, in words that fit what was being packed.
        if uow.session.get(Item, item_id) is not None:
            uow.hold(Item, item_id)
