"""Any paper as text or as a Braille file.

A blind chair reads it before signing, and an appellant reads his own work in it.
"""

import unicodedata

import pypdfium2

from examday.braille.cells import brf_file, to_unicode
from examday.braille.encode import NoBraille, encode
from examday.braille.languages import FOREIGN

WIDTH, LINES = 28, 25
"""Cells a line and lines a page of a common embosser sheet (machines: 28–31 cells, up to about 26
lines)."""


_LETTERS = {
    letter: to_unicode(cells)
    for language in ("es", "de", "fr")
    for letter, cells in FOREIGN[language].letters.items()
    if not letter.isascii()
}
"""Three languages that are exam subjects and write letters beyond ASCII, which would lose their
marks otherwise."""


def pdf_text(pdf: bytes) -> str:
    """Return the words of a tagged PDF in their order.

    One line of the paper is one line; pages are parted by a form feed. The text is made of the
    paper itself, so nobody signs something else than what was read.
    """
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return "\n\f".join(page.replace("\r\n", "\n").strip() for page in pages) + "\n"


def as_brf(text: str) -> str:
    """Plain text → BRF: one paragraph a line of the text, folded at blanks.

    Letters of the language exams have their own cells, others with a mark lose the mark; a sign
    that has no Braille becomes a blank.
    """
    rows = [list(_cells(line)) for line in text.replace("\f", "").splitlines()]
    folded = [part for row in rows for part in _fold(row)]
    return brf_file(
        [folded[start : start + LINES] for start in range(0, len(folded), LINES)], width=WIDTH
    )


def _cells(line: str) -> tuple[int, ...]:
    while True:
        try:
            return encode(line)
        except NoBraille as error:
            line = line.replace(error.character, _instead(error.character))


def _instead(character: str) -> str:
    """What stands for a character that the Russian tables do not have."""
    bare = unicodedata.normalize("NFD", character)[0]
    return _LETTERS.get(character.lower()) or (
        bare if bare != character and bare.isalpha() else " "
    )


def _fold(row: list[int]) -> list[list[int]]:
    parts: list[list[int]] = []
    while len(row) > WIDTH:
        # At the last blank that fits; a word longer than the line is cut.
        cut = next((place for place in range(WIDTH, 0, -1) if row[place] == 0), WIDTH)
        parts.append(row[:cut])
        row = row[cut + 1 :] if row[cut] == 0 else row[cut:]
    return [*parts, row]
