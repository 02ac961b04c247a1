"""Everything the page of one work shows: pages, readings, signatures, custody, history. Read only.

The two key-ins are made apart, and the arbiter reads the image before seeing either: so nobody
sees a value here before the work is settled (design rule: independent second entry).
"""

from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.custody.kit import OUT_OF_USE, Kind, ThingState
from examday.domain.custody.lifecycle import State
from examday.domain.scans.pages import PageState
from examday.domain.transfer.readings import Source
from examday.services.custody import papers
from examday.services.custody.booklets import for_page
from examday.services.custody.pages import counting, history
from examday.services.custody.pages.next_step import NextStep, next_step
from examday.services.custody.pages.reading_table import FieldRow, field_rows
from examday.services.people import directory
from examday.services.rules.exam_forms import fields_for
from examday.services.scans.deciding.attached import may_leave
from examday.services.scans.showing.sight import in_sight
from examday.services.scans.works.work_sheets import pages_of
from examday.services.transfer.desks.signers import SignaturePlace, signature_places
from examday.services.transfer.readings import SETTLED_ON, VERIFIED_ON, visible
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet, Handover, Item, Page, Reading


@dataclass(frozen=True)
class Dossier:
    """The page of one work.

    `readings` says who handed in what and when; `lines` holds the values, and is empty and `closed`
    true while they must not be seen. `next_step` is None when the way has ended. `in_sight`: the
    ids of the pages that the actor may see in full.
    """

    booklet: Booklet
    pages: tuple[Page, ...]
    readings: tuple[Reading, ...]
    lines: tuple[FieldRow, ...]
    closed: bool
    signatures: tuple[SignaturePlace, ...]
    items: tuple[Item, ...]
    handovers: tuple[Handover, ...]
    assignments: tuple[Assignment, ...]
    events: tuple[history.Entry, ...]
    names: dict[str, str]
    next_step: NextStep | None
    """None where the way of the work has ended, so that no button is offered."""
    in_sight: frozenset[str]
    may_leave: frozenset[str]
    """Ids of the pages that the actor may take back or exchange now."""
    present: frozenset[str]
    """Ids of the pages that count now: the copy of an earlier version is kept as its evidence."""
    counts: bool
    """The actor may count the work next: the papers are listed after it, or their numbers would be
    copied (R28)."""

    @property
    def packet_id(self) -> str:
        """Id of a packet at the point in which the work lies, that of the forms first; "" for none.

        What has left already, and a spoiled form in a packet of its own, waits for nobody here.
        """
        own = {item.id for item in self.items}
        lying = [
            item
            for item in self.items
            if item.parent_id not in (None, *own)
            and item.state not in (*OUT_OF_USE, ThingState.HANDED_OVER)
        ]
        forms = [item for item in lying if item.kind == Kind.STANDARD_SHEET]
        return next((item.parent_id or "" for item in [*forms, *lying]), "")


def show(uow: UnitOfWork, booklet_id: str) -> Dossier:
    """Return the whole page; NotFound when there is no such work."""
    booklet, pages = for_page(uow, booklet_id), _pages(uow, booklet_id)
    # Said on the page, so that an empty table is not taken for a lost one.
    closed = State(booklet.state) not in SETTLED_ON
    gone = set() if booklet.state in VERIFIED_ON else {Source.VERIFIED}
    seen = [r for r in visible(uow, booklet) if r.version == booklet.version]
    return Dossier(
        booklet,
        pages,
        _readings(uow, booklet),
        ()
        if closed
        else field_rows(fields_for(booklet.exam), [r for r in seen if r.source not in gone]),
        closed,
        signature_places(uow, booklet),
        tuple(papers.of_booklet(uow, booklet_id)),
        _handovers(uow, booklet_id),
        _assignments(uow, booklet),
        history.of_work(uow, booklet_id, pages),
        directory.names(uow),
        next_step(uow, booklet),
        in_sight(uow, pages),
        may_leave(uow, pages),
        frozenset(page.id for page in pages_of(uow, booklet)),
        counting.due(uow, booklet),
    )


def _pages(uow: UnitOfWork, booklet_id: str) -> tuple[Page, ...]:
    return tuple(
        uow.session.scalars(
            select(Page)
            .where(Page.booklet_id == booklet_id, Page.state == PageState.ATTACHED)
            .order_by(Page.role.desc(), Page.version, Page.order)
        )
    )


def _readings(uow: UnitOfWork, booklet: Booklet) -> tuple[Reading, ...]:
    return tuple(
        uow.session.scalars(
            select(Reading)
            .where(Reading.booklet_id == booklet.id, Reading.version == booklet.version)
            .order_by(Reading.at)
        )
    )


def _handovers(uow: UnitOfWork, booklet_id: str) -> tuple[Handover, ...]:
    return tuple(
        uow.session.scalars(
            select(Handover).where(Handover.booklet_id == booklet_id).order_by(Handover.at)
        )
    )


def _assignments(uow: UnitOfWork, booklet: Booklet) -> tuple[Assignment, ...]:
    return tuple(
        uow.session.scalars(
            select(Assignment)
            .where(Assignment.booklet_id == booklet.id, Assignment.version == booklet.version)
            .order_by(Assignment.at)
        )
    )
