"""Which sheet of a work a page is, said by a person where no form was seen on it."""

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.scans.pages import ARROWS
from examday.services.scans.pictures import layout_of_form
from examday.services.scans.works import work_sheets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page

OTHER_SHEET = "other"
"""A person says that a page is none of the sheets that the work waits for: else it would have to be
put to a wrong one."""


def state_sheet(
    uow: UnitOfWork,
    booklet: Booklet,
    page: Page,
    role: str,
    sheet: str,
) -> None:
    """Take down which sheet a page is where the reader saw no form on it.

    Invalid when that is not said, or is no sheet that the work may still get.
    """
    if not needs_sheet(booklet, page, role):
        return
    choice = {one.name: one for one in work_sheets.open_sheets_of(uow, booklet, role)}
    if sheet != OTHER_SHEET and sheet not in choice:
        raise Invalid(
            N_("Say which sheet of the work this page is: no form was seen on it."),
            code="which-sheet",
            field="sheet",
        )
    if sheet in choice:
        page.sheet = layout_of_form(booklet.exam, choice[sheet].form)
        page.code = choice[sheet].number or page.code


def needs_sheet(booklet: Booklet, page: Page, role: str) -> bool:
    """Whether a person must say which sheet the page is.

    Not where its form was seen, and not of a page of a notebook or print-out, which lies under no
    form.
    """
    return role in ARROWS and not page.sheet and work_sheets.on_forms(booklet, role)
