"""Whole works: which sheets a step still waits for, and who let a work pass without them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.custody.kit import ORIGINALS, Kind
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.scans.pages import ARROWS, COPY, ORIGINAL, PageState
from examday.domain.scans.sheets import answer_pages, copy_sheets, missing_sheets
from examday.domain.transfer.answers import WITHOUT_TEXT
from examday.domain.transfer.fields import is_long
from examday.domain.transfer.readings import Source
from examday.services.custody import papers
from examday.services.custody.booklets import advance, require
from examday.services.transfer.readings import find, values_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page

ROLE_AT = {state: role for role, (state, _action) in ARROWS.items()}
"""Step that waits for scans → the role of their pages."""


@dataclass(frozen=True)
class Lack:
    """What a step still waits for: how many sheets, and which forms where that is known."""

    role: str
    number: int
    forms: tuple[str, ...] = ()


def pages_of(uow: UnitOfWork, booklet: Booklet) -> list[Page]:
    """Pages the booklet has already, in order. An original serves every transfer version, a copy
    only its own."""
    found = uow.session.scalars(
        select(Page)
        .where(Page.booklet_id == booklet.id, Page.state == PageState.ATTACHED)
        .order_by(Page.role, Page.order, Page.number, Page.id)
    )
    return [row for row in found if row.role == ORIGINAL or row.version == booklet.version]


def lack(uow: UnitOfWork, booklet: Booklet) -> Lack | None:
    """What the present step of the booklet still waits for; None when every sheet is there, or
    when the step waits for no scans."""
    role = ROLE_AT.get(State(booklet.state))
    if role is None:
        return None
    sheets = [page.sheet for page in pages_of(uow, booklet) if page.role == role]
    if role == COPY:
        forms = missing_sheets(_copy_forms(uow, booklet), sheets)
        return Lack(role, len(forms), forms) if forms else None
    short = (_expected(uow, booklet) or 1) - answer_pages(sheets)
    return Lack(role, short) if short > 0 else None


def is_full(uow: UnitOfWork, booklet: Booklet, originals: Sequence[Page]) -> bool:
    """Are as many sheets of the original there as were counted? Pages of a notebook are not
    counted, so a notebook is never full."""
    expected = None if booklet.medium == Medium.BRAILLE else _expected(uow, booklet)
    return expected is not None and answer_pages(page.sheet for page in originals) >= expected


def _expected(uow: UnitOfWork, booklet: Booklet) -> int | None:
    """Sheets with answers that were counted at the last hand-over; None when nothing was counted.
    Of a notebook at least one page each."""
    kinds = [kind for kind in ORIGINALS[Medium(booklet.medium)] if kind in booklet.counts]
    if not kinds:
        return None
    registration = sum(
        item.kind == Kind.ENLARGED_SHEET
        and item.sheet == "registration"
        and item.state not in papers.VOID
        for item in papers.of_booklet(uow, booklet.id)
    )
    return max(1, sum(int(booklet.counts[kind]) for kind in kinds) - registration)


def _copy_forms(uow: UnitOfWork, booklet: Booklet) -> tuple[str, ...]:
    """The forms the copy must have, by the kit and by what was settled."""
    kit = [
        item.sheet
        for item in papers.of_booklet(uow, booklet.id)
        if item.kind == Kind.STANDARD_SHEET and item.state not in (*papers.VOID, papers.GONE)
    ]
    settled = find(uow, booklet, Source.SETTLED)
    values = values_of(settled) if settled else {}
    written = any(is_long(f) and value.mark not in WITHOUT_TEXT for f, value in values.items())
    return copy_sheets(kit, written)


def move_on(uow: UnitOfWork, booklet: Booklet, page: Page) -> None:
    """Take the step that waited for scans once all its sheets are there."""
    role = ROLE_AT.get(State(booklet.state))
    if role is not None and page.role == role and lack(uow, booklet) is None:
        advance(uow, booklet, ARROWS[role][1], page=page.id)


def let_pass(uow: UnitOfWork, booklet_id: str, reason: str) -> Booklet:
    """A person lets the work go on with the sheets that are there, and says why. Conflict when
    nothing is missing, or nothing is there at all."""
    require(uow, "scans.decide")
    booklet = uow.hold(Booklet, booklet_id)
    missing = lack(uow, booklet)
    pages = [page for page in pages_of(uow, booklet) if missing and page.role == missing.role]
    if missing is None or not pages:
        raise Conflict(
            N_("There is nothing to let pass: no sheet is missing, or none is there yet."),
            code="nothing-missing",
        )
    if not reason.strip():
        raise Invalid(
            N_("Say why the work goes on without these sheets."), code="no-reason", field="reason"
        )
    uow.record(
        Event.SCANS_WITHOUT_SHEETS,
        f"booklet:{booklet.id}",
        role=missing.role,
        number=missing.number,
        forms=list(missing.forms),
        reason=reason.strip(),
    )
    return advance(uow, booklet, ARROWS[missing.role][1], page=pages[-1].id)


def waiting_works(uow: UnitOfWork) -> list[tuple[Booklet, Lack, list[Page]]]:
    """Works that have some sheets of the awaited role and wait for the others, the oldest first."""
    some = select(Page.booklet_id).where(Page.state == PageState.ATTACHED)
    rows = uow.session.scalars(
        select(Booklet)
        .where(Booklet.state.in_(list(ROLE_AT)), Booklet.id.in_(some))
        .order_by(Booklet.since)
    )
    found = []
    for booklet in rows:
        missing = lack(uow, booklet)
        pages = [p for p in pages_of(uow, booklet) if missing and p.role == missing.role]
        if missing and pages:
            found.append((booklet, missing, pages))
    return found
