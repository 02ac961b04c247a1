"""Whole works: a step is taken when all its sheets are there, or a person lets the work pass."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.scans.pages import ARROWS, PageState
from examday.services.custody.booklets import advance, require
from examday.services.scans.works.work_sheets import (
    ROLE_AT,
    Lack,
    lack,
    lack_in,
    pages_of,
    records,
)
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page, Seat


def move_on(uow: UnitOfWork, booklet: Booklet, page: Page) -> None:
    """Take the step that waited for scans once all its sheets are there."""
    role = ROLE_AT.get(State(booklet.state))
    if role is not None and page.role == role and lack(uow, booklet) is None:
        advance(uow, booklet, ARROWS[role][1], page=page.id)


def let_pass(uow: UnitOfWork, booklet_id: str, reason: str) -> Booklet:
    """A person lets the work go on with the sheets that are there, and says why.

    Conflict when nothing is missing, or nothing is there at all.
    """
    require(uow, "scans.decide")
    booklet = uow.hold(Booklet, booklet_id)
    missing = lack(uow, booklet)
    pages = [page for page in pages_of(uow, booklet) if missing and page.role == missing.role]
    if missing is None or not pages:
        raise Conflict(
            N_("There is nothing to let pass: no sheet is missing, or none is there yet."),
            code="nothing-missing",
            advice=N_("Open the work: its page says what it waits for."),
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
    some = select(Page.id).where(Page.booklet_id == Booklet.id, Page.state == PageState.ATTACHED)
    rows = uow.session.scalars(
        select(Booklet)
        .where(Booklet.state.in_(list(ROLE_AT)), some.exists())
        .order_by(Booklet.since)
        .options(joinedload(Booklet.seat).joinedload(Seat.room))
    )
    found = []
    for record in records(uow, list(rows)):
        role = ROLE_AT[State(record.booklet.state)]
        pages = [page for page in record.pages if page.role == role]
        missing = lack_in(record, role) if pages else None
        if missing:
            found.append((record.booklet, missing, pages))
    return found
