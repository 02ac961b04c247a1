"""The commission states what each scanned page of a Braille work is, before anybody transcribes
it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from examday.domain.braille import notebook as rules
from examday.domain.braille.notebook import Leaf, Look, Oddity, Pile
from examday.domain.custody.counts import Counts
from examday.domain.custody.kit import ORIGINALS, Kind
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid, NotFound
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.duties import FIRST, SECOND
from examday.domain.transfer.readings import Source
from examday.services.braille import commission
from examday.services.custody import papers
from examday.services.custody.booklets import require
from examday.services.scans.page_images import DeskPage, desk_page
from examday.services.scans.pictures import pages_of
from examday.services.transfer.assignments import my_parts
from examday.services.transfer.readings import locked
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
    return _sorting(uow, uow.get(Booklet, booklet_id))


def _sorting(uow: UnitOfWork, booklet: Booklet) -> Sorting:
    require(uow, "braille.desk")
    mine = {FIRST, SECOND} & my_parts(uow, booklet)
    if booklet.medium != Medium.BRAILLE or not (mine or uow.actor.may("braille.lead")):
        raise NotFound()
    pages = [desk_page(page) for page in pages_of(uow, booklet, "original")]
    notes = commission.stated(uow, booklet.id)
    looks = _looks(uow, booklet, pages)
    keyed = (
        uow.session.scalar(
            select(func.count())
            .select_from(Reading)
            .where(Reading.booklet_id == booklet.id, Reading.source.in_((FIRST, SECOND)))
        )
        or 0
    )
    return Sorting(
        booklet,
        pages,
        looks,
        {leaf.page: leaf for leaf in commission.leaves(uow, booklet.id)},
        rules.propose(looks),
        notes[-1] if notes else None,
        len(notes),
        tuple(_expected(uow, booklet)),
        bool(notes and keyed),
    )


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


def _expected(uow: UnitOfWork, booklet: Booklet) -> dict[Kind, int]:
    """Notebooks and extra sheets by the journal; both are asked for, also where there should be
    none. Empty for a work that came without any count."""
    known = papers.expected(uow, booklet)
    return {kind: known.get(kind, 0) for kind in ORIGINALS[Medium.BRAILLE]} if known else {}


def oddities(
    uow: UnitOfWork, shown: Sorting, leaves: Sequence[Leaf], pile: Pile, counted: Counts
) -> list[Oddity]:
    """What does not add up in a statement."""
    return list(rules.oddities(leaves, shown.looks, pile, _expected(uow, shown.booklet), counted))


def state(
    uow: UnitOfWork,
    booklet_id: str,
    leaves: Sequence[Leaf],
    pile: Pile,
    counted: Counts,
    reason: str = "",
    seen: int | None = None,
) -> CommissionNote:
    """State the pages. Invalid when a page is left open, or when something does not add up, or a
    key-in has been handed in, and no reason is given; Conflict when the step is over or a
    colleague was faster (`seen`: rounds on the page).
    """
    shown = _sorting(uow, locked(uow, booklet_id))
    _check_open(shown, seen)
    rules.check_stated(leaves, [page.id for page in shown.pages], pile)
    expected = _expected(uow, shown.booklet)
    _check_counted(counted, expected)
    found = oddities(uow, shown, leaves, pile, counted)
    if found or shown.late:
        _check_reason(reason)
    order = [
        {"page": leaf.page, "part": leaf.part.value, "number": leaf.number}
        for leaf in rules.in_order(leaves)
    ]
    facts = {
        "pages": order,
        "sheets": pile.sheets,
        "sides": pile.sides,
        "oddities": [odd.code for odd in found],
    }
    counts = {"counted": papers.as_data(counted), "expected": papers.as_data(expected)}
    note = uow.add(
        CommissionNote(
            kind="pages",
            person_id=uow.actor.person_id,
            booklet_id=booklet_id,
            text=reason.strip(),
            recorded_by=uow.actor.person_id,
            at=uow.now(),
            facts={**facts, **counts},
        )
    )
    uow.record(Event.COMMISSION_PAGES, f"booklet:{booklet_id}", **facts)
    return note


def _check_counted(counted: Counts, expected: Counts) -> None:
    if any(counted.get(kind, -1) < 0 for kind in expected):
        raise Invalid(
            N_("Not every number was given: count everything that lies in the envelope."),
            code="counts",
            field="counts",
        )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(
            N_("Something does not add up, or answers were handed in already: say why it is so."),
            code="pages-reason",
            field="reason",
            advice=N_("Look at the pages once more. Your entries are kept."),
        )


def _check_open(shown: Sorting, seen: int | None) -> None:
    """Conflict when the step is over, or when a colleague stated the pages since this one looked."""
    if not shown.open:
        raise Conflict(
            N_("The pages are stated before the answers are read."),
            code="wrong-step",
            advice=N_("If an answer was left out, reopen the work: it is then read anew."),
        )
    if seen is not None and seen != shown.rounds:
        raise Conflict()


def stated(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Is every scanned page of the work stated? True as well where nothing was scanned."""
    return {page.id for page in pages_of(uow, booklet, "original")} == {
        leaf.page for leaf in commission.leaves(uow, booklet.id)
    }


def require_stated(uow: UnitOfWork, booklet: Booklet) -> None:
    """Conflict while a scanned page is not stated."""
    if not stated(uow, booklet):
        raise Conflict(
            N_("The pages of this notebook have not been stated yet."),
            code="pages-open",
            advice=N_("Say first what each scanned page is; what you entered is kept."),
        )
