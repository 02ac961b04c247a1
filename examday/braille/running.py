"""Long answers: running text against many lines of cells, with page and line of every difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from examday.braille.cells import BLANK, to_unicode
from examday.braille.encode import NoBraille
from examday.braille.languages import deletes, encode_in
from examday.braille.page import DOUBTFUL, Line
from examday.braille.tables import PUNCTUATION, SIGNS

_HYPHEN = PUNCTUATION["-"][0]
_OPTIONAL = {signs[0] for signs in SIGNS.values()}
_PAUSES = {PUNCTUATION[","][0], PUNCTUATION[";"][0]}


@dataclass(frozen=True)
class Difference:
    """`page`, `line`, `cell`: where the cells read differ, counted from 1; `typed` and `read` as Unicode Braille;
    `characters`: from and to index in the typed text; `unsure`: the machine doubts every cell of this place."""

    page: int
    line: int
    cell: int
    typed: str
    read: str
    characters: tuple[int, int]
    unsure: bool


@dataclass(frozen=True, slots=True)
class _Read:
    dots: int
    page: int
    line: int
    cell: int
    doubtful: bool


def compare_running(text: str, pages: Sequence[Sequence[Line]], language: str = "ru") -> list[Difference]:
    """Differences in the order of the text. Line breaks count as blanks, hyphens at line ends may have been put by the
    writer, capital signs are optional. Raises NoBraille where the text cannot be Braille."""
    typed, origin = _typed(text, language)
    read = _read(pages, language)
    matcher = SequenceMatcher(None, typed, [cell.dots for cell in read], autojunk=False)
    found = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal" and not _harmless(typed[a:b], read[c:d], typed[:a]):
            found.append(_difference(typed[a:b], origin, (a, b), read, (c, d)))
    return found


def _typed(text: str, language: str) -> tuple[list[int], list[int]]:
    """Cells of the text without capital signs, and for each the index of the word's first character in the text."""
    cells: list[int] = []
    origin: list[int] = []
    place = 0
    for line in text.split("\n"):
        for word in line.split(" "):
            if word:
                try:
                    written = [dots for dots in encode_in(language, word, "none") if dots not in _OPTIONAL]
                except NoBraille as error:
                    raise NoBraille(error.character, place + error.place) from error
                gap = [BLANK] if cells and cells[-1] not in _PAUSES else []
                cells += gap + written
                origin += [place] * (len(gap) + len(written))
            place += len(word) + 1
    return cells, origin


def _read(pages: Sequence[Sequence[Line]], language: str) -> list[_Read]:
    """Cells of all pages in reading order; lines are joined by one blank, words parted by a hyphen are put together."""
    cells: list[_Read] = []
    for page, lines in enumerate(pages, start=1):
        for number, line in enumerate(lines, start=1):
            kept = [
                _Read(cell.dots, page, number, place, cell.confidence < DOUBTFUL)
                for place, cell in enumerate(line.cells, start=1)
                if cell.dots not in _OPTIONAL and not deletes(language, cell.dots)
            ]
            if cells and cells[-1].dots == _HYPHEN and len(cells) > 1 and cells[-2].dots != BLANK:
                cells.pop()
            elif cells and cells[-1].dots not in _PAUSES:
                cells.append(_Read(BLANK, page, number, 1, False))
            cells += kept
    return cells


def _harmless(typed: list[int], read: list[_Read], before: list[int]) -> bool:
    """Blanks after a comma or semicolon, a hyphen that the text keeps at a line end, doubled blanks."""
    left = {cell.dots for cell in read}
    if not typed and left == {BLANK}:
        return not before or before[-1] in _PAUSES or before[-1] == BLANK
    return typed == [_HYPHEN] and not read


def _difference(
    typed: list[int], origin: list[int], span: tuple[int, int], read: list[_Read], found: tuple[int, int]
) -> Difference:
    if read:
        where = read[min(found[0], len(read) - 1)]
        page, line, cell = where.page, where.line, where.cell
    else:
        page, line, cell = 1, 1, 1
    first = origin[min(span[0], len(origin) - 1)] if origin else 0
    last = origin[min(span[1], len(origin) - 1)] if origin else 0
    part = read[found[0] : found[1]]
    unsure = bool(part) and all(one.doubtful for one in part)
    dots = (to_unicode(typed), to_unicode(one.dots for one in part))
    return Difference(page, line, cell, *dots, (first, max(first, last)), unsure)
