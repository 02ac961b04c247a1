"""What is proposed to a person who decides about a page: work, role, sheet."""

from examday.domain.custody.lifecycle import State
from examday.domain.custody.paper_codes import misread
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.scans.sheets import Sheet
from examday.services.custody import search
from examday.services.scans.covers.reach import seen_on
from examday.services.scans.deciding import stated_sheet
from examday.services.scans.works import work_sheets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


def role_seen(uow: UnitOfWork, page: Page) -> str:
    """Original or copy, where the picture speaks for it: a form was seen, or a label was read.

    Else "": nothing is proposed to who decides.
    """
    known = page.sheet or seen_on(uow, page)[0].labelled
    return page.role if known else ""


def proposed_work(uow: UnitOfWork, page: Page) -> str:
    """What is written beforehand where a person says which work a page belongs to.

    The number of the page, else the seat of the work that its label or its cover sheet names.
    """
    if page.code:
        return page.code
    booklet = seen_on(uow, page)[1]
    return f"{booklet.seat.room.number}-{booklet.seat.place}" if booklet else ""


def one_booklet(uow: UnitOfWork, wanted: str) -> Booklet:
    """The one booklet that a person means by a code or a seat. Invalid when it is none or several."""
    found = search.find(uow, wanted)
    if len(found) == 1:
        return found[0]
    if wrong := misread(wanted) if not found else None:
        wrong.field = "wanted"
        raise wrong
    if not found:
        raise Invalid(
            N_("No work is found by «%(wanted)s»."),
            field="wanted",
            params={"wanted": wanted[:40]},
            advice=N_("Type the digits under the bar code, or room and seat such as 0101-3А."),
        )
    raise Invalid(
        N_("«%(wanted)s» fits several works."),
        field="wanted",
        params={"wanted": wanted[:40]},
        advice=N_("Type the full code of the form."),
    )


def out_of_step(uow: UnitOfWork, page: Page, wanted: str) -> Booklet | None:
    """Return the work that does not wait for this page now, so that its step can be told."""
    if "wrong-step" not in page.problems:
        return None
    try:
        return one_booklet(uow, wanted)
    except Invalid:
        return None


def sheet_choice(
    uow: UnitOfWork,
    page: Page,
    wanted: str,
    role: str,
) -> tuple[Sheet, ...]:
    """The sheets that a person may say the page is, in the work that `wanted` names.

    Empty where its form was seen, or while the work is not told.
    """
    try:
        booklet = one_booklet(uow, wanted)
    except Invalid:
        return ()
    role = role or work_sheets.ROLE_AT.get(State(booklet.state), "")
    if not stated_sheet.needs_sheet(booklet, page, role):
        return ()
    return work_sheets.open_sheets_of(uow, booklet, role)


def exchange_choice(uow: UnitOfWork, page_id: str, wrong_id: str) -> tuple[Sheet, ...]:
    """The sheets that the page which takes a place may be; empty where one of the two is known."""
    page, wrong = uow.get(Page, page_id), uow.get(Page, wrong_id)
    booklet = uow.get(Booklet, wrong.booklet_id)
    if wrong.sheet or not stated_sheet.needs_sheet(booklet, page, wrong.role):
        return ()
    return work_sheets.open_sheets_of(uow, booklet, wrong.role)
