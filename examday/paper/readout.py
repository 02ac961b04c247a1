"""Any paper as text or as a Braille file.

A blind chair reads it before signing, and an appellant reads his own work in it.
"""

import unicodedata

import pypdfium2
import pypdfium2.raw as raw

from examday.braille.cells import brf_file, to_unicode
from examday.braille.encode import NoBraille, encode
from examday.braille.languages import FOREIGN

WIDTH, LINES = 28, 25
"""Cells a line and lines a page of a common embosser sheet (machines: 28–31 cells, up to about 26
lines)."""
BOXED_PT = (16, 26)
"""Sizes of the signs in the boxes of the copying sheet, usual and large (`copying-sheet.typ`): by
them alone a read PDF tells boxes from labels."""

_LETTERS = {
    letter: to_unicode(cells)
    for language in ("es", "de", "fr")
    for letter, cells in FOREIGN[language].letters.items()
    if not letter.isascii()
}
"""Three languages that are exam subjects and write letters beyond ASCII, which would lose their
marks otherwise."""


def pdf_text(pdf: bytes, in_cells: bool = False) -> str:
    """Return the words of a tagged PDF in their order.

    One line of the paper is one line; pages are parted by a form feed. The text is made of the
    paper itself, so nobody signs something else than what was read. `in_cells`: signs stand there
    one in a box; they are put together again, or each digit would be a number of its own.

    For papers of our own alone, which need no limited child: whoever calls has compared the bytes
    with the digest that the ledger holds since our typesetter wrote them (`print_files.pdf`).
    """
    document = pypdfium2.PdfDocument(pdf)
    take = _out_of_cells if in_cells else _as_it_stands
    try:
        pages = [take(page.get_textpage()) for page in document]
    finally:
        document.close()
    return "\n\f".join(page.replace("\r\n", "\n").strip() for page in pages) + "\n"


def _as_it_stands(page: pypdfium2.PdfTextPage) -> str:
    return str(page.get_text_range())


def _out_of_cells(page: pypdfium2.PdfTextPage) -> str:
    """Put signs together that the paper itself parts by nothing but the room between their boxes."""
    signs = [
        (chr(raw.FPDFText_GetUnicode(page.raw, n)), raw.FPDFText_IsGenerated(page.raw, n) == 1)
        for n in range(page.count_chars())
    ]
    # Signs in boxes are larger than any words beside them: the last digit of a label is none.
    boxed = [round(raw.FPDFText_GetFontSize(page.raw, n)) in BOXED_PT for n in range(len(signs))]
    between = {
        n
        for n in range(1, len(signs) - 1)
        if signs[n] == (" ", True) and boxed[n - 1] and boxed[n + 1]
    }
    return "".join(sign for n, (sign, _made) in enumerate(signs) if n not in between)


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
        # At the last blank that fits, because a word cut in two reads as two; only one longer than
        # the line is cut.
        cut = next((place for place in range(WIDTH, 0, -1) if row[place] == 0), WIDTH)
        parts.append(row[:cut])
        row = row[cut + 1 :] if row[cut] == 0 else row[cut:]
    return [*parts, row]
