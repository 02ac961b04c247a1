"""What leaves with a packet: the things in it, and the works of which nothing is left."""

from examday.domain.custody.counts import Purpose
from examday.domain.custody.lifecycle import State
from examday.services.custody import papers
from examday.services.custody.booklets import advance
from examday.services.packing.packets import GONE
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item


def give(uow: UnitOfWork, packet: Item, receiver: str) -> None:
    """Change the holder of a packet and of all that lies in it.

    Each work whose last packet goes is handed over.
    """
    inside = papers.inside(uow, packet.id)
    # The commission still works on these: they change hands and stay in the day.
    stays = packet.sheet == Purpose.COMMISSION
    for item in [packet, *inside]:
        item.holder_id = receiver
        if item is packet or not stays:
            # The state before stays on record: spoiled paper that has left must not look used.
            item.facts = {**item.facts, "was": item.state}
            item.state = GONE
    booklets = {
        item.booklet_id: uow.get(Booklet, item.booklet_id) for item in inside if item.booklet_id
    }
    uow.session.flush()
    for booklet in booklets.values():
        here = papers.here(uow, booklet.id)
        # A work lies in two packets, so it has gone when the second has.
        if booklet.state == State.PACKED and not here:
            advance(uow, booklet, "hand_over", packet=packet.code, receiver=receiver)
        # Unused or spoiled sheets that leave take no work along that is still here.
        if stays or not here:
            booklet.holder_id = receiver
