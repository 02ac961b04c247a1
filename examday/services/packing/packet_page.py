"""One packet: what lies in it, and its journal. Read only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from examday.domain.custody.counts import Check, Purpose, check_contents
from examday.domain.custody.kit import Kind
from examday.domain.custody.paper_codes import read_item_code
from examday.domain.errors import NotFound
from examday.services.custody import journal, papers
from examday.services.packing.contents import contents, fingerprint
from examday.services.packing.packets import GONE
from examday.services.people import directory
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Handover, Item, Person


@dataclass(frozen=True)
class PacketPage:
    """One packet: what lies in it, whose it is (`seats`), and its journal.

    `seen` is the fingerprint that a step must send back.
    """

    packet: Item
    purpose: Purpose
    inside: Sequence[Item]
    seats: dict[str, str]
    contents: dict[Kind, int]
    journal: Sequence[Handover]
    seen: str
    """A step refuses another one: what lies in the packet may have changed since the page was
    opened."""
    names: dict[str, str]
    receivers: Sequence[Person]

    @property
    def gone(self) -> bool:
        """Whether the packet has left the point."""
        return self.packet.state == GONE


def packet(uow: UnitOfWork, packet_id: str) -> PacketPage:
    """Return the page of one packet; NotFound when there is no such packet."""
    shown = uow.get(Item, packet_id)
    if shown.kind != Kind.PACKET:
        raise NotFound()
    inside = papers.inside(uow, packet_id)
    return PacketPage(
        shown,
        Purpose(shown.sheet),
        inside,
        {key: _seat(uow.get(Booklet, key)) for i in inside if (key := i.booklet_id)},
        contents(uow, shown),
        journal.of_packet(uow, packet_id),
        fingerprint(uow, shown),
        directory.names(uow),
        directory.receivers(uow, "handover", uow.actor.person_id),
    )


def _seat(booklet: Booklet) -> str:
    return f"{booklet.seat.room.number}-{booklet.seat.place}"


def compare(uow: UnitOfWork, packet_id: str, lines: Iterable[str]) -> Check:
    """Scanned codes, one a line, beside what lies in the packet. An envelope is one thing."""
    # Outer things: an envelope is scanned closed.
    inside = [i for i in papers.inside(uow, packet_id) if i.parent_id == packet_id]
    scanned = [read_item_code(line) or "".join(line.split()) for line in lines if line.strip()]
    # By the number alone, as a form bears it; our code adds which sheet it is.
    return check_contents([i.code.partition("/")[0] for i in inside], scanned)
