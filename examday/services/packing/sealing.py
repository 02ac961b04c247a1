"""Packets closed with counts, opened again, handed over with an act, emptied by the commission."""

from examday.domain.custody.counts import (
    Counts,
    Purpose,
)
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, Invalid, Stale
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody import journal, papers
from examday.services.custody.booklets import advance, require
from examday.services.custody.journal import need_reason
from examday.services.custody.papers import me
from examday.services.packing.packets import (
    EMPTIED,
    GONE,
    OPEN,
    SEALED,
    contents,
    fingerprint,
    need_open,
)
from examday.services.people import log_in
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item


def need_unchanged(uow: UnitOfWork, packet_id: str, seen: str | None) -> None:
    """Stale when the page that was sent shows another state or other contents (None: not sent from
    a page)."""
    if seen is not None and fingerprint(uow, uow.get(Item, packet_id)) != seen:
        raise _changed()


def _changed() -> Stale:
    return Stale(
        N_("The packet has changed since this page was opened."),
        advice=N_("Nothing was done. Look at the present contents, count again and decide."),
    )


def _ready_to_go(
    uow: UnitOfWork, packet: Item, counted: Counts, note: str, seen: str | None
) -> journal.Count:
    """The count beside what lies in the sealed packet."""
    need_unchanged(uow, packet.id, seen)
    if packet.kind != Kind.PACKET or packet.state != SEALED:
        raise Conflict(
            N_("Close the packet first: its contents are counted before it goes."),
            code="not-sealed",
        )
    return journal.check(contents(uow, packet), counted, note)


def seal(
    uow: UnitOfWork, packet_id: str, counted: Counts, note: str = "", seen: str | None = None
) -> Item:
    """Close a packet: what lies in it is counted by hand and compared with the record."""
    require(uow, "pack")
    uow.hold(Item, packet_id)
    need_unchanged(uow, packet_id, seen)
    packet = need_open(uow, packet_id)
    wanted = contents(uow, packet)
    if not wanted:
        raise Conflict(N_("The packet is empty: there is nothing to close."), code="empty")
    count = journal.check(wanted, counted, note)
    packet.state = SEALED
    packet.facts = {**packet.facts, "counted": papers.as_data(counted)}
    journal.enter(uow, "seal", count, packet, from_id=me(uow))
    uow.record(
        Event.PACKING_SEAL, f"item:{packet.id}", code=packet.code, counted=papers.as_data(counted)
    )
    journal.alarm(uow, "seal", count, packet)
    return packet


def reopen(uow: UnitOfWork, packet_id: str, reason: str, seen: str | None = None) -> Item:
    """Open a sealed packet again, for a reason."""
    require(uow, "pack")
    packet = uow.hold(Item, packet_id)
    need_unchanged(uow, packet_id, seen)
    if packet.kind != Kind.PACKET or packet.state != SEALED:
        raise Conflict(
            N_("Only a closed packet that is still here can be opened again."), code="not-sealed"
        )
    packet.state = OPEN
    uow.record(
        Event.PACKING_REOPEN, f"item:{packet.id}", code=packet.code, reason=need_reason(reason)
    )
    return packet


def hand_over(
    uow: UnitOfWork,
    packet_id: str,
    to_id: str,
    secret: str,
    counted: Counts,
    note: str = "",
    seen: str | None = None,
) -> Item:
    """Hand a sealed packet over: counted again, confirmed by the receiver's own PIN. Each work
    whose last packet goes is handed over; envelopes for the commission stay in work and change
    their holder only."""
    require(uow, "handover")
    if to_id == me(uow):
        raise Invalid(N_("Giver and receiver are the same person."), code="same-hands")
    _ready_to_go(uow, uow.get(Item, packet_id), counted, note, seen)
    receiver = log_in.check_secret(uow, to_id, secret)  # last: a wrong count must not cost a try
    # Checking the secret ended the transaction: held and looked at once more. Works come before
    # their packet, so that of two packets of one work that go at once the later one sees that
    # nothing is left.
    works = _works_in(uow, packet_id)
    uow.hold_all(Booklet, works)
    packet = uow.hold(Item, packet_id)
    if _works_in(uow, packet_id) != works:
        raise _changed()
    count = _ready_to_go(uow, packet, counted, note, seen)
    _give(uow, packet, receiver.id)
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


def _works_in(uow: UnitOfWork, packet_id: str) -> set[str]:
    """The ids of the works that anything in the packet belongs to."""
    return {item.booklet_id for item in papers.inside(uow, packet_id) if item.booklet_id}


def _give(uow: UnitOfWork, packet: Item, receiver: str) -> None:
    inside = papers.inside(uow, packet.id)
    stays = packet.sheet == Purpose.COMMISSION
    for item in [packet, *inside]:
        item.holder_id = receiver
        if item is packet or not stays:
            item.facts = {**item.facts, "was": item.state}
            item.state = GONE
    booklets = {
        item.booklet_id: uow.get(Booklet, item.booklet_id) for item in inside if item.booklet_id
    }
    uow.session.flush()
    for booklet in booklets.values():
        left = [
            i for i in papers.of_booklet(uow, booklet.id) if i.state not in (*papers.VOID, GONE)
        ]
        if booklet.state == State.PACKED and not left:
            advance(uow, booklet, "hand_over", packet=packet.code, receiver=receiver)
        booklet.holder_id = receiver if booklet.state != State.PACKED else booklet.holder_id


def empty(uow: UnitOfWork, packet_id: str, seen: str | None = None) -> Item:
    """The commission opens its package: the envelopes are in the chair's hands."""
    require(uow, "pack")
    packet = uow.hold(Item, packet_id)
    need_unchanged(uow, packet_id, seen)
    if packet.kind != Kind.PACKET or packet.sheet != Purpose.COMMISSION or packet.state != GONE:
        raise Conflict(
            N_("Only a package that was handed to the commission is opened there."),
            code="not-theirs",
        )
    envelopes = [i for i in papers.inside(uow, packet.id) if i.parent_id == packet.id]
    for item in envelopes:
        item.parent_id = None
    packet.state = EMPTIED
    uow.record(
        Event.PACKING_EMPTY, f"item:{packet.id}", code=packet.code, items=papers.codes(envelopes)
    )
    return packet
