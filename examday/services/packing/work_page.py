"""One work to pack. Read only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.services.custody import papers
from examday.services.custody.booklets import for_page
from examday.services.custody.pages import counting
from examday.services.packing import packets, works
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item

WORK_PURPOSES = (Purpose.STANDARD, Purpose.EVIDENCE)
"""The two packets of a certified work: forms and originals never share one (source 26)."""

Choices = Mapping[Purpose, Sequence[Item]]
"""Purpose → the open packets that a work may go into, the newest first, which is mostly the one at
hand."""


@dataclass(frozen=True)
class WorkPage:
    """One work to pack.

    `to_count`: the kinds that are counted; `choices`: the open packets it may go into, the newest
    first; `where`: what each thing lies in, or left in.
    """

    booklet: Booklet
    things: Sequence[Item]
    """Everything that is not void, what has left the point too: it is on record where it lies."""
    to_count: Sequence[Kind]
    """Kinds alone: a number that stands there is copied and not counted."""
    choices: Choices
    has_evidence: bool
    where: dict[str, Item]
    packets: Sequence[Item]
    """The packets in which the work lies now."""
    packed: bool
    """It lies in them as a whole."""
    left: Sequence[Item]
    """Packets of it that have been handed over: what still lies here stays in its packet."""
    here: bool
    """Something of it has not left the point."""
    counts: bool
    """The actor may count the work next: its papers are listed after it."""


def work(uow: UnitOfWork, booklet_id: str) -> WorkPage:
    """Return the page of one work; NotFound when there is no such work."""
    booklet = for_page(uow, booklet_id)
    things = [i for i in papers.of_booklet(uow, booklet_id) if i.state not in papers.VOID]
    here = papers.here(uow, booklet_id)
    lies_in = packets.holding(uow, here)
    return WorkPage(
        booklet,
        things,
        list(works.to_count(uow, booklet, here)),
        {purpose: open_packets(uow, booklet.exam_id, purpose) for purpose in WORK_PURPOSES},
        packets.has_evidence(here),
        {i.id: uow.get(Item, i.parent_id) for i in things if i.parent_id},
        lies_in,
        works.is_packed(booklet, lies_in),
        packets.left_in(uow, booklet_id),
        bool(here),
        counting.due(uow, booklet),
    )


def open_packets(uow: UnitOfWork, exam_id: str, purpose: Purpose) -> list[Item]:
    """Return the packets of this purpose that a work may go into, the newest first."""
    found = packets.of_exam(uow, exam_id)
    return [p for p in reversed(found) if p.sheet == purpose and p.state == packets.OPEN]
