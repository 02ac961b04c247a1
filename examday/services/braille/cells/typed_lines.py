"""Cells of a line as somebody typed it."""

from examday.braille.cell_meanings import cell_meanings
from examday.braille.encode import NoBraille
from examday.braille.languages import encode_in
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.rules.languages import language_of
from examday.services.braille.cells.alphabets import MOST_LETTERS, braille_of, kinds_of
from examday.services.braille.cells.strips import Spot, Strip
from examday.storage.tables import Exam


def strip_of_line(
    line: str,
    number: int,
    exam: Exam,
    before: str = "",
) -> Strip:
    """Return the cells of a line; plain text as it would be embossed.

    `before`: the lines above, which tell Braille ASCII from Latin letters. Invalid says what has no
    cell.
    """
    if len(line) + len(before) > MOST_LETTERS:
        raise Invalid()
    kind = kinds_of(f"{before}\n{line}")[-1]
    language = language_of(exam.subject)
    cells = braille_of(line, number, kind)
    if cells is None:
        cells = _emboss(line.strip(), number, language)
    pieces = cell_meanings(language, cells)
    return Strip(0, number, tuple(Spot(piece, number, n) for n, piece in enumerate(pieces, 1)))


def _emboss(text: str, number: int, language: str) -> tuple[int, ...]:
    """Return the cells of plain text; Invalid names the character that has none."""
    try:
        return encode_in(language, text)
    except NoBraille as error:
        raise Invalid(
            N_("Line %(line)s: «%(character)s» has no Braille."),
            params={"line": number, "character": error.character},
        ) from error
