"""What lies beside the own entry on the desk: the pages of the notebook."""

from dataclasses import dataclass

from examday.paper.layout import Box
from examday.services.braille import commission
from examday.services.braille.cells.signs import SpokenTables, spoken_tables
from examday.services.braille.desk.transcription import Desk
from examday.services.braille.line_places import line_places
from examday.services.braille.notebook.completeness import is_stated
from examday.services.scans.page_images import DeskPage, desk_page
from examday.services.scans.showing.desk_order import working_pages
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person


@dataclass(frozen=True)
class Beside:
    """The pages that somebody transcribes."""

    pages: list[DeskPage]
    lines: list[list[Box]]
    """For each page where its lines are: the picture follows the line that is typed."""
    tables: SpokenTables
    """What single cells are called while they are typed: whoever reads by ear hears each cell."""
    described_by: str = ""
    """Name of the colleague who still describes the scans: until then no picture is shown."""


def what_lies_beside(uow: UnitOfWork, desk: Desk) -> Beside | None:
    """Return the scanned notebook beside an entry; None while the actor is to state its pages."""
    if not is_stated(uow, desk.booklet):
        colleague = commission.asked(uow, desk.booklet.id)
        if colleague in ("", uow.actor.person_id):
            return None
        name = uow.get(Person, colleague).name
        return Beside([], [], spoken_tables(desk.language), name)
    rows = working_pages(uow, desk.booklet, "original")
    lines = line_places(uow, desk.booklet, rows)
    return Beside([desk_page(row) for row in rows], lines, spoken_tables(desk.language))
