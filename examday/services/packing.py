"""Packets: what goes in, what must be in it, sealing with counts, handing over with an act."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from examday.domain.custody.counts import (
    Counts,
    Difference,
    Purpose,
    compare,
    in_numbers,
    may_enclose,
    purpose_of,
    tally,
)
from examday.domain.custody.kit import ORIGINALS, Kind
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid, Stale
from examday.domain.events import Event
from examday.domain.ledger import digest
from examday.domain.messages import N_
from examday.services.custody import papers
from examday.services.custody.booklets import advance, require
from examday.services.custody.kits import journal, need_reason
from examday.services.custody.papers import load, me
from examday.services.people import log_in
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Item

HOLDS_EVIDENCE = frozenset(kind for kinds in ORIGINALS.values() for kind in kinds)
OPEN, SEALED, GONE, EMPTIED = "in_use", "sealed", papers.GONE, "emptied"


def open_packet(
    uow: UnitOfWork, exam_id: str, purpose: Purpose, room_id: str | None = None
) -> Item:
    """Begin a new packet."""
    require(uow, "pack")
    exam = uow.get(Exam, exam_id)
    packet = papers.make(uow, exam.id, Kind.PACKET, sheet=str(purpose), room_id=room_id)
    uow.record(Event.PACKING_OPEN, f"item:{packet.id}", code=packet.code, purpose=str(purpose))
    return packet


def packet_for(uow: UnitOfWork, exam_id: str, purpose: Purpose) -> Item | None:
    """The newest open packet of this purpose."""
    rows = packets(uow, exam_id)
    return next((p for p in reversed(rows) if p.sheet == purpose and p.state == OPEN), None)


def packets(uow: UnitOfWork, exam_id: str) -> list[Item]:
    """The packets of an exam in the order of their codes."""
    return list(
        uow.session.scalars(
            select(Item)
            .where(Item.exam_id == exam_id, Item.kind == Kind.PACKET)
            .order_by(Item.code)
        )
    )


def need_open(uow: UnitOfWork, packet_id: str, exam_id: str = "") -> Item:
    """The packet, held, which must be open and (when asked) of this exam."""
    packet = uow.hold(Item, packet_id)
    if packet.kind != Kind.PACKET or (exam_id and packet.exam_id != exam_id):
        raise Invalid(N_("This is not a packet of this exam."), code="not-a-packet")
    if packet.state != OPEN:
        raise Conflict(
            N_("Packet %(code)s is closed."),
            code="closed",
            params={"code": packet.code},
            advice=N_("Open it again with a reason, or take another packet. Nothing was moved."),
        )
    return packet


def put(uow: UnitOfWork, packet_id: str, item_id: str) -> Item:
    """Lay one thing (an envelope for the commission, something spoiled) into a packet. Into the
    packets of certified works nothing goes singly: an envelope may still hold standard forms,
    which packing takes out of it."""
    require(uow, "pack")
    item, packet = _thing_and_packet(uow, item_id, packet_id)
    _enclose(uow, packet, [item])
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
        raise Conflict()
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
    if work:
        uow.hold(Booklet, work)
    packet = need_open(uow, packet_id)
    return uow.hold(Item, item_id), packet


def _enclose(uow: UnitOfWork, packet: Item, things: list[Item]) -> None:
    for item in things:
        booklet = uow.get(Booklet, item.booklet_id) if item.booklet_id else None
        may_enclose(
            Kind(item.kind),
            Purpose(packet.sheet),
            void=item.state in papers.VOID,
            medium=Medium(booklet.medium) if booklet else None,
        )
        if item.exam_id != packet.exam_id or item.state == GONE:
            raise Conflict(
                N_("«%(code)s» belongs to another exam or has been handed over."),
                code="foreign",
                params={"code": item.code},
            )
        holder = uow.session.get(Item, item.parent_id) if item.parent_id else None
        if holder is not None and holder.kind == Kind.PACKET and holder.id != packet.id:
            raise Conflict(
                N_("«%(code)s» lies in packet %(packet)s."),
                code="elsewhere",
                params={"code": item.code, "packet": holder.code},
                advice=N_("Take it out there first. Nothing was moved."),
            )
        item.parent_id = packet.id


def pack(
    uow: UnitOfWork,
    booklet_id: str,
    standard_id: str,
    evidence_id: str,
    counted: Counts,
    note: str = "",
    row_version: int | None = None,
) -> Booklet:
    """Pack a certified work: standard forms into the return packet, the originals in their
    envelope into the evidence packet. A work that was not used has standard forms only, and no
    step to take."""
    require(uow, "pack")
    booklet = load(uow, booklet_id, row_version)
    if booklet.state not in (State.CERTIFIED, State.NOT_USED):
        raise Conflict(
            N_("Only a certified work is packed: «Копия верна» comes first."), code="not-certified"
        )
    things = [i for i in papers.of_booklet(uow, booklet.id) if i.state not in (*papers.VOID, GONE)]
    wanted = (
        papers.expected(uow, booklet)
        if booklet.state == State.CERTIFIED
        else papers.countable(things)
    )
    found = compare(wanted, counted, note)
    envelope = papers.envelope_of(things)
    _hold_those_there(uow, {standard_id, evidence_id} - {""})
    sealed_in = envelope.id if envelope else ""
    for purpose, packet_id in ((Purpose.STANDARD, standard_id), (Purpose.EVIDENCE, evidence_id)):
        if loose := _loose(booklet, things, purpose, sealed_in):
            _enclose(uow, need_open(uow, packet_id, booklet.exam_id), loose)
    journal(uow, "pack", wanted, counted, note, booklet=booklet, from_id=me(uow))
    facts = {"standard": standard_id, "evidence": evidence_id, "counted": papers.as_data(counted)}
    if booklet.state == State.CERTIFIED:
        advance(uow, booklet, "pack", **facts)
    else:
        uow.record(Event.PACKING_UNUSED, f"booklet:{booklet.id}", **facts)
    _alarm(uow, f"booklet:{booklet.id}", "pack", found)
    return booklet


def _loose(
    booklet: Booklet, things: Sequence[Item], purpose: Purpose, envelope_id: str
) -> list[Item]:
    """The things of a work that go into the packet one by one: the originals in their envelope go
    with it."""
    fitting = [i for i in things if purpose_of(Kind(i.kind), Medium(booklet.medium)) is purpose]
    if purpose is not Purpose.EVIDENCE or not envelope_id:
        return fitting
    return [i for i in fitting if i.parent_id != envelope_id]


def _hold_those_there(uow: UnitOfWork, item_ids: Collection[str]) -> None:
    """Hold the packets that exist, in order: two packers may name the same two."""
    for item_id in sorted(item_ids):
        if uow.session.get(Item, item_id) is not None:
            uow.hold(Item, item_id)


def _alarm(uow: UnitOfWork, subject: str, at: str, found: Sequence[Difference]) -> None:
    """Raise the alarm when a count differs from the record."""
    if found:
        uow.record(Event.ALARM_COUNT_MISMATCH, subject, at=at, differences=in_numbers(found))


def unpack(
    uow: UnitOfWork, booklet_id: str, reason: str, row_version: int | None = None
) -> Booklet:
    """Take a whole work out of its packets again; they must be open."""
    booklet = load(uow, booklet_id, row_version)
    inside = {item.parent_id for item in papers.of_booklet(uow, booklet.id) if item.parent_id}
    uow.hold_all(Item, inside)
    for item in papers.of_booklet(uow, booklet.id):
        holder = uow.session.get(Item, item.parent_id) if item.parent_id else None
        if holder is not None and holder.kind == Kind.PACKET:
            need_open(uow, holder.id)
            item.parent_id = None
    return advance(uow, booklet, "unpack", reason=need_reason(reason))


def contents(uow: UnitOfWork, packet: Item) -> dict[Kind, int]:
    """What is counted at a packet, by kind. An envelope is one thing: its contents were compared
    at packing."""
    return tally(Kind(i.kind) for i in papers.inside(uow, packet.id) if i.parent_id == packet.id)


def fingerprint(uow: UnitOfWork, packet: Item) -> str:
    """Digest of a packet's state and contents: a page that shows other ones is too old to act on."""
    return digest([packet.state, sorted(papers.codes(papers.inside(uow, packet.id)))])


