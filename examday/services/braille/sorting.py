"""The scanned pages of a Braille work: what was stated of each, what is proposed, what is odd."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.braille import notebook as rules
from examday.domain.braille.notebook import Leaf, Look, Oddity, Pile
from examday.domain.custody.counts import Counts
from examday.domain.custody.kit import ORIGINALS, Kind
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import NotFound
from examday.domain.transfer.duties import FIRST, SECOND
from examday.domain.transfer.readings import Source
from examday.services.braille import commission
from examday.services.custody import papers
from examday.services.custody.booklets import require
from examday.services.scans.page_images import DeskPage, desk_page
from examday.services.scans.pictures import pages_of
from examday.services.transfer.assignments import my_parts
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading
from examday.storage.tables_braille import CommissionNote


@dataclass(frozen=True)
class Sorting:
    """The pages of a work in scan order, what the machine says of each without its reading, what
    was stated last and what is proposed. `rounds`: how often they were stated; `late`: a key-in is
    there already, a change needs a reason.
    """

    booklet: Booklet
    pages: list[DeskPage]
    looks: list[Look]
    stated: dict[str, Leaf]
    proposed: dict[str, Leaf]
    last: CommissionNote | None
    rounds: int
    kinds: tuple[Kind, ...]
    late: bool

    @property
    def open(self) -> bool:
        """May they be stated now? Afterwards the order is part of what was read."""
        return self.booklet.state == State.SCANNED


def sorting(uow: UnitOfWork, booklet_id: str) -> Sorting:
    """The pages for whoever transcribes the work, and for the chair; NotFound for everybody else."""
    return sorting_of(uow, uow.get(Booklet, booklet_id))


def sorting_of(uow: UnitOfWork, booklet: Booklet) -> Sorting:
    require(uow, "braille.desk")
    mine = {FIRST, SECOND} & my_parts(uow, booklet)
    if booklet.medium != Medium.BRAILLE or not (mine or uow.actor.may("braille.lead")):
        raise NotFound()
    pages = [desk_page(page) for page in pages_of(uow, booklet, "original")]
    notes = commission.stated(uow, booklet.id)
    looks = _looks(uow, booklet, pages)
    return Sorting(
        booklet,
        pages,
        looks,
        {leaf.page: leaf for leaf in commission.leaves(uow, booklet.id)},
        rules.propose(looks),
        notes[-1] if notes else None,
        len(notes),
        tuple(sheets_expected(uow, booklet)),
        bool(notes) and _keyed(uow, booklet),
    )


def _keyed(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Has a key-in of the work been handed in?"""
    first = select(Reading.id).where(
        Reading.booklet_id == booklet.id, Reading.source.in_((FIRST, SECOND))
    )
    return uow.session.scalars(first.limit(1)).first() is not None


def _looks(uow: UnitOfWork, booklet: Booklet, pages: Sequence[DeskPage]) -> list[Look]:
    """What the machine says of the pages themselves; its cells stay sealed."""
    read = uow.session.scalars(
        select(Reading)
        .where(Reading.booklet_id == booklet.id, Reading.source == Source.MACHINE_ORIGINAL)
        .order_by(Reading.version.desc(), Reading.round.desc())
        .limit(1)
    ).first()
    seen = {page["page"]: page for page in read.content.get("pages", [])} if read else {}
    return [
        Look(
            page.id, one.get("kind", ""), bool(one.get("mirrored")), tuple(one.get("warnings", ()))
        )
        for page in pages
        for one in (seen.get(page.id, {}),)
    ]


def sheets_expected(uow: UnitOfWork, booklet: Booklet) -> dict[Kind, int]:
    """Notebooks and extra sheets by the journal; both are asked for, also where there should be
    none. Empty for a work that came without any count."""
    known = papers.expected(uow, booklet)
    return {kind: known.get(kind, 0) for kind in ORIGINALS[Medium.BRAILLE]} if known else {}


def oddities(
    uow: UnitOfWork, shown: Sorting, leaves: Sequence[Leaf], pile: Pile, counted: Counts
) -> list[Oddity]:
    """What does not add up in a statement."""
    return list(
        rules.oddities(leaves, shown.looks, pile, sheets_expected(uow, shown.booklet), counted)
    )
