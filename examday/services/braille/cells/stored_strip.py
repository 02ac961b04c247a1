"""One line of a notebook page, as a machine reader stored it, made ready to be shown."""

from examday.braille.cell_meanings import cell_meanings
from examday.braille.page import DOUBTFUL, Line
from examday.services.braille.cells.strips import Spot, Strip
from examday.services.scans.pictures import upright_box
from examday.storage.tables import Page


def stored_strip(
    page: Page,
    number: int,
    n: int,
    line: Line,
    language: str,
) -> Strip:
    """Return one stored line as cells with their meaning and their place."""
    pieces = cell_meanings(language, [cell.dots for cell in line.cells])
    return Strip(
        number,
        n,
        tuple(
            Spot(
                piece,
                n,
                place,
                number,
                upright_box(page, cell.box) if cell.box else None,
                cell.confidence < DOUBTFUL,
            )
            for place, (piece, cell) in enumerate(zip(pieces, line.cells, strict=True), 1)
        ),
    )
