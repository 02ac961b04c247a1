"""What the machine read of a notebook, page by page."""

from examday.braille.page import Line
from examday.domain.braille.notebook import answers
from examday.domain.transfer.readings import Source
from examday.services.braille import commission
from examday.services.braille.stored_pages import StoredPage, line_of
from examday.services.transfer.readings import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet

FRONT, BACK = Source.MACHINE_ORIGINAL, Source.MACHINE_BACK


def read_pages(uow: UnitOfWork, booklet: Booklet, source: Source = FRONT) -> list[StoredPage]:
    """The pages that were read, in the order of the scans; empty when nothing was read."""
    machine = find(uow, booklet, source)
    return list(machine.content.get("pages", [])) if machine else []


def answer_pages(uow: UnitOfWork, booklet: Booklet) -> list[list[Line]] | None:
    """The lines that were read, page by page, of what the commission stated to be answers, in its
    order; all pages before that. None when nothing was read."""
    machine = find(uow, booklet, FRONT)
    if machine is None or "pages" not in machine.content:
        return None
    pages: list[StoredPage] = machine.content["pages"]
    read = {page["page"]: [line_of(row) for row in page["lines"]] for page in pages}
    leaves = commission.leaves(uow, booklet.id)
    return [read.get(leaf.page, []) for leaf in answers(leaves)] if leaves else list(read.values())
