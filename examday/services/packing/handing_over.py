"""Handing a packet over: counted once more, confirmed by the receiver."""

from examday.domain.custody.counts import Counts
from examday.domain.events import Event
from examday.services.custody import journal, papers
from examday.services.custody.booklets import require
from examday.services.custody.givers import require_two
from examday.services.custody.papers import me
from examday.services.packing import departure
from examday.services.packing.contents import changed, count_to_go, works_in
from examday.services.people import log_in
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item


def hand_over(
    uow: UnitOfWork,
    packet_id: str,
    to_id: str,
    secret: str,
    counted: Counts,
    note: str = "",
    seen: str | None = None,
) -> Item:
    """Hand a sealed packet over: counted again, confirmed by the receiver's own PIN.

    Each work whose last packet goes is handed over; envelopes for the commission stay in work and
    change their holder only.
    """
    require(uow, "handover")
    require_two(me(uow), to_id)
    count_to_go(uow, uow.get(Item, packet_id), counted, note, seen)
    # Last: a wrong count must not cost a try.
    receiver = log_in.prove_oneself(uow, to_id, secret, log_in.Part.CONFIRMS)
    # Checking the secret ended the transaction: held and looked at once more. Works come before
    # their packet, so that of two packets of one work that go at once the later one sees that
    # nothing is left.
    works = works_in(uow, packet_id)
    uow.hold_all(Booklet, works)
    packet = uow.hold(Item, packet_id)
    if works_in(uow, packet_id) != works:
        raise changed()
    count = count_to_go(uow, packet, counted, note, seen)
    departure.give(uow, packet, receiver.id)
    journal.enter(uow, "packet", count, packet, from_id=me(uow), to_id=receiver.id)
    uow.record(
        Event.PACKING_HAND_OVER,
        f"item:{packet.id}",
        code=packet.code,
        receiver=receiver.id,
        counted=papers.as_data(counted),
    )
    journal.alarm(uow, "packet", count, packet)
    return packet
