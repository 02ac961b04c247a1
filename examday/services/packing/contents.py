"""What lies in a packet: counted by hand, and compared with what a page showed."""

from collections.abc import Iterable

from examday.domain.custody.counts import Counts, tally
from examday.domain.custody.kit import Kind
from examday.domain.errors import Stale
from examday.domain.ledger import digest
from examday.domain.messages import N_
from examday.services.custody import journal, papers
from examday.services.packing.packets import require_sealed
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Item


def contents(uow: UnitOfWork, packet: Item) -> dict[Kind, int]:
    """Return what is counted at a packet, by kind.

    An envelope is one thing: its contents were compared at packing.
    """
    return counted_of(packet, papers.inside(uow, packet.id))


def counted_of(packet: Item, inside: Iterable[Item]) -> dict[Kind, int]:
    """Return the same where all that lies inside has been read."""
    return tally(Kind(i.kind) for i in inside if i.parent_id == packet.id)


def fingerprint(uow: UnitOfWork, packet: Item) -> str:
    """Return the digest of a packet's state and contents.

    A page that shows other ones is too old to act on.
    """
    return digest([packet.state, sorted(papers.codes(papers.inside(uow, packet.id)))])


def works_in(uow: UnitOfWork, packet_id: str) -> set[str]:
    """Return the ids of the works that anything in the packet belongs to."""
    return works_of(papers.inside(uow, packet_id))


def works_of(inside: Iterable[Item]) -> set[str]:
    """Return the ids of the works that any of these things belongs to."""
    return {item.booklet_id for item in inside if item.booklet_id}


def need_unchanged(uow: UnitOfWork, packet_id: str, seen: str | None) -> None:
    """Raise Stale when the page that was sent shows another state or other contents.

    `seen` is None when the act was not sent from a page.
    """
    if seen is not None and fingerprint(uow, uow.get(Item, packet_id)) != seen:
        raise changed()


def changed() -> Stale:
    """Return the refusal of a packet that is another one than on the page, or than a moment ago."""
    return Stale(
        N_("The packet has changed since this page was opened."),
        advice=N_("Nothing was done. Look at the present contents, count again and decide."),
    )


def count_to_go(
    uow: UnitOfWork,
    packet: Item,
    counted: Counts,
    note: str,
    seen: str | None,
) -> journal.Count:
    """Return the count beside what lies in the sealed packet."""
    need_unchanged(uow, packet.id, seen)
    require_sealed(packet, N_("Close the packet first: its contents are counted before it goes."))
    return journal.check(contents(uow, packet), counted, note)
