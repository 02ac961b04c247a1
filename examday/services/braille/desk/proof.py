"""The entry as BRF: as it was keyed in, or a long answer put together, to be proofread by finger."""

from examday.braille.cells import brf_file
from examday.braille.encode import NoBraille
from examday.braille.languages import encode_in
from examday.domain.errors import NotFound
from examday.services.braille.cells.alphabets import braille_of, kinds_of, lines_of
from examday.services.braille.desk.splitting import split
from examday.services.braille.desk.transcription import Desk

DISPLAY = 40
"""Cells of a line: what a display shows at once."""


def entry_brf(desk: Desk) -> str:
    """Return the entry line by line; Invalid names a line that is no Braille."""
    kinds = zip(lines_of(desk.text), kinds_of(desk.text), strict=True)
    rows = []
    for number, (line, kind) in enumerate(kinds, 1):
        cells = braille_of(line, number, kind)
        rows.append(_embossed(line, desk.language) if cells is None else cells)
    return brf_file([rows], DISPLAY)


def long_brf(desk: Desk, field: str) -> str:
    """Return a long answer as it was put together, paragraph by paragraph; NotFound without one."""
    found = next((row for row in split(desk).long if row.field == field), None)
    if found is None:
        raise NotFound()
    rows = [_embossed(paragraph, desk.language) for paragraph in found.text.split("\n")]
    return brf_file([rows], DISPLAY)


def _embossed(text: str, language: str) -> tuple[int, ...]:
    """Return the cells of plain text; ⠿ stands where a character has none, so that it is felt."""
    while True:
        try:
            return encode_in(language, text)
        except NoBraille as error:
            text = text.replace(error.character, "\u283f")
