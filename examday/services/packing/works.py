"""A work into its packets, and out again."""

from collections.abc import Collection, Iterable, Sequence

from examday.domain.custody.counts import (
    Counts,
    Purpose,
    purpose_of,
)
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody import journal, papers
from examday.services.custody.booklets import advance, require
from examday.services.custody.journal import need_reason
from examday.services.custody.papers import load, me
from examday.services.packing.packets import GONE, NEW, enclose, need_open, open_packet
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item


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
    count = journal.check(to_count(uow, booklet, things), counted, note)
    _into_packets(uow, booklet, things, standard_id, evidence_id)
    journal.enter(uow, "pack", count, booklet, from_id=me(uow))
    facts = {"standard": standard_id, "evidence": evidence_id, "counted": papers.as_data(counted)}
    if booklet.state == State.CERTIFIED:
        advance(uow, booklet, "pack", **facts)
    else:
        uow.record(Event.PACKING_UNUSED, f"booklet:{booklet.id}", **facts)
    journal.alarm(uow, "pack", count, booklet)
    return booklet


def pack_as_chosen(
    uow: UnitOfWork,
    booklet_id: str,
    standard: str,
    evidence: str,
    counted: Counts,
    note: str = "",
    row_version: int | None = None,
) -> Booklet:
    """Pack a work into the packets chosen on the page, where «new» opens another one."""
    exam_id = load(uow, booklet_id, row_version).exam_id
    return pack(
        uow,
        booklet_id,
        _chosen(uow, exam_id, Purpose.STANDARD, standard),
        _chosen(uow, exam_id, Purpose.EVIDENCE, evidence),
        counted,
        note,
        row_version,
    )


def _chosen(uow: UnitOfWork, exam_id: str, purpose: Purpose, choice: str) -> str:
    """The id of the packet that was chosen on the page; NEW opens one."""
    return open_packet(uow, exam_id, purpose).id if choice == NEW else choice


def to_count(uow: UnitOfWork, booklet: Booklet, things: Iterable[Item]) -> Counts:
    """What must be counted before a work is packed: of one that was not used, what there is."""
    if booklet.state == State.CERTIFIED:
        return papers.expected(uow, booklet)
    return papers.countable(things)


def _into_packets(
    uow: UnitOfWork, booklet: Booklet, things: Sequence[Item], standard_id: str, evidence_id: str
) -> None:
    _hold_those_there(uow, {standard_id, evidence_id} - {""})
    envelope = papers.envelope_of(things)
    closed_in = envelope.id if envelope else ""
    for purpose, packet_id in ((Purpose.STANDARD, standard_id), (Purpose.EVIDENCE, evidence_id)):
        if loose := _loose(booklet, things, purpose, closed_in):
            enclose(uow, need_open(uow, packet_id, booklet.exam_id), loose)


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
