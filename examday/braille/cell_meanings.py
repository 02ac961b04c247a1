"""Meanings of cells: what each cell of a line stands for, and what else it could stand for."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.braille.cells import BLANK
from examday.braille.languages import FOREIGN, deletes, readings_in
from examday.braille.tables import NUMBER, SIGNS

_NEARLY_AS_LIKELY = 3.0
"""Nats; a reading further from the likeliest one is not offered: nobody would choose it."""
_BEAM, _MOST = 8, 8
"""Fewer readings than at the desk: meanings are asked for at each key that is pressed."""

BLANK_CELL, NUMBER_SIGN, DELETION, CAPITAL = "blank", "number", "deletion", "capital"
SIGN_NAMES = {
    cell: f"{alphabet}-{size}"
    for alphabet, signs in SIGNS.items()
    for size, cell in zip(("capital", "small"), signs, strict=True)
}


@dataclass(frozen=True, slots=True)
class CellMeaning:
    """One cell in its line."""

    dots: int
    text: str
    """Its part of the likeliest reading, so that a cell can be read aloud by itself; "" for a sign
    without text."""
    role: str = ""
    """"blank", "number", "deletion", "capital", or which alphabet sign ("ru-capital" …): a sign
    without text has to be said too."""
    others: tuple[str, ...] = ()
    """Its part of other readings whose Braille is exactly these cells: ambiguity is shown, never
    settled in silence."""


def cell_meanings(
    language: str, cells: Sequence[int], expected: str | None = None
) -> tuple[CellMeaning, ...]:
    """Return the meaning of each cell of one line."""
    if not cells:
        return ()
    first, *rest = readings_in(language, cells, expected, most=_MOST, beam=_BEAM)
    rivals = [
        other for other in rest if other.exact and other.cost < first.cost + _NEARLY_AS_LIKELY
    ]
    own = _on_cells_with_dots(cells, first.pieces)
    other_texts = [_on_cells_with_dots(cells, rival.pieces) for rival in rivals]
    found = []
    for place, dots in enumerate(cells):
        text = _print_of(own[place])
        others = _others(own[place], [texts[place] for texts in other_texts])
        found.append(CellMeaning(dots, text, _role(language, dots, text), others))
    return tuple(found)


def _print_of(text: str) -> str:
    """Return the text as shown; nothing where the cell only stands for itself."""
    return "" if 0x2800 <= ord(text[:1] or " ") <= 0x28FF else text.strip()


def _others(own: str, rivals: Sequence[str]) -> tuple[str, ...]:
    """Return the other texts of a cell, each once."""
    texts = (text.strip() for text in rivals)
    return tuple(dict.fromkeys(text for text in texts if text and text != own.strip()))


def _on_cells_with_dots(cells: Sequence[int], pieces: Sequence[str]) -> list[str]:
    """Move the text of signs that begin with a blank (operations) to their first cell with dots."""
    found = list(pieces)
    for place in range(len(found) - 1):
        if cells[place] == BLANK and found[place].strip() and not found[place + 1]:
            found[place], found[place + 1] = "", found[place]
    return found


def _role(language: str, dots: int, text: str) -> str:
    """Return what a cell without text is; "" for one with text."""
    if dots == BLANK:
        return BLANK_CELL
    if text:
        return ""
    if deletes(language, dots):
        return DELETION
    if language == "ru":
        return NUMBER_SIGN if dots == NUMBER else SIGN_NAMES.get(dots, "")
    if dots in [sign for sign, _digits in FOREIGN[language].notations]:
        return NUMBER_SIGN
    return CAPITAL if dots in FOREIGN[language].capital else ""
