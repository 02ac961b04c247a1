"""Packages for the commission of tiflo-translators: opened there, and the envelopes taken out."""

from examday.domain.custody.counts import Counts, Purpose
from examday.domain.custody.kit import Kind
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody import journal, papers
from examday.services.custody.booklets import require
from examday.services.packing.contents import contents, need_unchanged
from examday.services.packing.packets import EMPTIED, GONE
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Item


def empty(
    uow: UnitOfWork,
    packet_id: str,
    counted: Counts,
    note: str = "",
    seen: str | None = None,
) -> Item:
    """Open the package at the commission, counted: the envelopes are in the chair's hands.

    Invalid when the count differs from the journal and no note says why; explained, it is an alarm.
    """
    require(uow, "pack")
    packet = uow.hold(Item, packet_id)
    need_unchanged(uow, packet_id, seen)
    if packet.kind != Kind.PACKET or packet.sheet != Purpose.COMMISSION or packet.state != GONE:
        raise Conflict(
            N_("Only a package that was handed to the commission is opened there."),
            code="not-theirs",
        )
    count = journal.check(contents(uow, packet), counted, note)
    # The envelopes alone: what is in them stays in them until the works are sorted.
    envelopes = [i for i in papers.inside(uow, packet.id) if i.parent_id == packet.id]
    for item in envelopes:
        item.parent_id = None
    packet.state = EMPTIED
    journal.enter(uow, "open", count, packet, to_id=papers.me(uow))
    uow.record(
        Event.PACKING_EMPTY,
        f"item:{packet.id}",
        code=packet.code,
        items=papers.codes(envelopes),
        counted=papers.as_data(counted),
    )
    journal.alarm(uow, "open", count, packet)
    return packet
