"""The cells of each line that the machine saw, with their places.

They are given out after the actor has handed in a reading of the same work, never before.
"""

from examday.domain.rules.languages import language_of
from examday.domain.transfer.readings import Source
from examday.services.braille.cells.stored_strip import stored_strip
from examday.services.braille.cells.strips import Strip
from examday.services.braille.keyins import has_read
from examday.services.braille.machine_pages import FRONT, read_pages
from examday.services.braille.stored_pages import line_of
from examday.services.scans.showing.desk_order import working_pages
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def machine_strips(uow: UnitOfWork, booklet: Booklet, source: Source = FRONT) -> list[Strip]:
    """Return what the machine saw, line by line, on the front or the back of the sheets.

    Empty before the actor has handed in a reading of this work: nobody transcribes with the answer
    beside them.
    """
    if not has_read(uow, booklet):
        return []
    language = language_of(booklet.exam.subject)
    read = {page["page"]: page for page in read_pages(uow, booklet, source)}
    return [
        stored_strip(page, number, n, line_of(row), language)
        for number, page in enumerate(working_pages(uow, booklet, "original"), 1)
        if page.id in read
        for n, row in enumerate(read[page.id]["lines"], 1)
    ]
