"""Packages for the commission of tiflo-translators: opened there, and the envelopes taken out."""

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody import papers
from examday.services.custody.booklets import require
from examday.services.packing.contents import need_unchanged
from examday.services.packing.packets import EMPTIED, GONE
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Item


def empty(uow: UnitOfWork, packet_id: str, seen: str | None = None) -> Item:
    """Open the package at the commission: the envelopes are in the chair's hands."""
    require(uow, "pack")
    packet = uow.hold(Item, packet_id)
    need_unchanged(uow, packet_id, seen)
    if packet.kind != Kind.PACKET or packet.sheet != Purpose.COMMISSION or packet.state != GONE:
        raise Conflict(
            N_("Only a package that was handed to the commission is opened there."),
            code="not-theirs",
        )
    # The envelopes alone: what is in them stays in them until the works are sorted.
    envelopes = [i for i in papers.inside(uow, packet.id) if i.parent_id == packet.id]
    for item in envelopes:
        item.parent_id = None
    packet.state = EMPTIED
    uow.record(
        Event.PACKING_EMPTY, f"item:{packet.id}", code=packet.code, items=papers.codes(envelopes)
    )
    return packet
