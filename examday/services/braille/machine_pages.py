"""Pages of a notebook as the machine read them."""

from examday.braille.page import Line
from examday.domain.braille.notebook import answers
from examday.domain.transfer.readings import Source
from examday.services.braille import commission
from examday.services.braille.stored_pages import StoredPage, line_of
from examday.services.transfer.readings import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet

FRONT, BACK = Source.MACHINE_ORIGINAL, Source.MACHINE_BACK
"""Two sources: the back of the sheets is read from the same pictures, inverted and mirrored, and
only when a person asks."""


def read_pages(uow: UnitOfWork, booklet: Booklet, source: Source = FRONT) -> list[StoredPage]:
    """Return the pages that were read, in the order of the scans; empty when nothing was read."""
    machine = find(uow, booklet, source)
    return list(machine.content.get("pages", [])) if machine else []


def answer_pages(uow: UnitOfWork, booklet: Booklet) -> list[list[Line]] | None:
    """Return the lines read on the answer pages, page by page in their stated order.

    Of all pages before they were stated. None when nothing was read, which is not the same as pages
    without writing.
    """
    machine = find(uow, booklet, FRONT)
    if machine is None or "pages" not in machine.content:
        return None
    pages: list[StoredPage] = machine.content["pages"]
    read = {page["page"]: [line_of(row) for row in page["lines"]] for page in pages}
    leaves = commission.leaves(uow, booklet.id)
    if not leaves:
        return list(read.values())
    return [read.get(leaf.page, []) for leaf in answers(leaves)]