def _unchanged(uow: UnitOfWork, packet_id: str, seen: str | None) -> None:
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
) -> tuple[Counts, tuple[Difference, ...]]:
    """What lies in the sealed packet, and where the count differs from it."""
    _unchanged(uow, packet.id, seen)
    if packet.kind != Kind.PACKET or packet.state != SEALED:
        raise Conflict(
            N_("Close the packet first: its contents are counted before it goes."),
            code="not-sealed",
        )
    wanted = contents(uow, packet)
    return wanted, compare(wanted, counted, note)


def seal(
    uow: UnitOfWork, packet_id: str, counted: Counts, note: str = "", seen: str | None = None
) -> Item:
    """Close a packet: what lies in it is counted by hand and compared with the record."""
    require(uow, "pack")
    uow.hold(Item, packet_id)
    _unchanged(uow, packet_id, seen)
    packet = need_open(uow, packet_id)
    wanted = contents(uow, packet)
    if not wanted:
        raise Conflict(N_("The packet is empty: there is nothing to close."), code="empty")
    found = compare(wanted, counted, note)
    packet.state = SEALED
    packet.facts = {**packet.facts, "counted": papers.as_data(counted)}
    journal(uow, "seal", wanted, counted, note, item=packet, from_id=me(uow))
    uow.record(
        Event.PACKING_SEAL, f"item:{packet.id}", code=packet.code, counted=papers.as_data(counted)
    )
    _alarm(uow, f"item:{packet.id}", "seal", found)
    return packet


def reopen(uow: UnitOfWork, packet_id: str, reason: str, seen: str | None = None) -> Item:
    """Open a sealed packet again, for a reason."""
    require(uow, "pack")
    packet = uow.hold(Item, packet_id)
    _unchanged(uow, packet_id, seen)
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
    works = {item.booklet_id for item in papers.inside(uow, packet_id) if item.booklet_id}
    uow.hold_all(Booklet, works)
    packet = uow.hold(Item, packet_id)
    if {item.booklet_id for item in papers.inside(uow, packet_id) if item.booklet_id} != works:
        raise _changed()
    wanted, found = _ready_to_go(uow, packet, counted, note, seen)
    _give(uow, packet, receiver.id)
    journal(uow, "packet", wanted, counted, note, item=packet, from_id=me(uow), to_id=receiver.id)
    uow.record(
        Event.PACKING_HAND_OVER,
        f"item:{packet.id}",
        code=packet.code,
        receiver=receiver.id,
        counted=papers.as_data(counted),
    )
    _alarm(uow, f"item:{packet.id}", "packet", found)
    return packet


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
    _unchanged(uow, packet_id, seen)
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
