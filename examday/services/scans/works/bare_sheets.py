"""Sheets without a layout: forms that nobody has measured, whose pages a person names by eye."""

from examday.domain.custody.kit import standard_sheets
from examday.domain.scans.pages import ORIGINAL, UNREADABLE, WITHOUT_FORM
from examday.domain.scans.sheets import REGISTRATION, Sheet, form_of_sheet
from examday.paper.layout import layouts
from examday.services.scans.pictures import layout_of_form
from examday.services.scans.works import work_sheets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page

FORM_SET = "1+1+2"
"""The largest kit, so that no form is missing: only the names of its forms matter here."""


def without_layout(booklet: Booklet) -> bool:
    """Is no layout known of any form that this work's answers stand on?"""
    exam = booklet.exam
    forms = [form_of_sheet(s) for s in standard_sheets(exam.kind, exam.subject, FORM_SET)]
    return not any(_measured(booklet, form) for form in forms if form != REGISTRATION)


def is_usual(uow: UnitOfWork, booklet: Booklet, page: Page, role: str, sheet: str) -> bool:
    """Is a page of this work told by eye day after day, so that nobody is asked why?

    It bears neither code nor form, or the code of this very work, and it is a page of paper or a
    sheet whose form was not measured.
    """
    if not bears_nothing(page) or page.code not in (None, booklet.code):
        return False
    if not work_sheets.on_forms(booklet, role):
        return role == ORIGINAL
    return sheet in [one.name for one in bare_sheets(uow, booklet, role)]


def bears_nothing(page: Page) -> bool:
    """Whether a page that waits has no known form, and its picture hides none.

    A part of a sheet, two sheets, a mirrored one: there a form may be that was not seen.
    """
    hidden = UNREADABLE & set(page.identity.get("because", []))
    return not page.sheet and not hidden and set(page.problems) <= WITHOUT_FORM


def bare_sheets(uow: UnitOfWork, booklet: Booklet, role: str) -> tuple[Sheet, ...]:
    """The sheets that the work may still get in this role and that no layout is known of.

    Not the registration form, which is no sheet of answers.
    """
    missing = work_sheets.open_sheets_of(uow, booklet, role)
    return tuple(
        one for one in missing if one.form != REGISTRATION and not _measured(booklet, one.form)
    )


def _measured(booklet: Booklet, form: str) -> bool:
    return layout_of_form(booklet.exam, form) in layouts()
