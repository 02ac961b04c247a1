"""A work into its packets, and out again."""

from collections.abc import Collection, Iterable, Sequence

from examday.domain.custody.counts import Counts, Purpose
from examday.domain.custody.lifecycle import Medium, State, wrong_step
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody import journal, papers
from examday.services.custody.booklets import advance, require
from examday.services.custody.papers import load, me
from examday.services.packing.enclosing import enclose_work
from examday.services.packing.packets import (
    NEW,
    holding,
    left_in,
    need_open,
    open_packet,
    packet_of,
)
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
    """Pack a certified work.

    Standard forms go into the return packet, the originals in their envelope into the evidence
    packet. A work that was not used has standard forms only, and no step to take.
    """
    require(uow, "pack")
    booklet = load(uow, booklet_id, row_version)
    # Not used: its standard form goes to the scanners without any transfer.
    if booklet.state not in (State.CERTIFIED, State.NOT_USED):
        raise wrong_step(State(booklet.state), Medium(booklet.medium), booklet.id)
    things = papers.here(uow, booklet.id)
    if booklet.state == State.NOT_USED:
        _need_loose(uow, booklet, things)
    count = journal.check(to_count(uow, booklet, things), counted, note)
    enclose_work(uow, booklet, things, standard_id, evidence_id)
    journal.enter(uow, "pack", count, booklet, from_id=me(uow))
    facts = {"standard": standard_id, "evidence": evidence_id, "counted": papers.as_data(counted)}
    if booklet.state == State.CERTIFIED:
        advance(uow, booklet, "pack", **facts)
    else:
        uow.record(Event.PACKING_UNUSED, f"booklet:{booklet.id}", **facts)
    journal.alarm(uow, "pack", count, booklet)
    return booklet


def _need_loose(uow: UnitOfWork, booklet: Booklet, things: Sequence[Item]) -> None:
    """Raise Conflict where a work that was not used is packed already, or has left.

    Its state does not tell: packing takes it no step further.
    """
    if not things:
        raise Conflict(
            N_("Nothing of this work is here to be packed."),
            code="nothing-here",
            params={"booklet": booklet.id},
            advice=N_("Look where its papers are: its page says it."),
        )
    if lies_in := holding(uow, things):
        raise Conflict(
            N_("The work lies in packet %(packet)s already."),
            code="packed-before",
            params={"packet": lies_in[0].code},
            advice=N_(
                "Nothing was counted or moved. Take it out first if it lies in a wrong packet."
            ),
        )


def is_packed(booklet: Booklet, lies_in: Collection[Item]) -> bool:
    """Tell whether a work lies in its packets; `lies_in`: what holds anything of it.

    The envelope of a work that is still on its way may lie in a package for the commission.
    """
    unused = booklet.state == State.NOT_USED
    return booklet.state == State.PACKED or (unused and bool(lies_in))


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


def _chosen(
    uow: UnitOfWork,
    exam_id: str,
    purpose: Purpose,
    choice: str,
) -> str:
    """Return the id of the packet that was chosen on the page; NEW opens one."""
    return open_packet(uow, exam_id, purpose).id if choice == NEW else choice


def to_count(uow: UnitOfWork, booklet: Booklet, things: Iterable[Item]) -> Counts:
    """Return what must be counted before a work is packed: of one that was not used, what there is."""
    if booklet.state == State.CERTIFIED:
        return papers.expected(uow, booklet)
    return papers.countable(things)


def unpack(
    uow: UnitOfWork,
    booklet_id: str,
    reason: str,
    row_version: int | None = None,
) -> Booklet:
    """Take a whole work out of its packets again; they must be here and open.

    What left with an earlier version stays on record where it lies, and so does spoiled paper in its
    packet.
    """
    booklet = load(uow, booklet_id, row_version)
    if not is_packed(booklet, holding(uow, papers.here(uow, booklet.id))):
        raise wrong_step(State(booklet.state), Medium(booklet.medium), booklet.id)
    require(uow, "pack")
    _need_whole(uow, booklet)
    why = journal.need_reason(reason)
    taken = _take_out(uow, booklet)
    # It stays what it was: not used, and waits to be packed again.
    if booklet.state == State.NOT_USED:
        uow.record(
            Event.PACKING_TAKE_OUT, f"booklet:{booklet.id}", packet=", ".join(taken), reason=why
        )
        return booklet
    return advance(uow, booklet, "unpack", reason=why)


def _need_whole(uow: UnitOfWork, booklet: Booklet) -> None:
    """Raise Conflict where a packet of the work has been handed over.

    Taken out, the work could be transferred anew while its signed forms go to the scanners.
    """
    if left := left_in(uow, booklet.id):
        raise Conflict(
            N_("Packet %(packet)s with papers of this work has been handed over."),
            code="left-in-part",
            params={"packet": ", ".join(packet.code for packet in left)},
            advice=N_(
                "A work is taken out as long as all of it is here. Nothing was moved: close the other"
                " packet and hand it over as well."
            ),
        )


def _take_out(uow: UnitOfWork, booklet: Booklet) -> list[str]:
    """Take everything of the work that is here out of its packets; return the packets' codes."""
    inside = {item.parent_id for item in papers.here(uow, booklet.id) if item.parent_id}
    # All at once and in order: two who unpack and pack must not wait in a circle.
    uow.hold_all(Item, inside)
    taken = dict[str, None]()
    for item in papers.here(uow, booklet.id):
        packet = packet_of(uow, item)
        if packet is not None:
            taken[need_open(uow, packet.id).code] = None
            item.parent_id = None
    return list(taken)
