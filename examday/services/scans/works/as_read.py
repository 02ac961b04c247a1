"""The order in which the sheets of a work are read, in whichever they were scanned."""

from collections.abc import Iterable

from examday.domain.custody.kit import Kind
from examday.domain.scans.sheets import (
    EXTRA_FORM,
    extra_number,
    form_of_layout,
    form_of_sheet,
    reading_place,
)
from examday.services.custody import papers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


def in_order(uow: UnitOfWork, booklet: Booklet, pages: Iterable[Page]) -> list[Page]:
    """Put sheets into the order of the forms, and additional forms into that of the kit.

    Pages that lie under no form stay as they are.
    """
    found = sorted(pages, key=lambda page: reading_place(page.sheet))
    extras = {page.code for page in found if form_of_layout(page.sheet) == EXTRA_FORM}
    # Few works have two additional forms: the others cost no query.
    numbers = _numbers(uow, booklet) if len(extras) > 1 else {}
    return sorted(
        found, key=lambda page: (reading_place(page.sheet), numbers.get(page.code or "", 0))
    )


def _numbers(uow: UnitOfWork, booklet: Booklet) -> dict[str, int]:
    """Form code of each additional form → its number in the kit."""
    return {
        item.code.partition("/")[0]: extra_number(item.sheet)
        for item in papers.of_booklet(uow, booklet.id)
        if item.kind == Kind.STANDARD_SHEET and form_of_sheet(item.sheet) == EXTRA_FORM
    }
