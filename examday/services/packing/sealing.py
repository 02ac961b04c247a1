"""Packets closed with counts, and opened again with a reason."""

from examday.domain.custody.counts import Counts
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody import journal, papers
from examday.services.custody.booklets import require
from examday.services.custody.papers import me
from examday.services.packing.contents import contents, need_unchanged
from examday.services.packing.packets import (
    OPEN,
    REMOVED,
    SEALED,
    need_open,
    require_sealed,
)
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Item


def seal(
    uow: UnitOfWork,
    packet_id: str,
    counted: Counts,
    note: str = "",
    seen: str | None = None,
) -> Item:
    """Close a packet: what lies in it is counted by hand and compared with the record."""
    require(uow, "pack")
    # Before the page is compared: what it shows may change until then.
    uow.hold(Item, packet_id)
    need_unchanged(uow, packet_id, seen)
    packet = need_open(uow, packet_id)
    wanted = contents(uow, packet)
    # An empty packet with an act would be missed by nobody and asked for by everybody.
    if not wanted:
        raise Conflict(
            N_("The packet is empty: there is nothing to close."),
            code="empty",
            advice=N_(
                "Pack a work into it from the packing table, or take the empty packet out of the list."
            ),
        )
    count = journal.check(wanted, counted, note)
    packet.state = SEALED
    packet.facts = {**packet.facts, "counted": papers.as_data(counted)}
    journal.enter(uow, "seal", count, packet, from_id=me(uow))
    uow.record(
        Event.PACKING_SEAL, f"item:{packet.id}", code=packet.code, counted=papers.as_data(counted)
    )
    journal.alarm(uow, "seal", count, packet)
    return packet


def reopen(
    uow: UnitOfWork,
    packet_id: str,
    reason: str,
    seen: str | None = None,
) -> Item:
    """Open a sealed packet again, for a reason."""
    require(uow, "pack")
    packet = uow.hold(Item, packet_id)
    need_unchanged(uow, packet_id, seen)
    require_sealed(packet, N_("Only a closed packet that is still here can be opened again."))
    packet.state = OPEN
    uow.record(
        Event.PACKING_REOPEN,
        f"item:{packet.id}",
        code=packet.code,
        reason=journal.need_reason(reason),
    )
    return packet


def remove(uow: UnitOfWork, packet_id: str) -> Item:
    """Take an open, empty packet out of the lists; its code stays used and on record."""
    require(uow, "pack")
    packet = need_open(uow, packet_id)
    if contents(uow, packet):
        raise Conflict(
            N_("Something lies in packet %(code)s: only an empty one is taken out of the list."),
            code="not-empty",
            params={"code": packet.code},
            advice=N_("Take the works out first, with a reason. Nothing was changed."),
        )
    packet.state = REMOVED
    uow.record(Event.PACKING_REMOVE, f"item:{packet.id}", code=packet.code)
    return packet
