"""Any paper as text or as a Braille file: what a blind chair reads before signing, an appellant of his own work."""

import pypdfium2

from examday.braille.cells import brf_file
from examday.braille.encode import NoBraille, encode

WIDTH, LINES = 28, 25
"""Cells a line and lines a page of a common embosser sheet (machines: 28–31 cells, up to about 26 lines)."""


def pdf_text(pdf: bytes) -> str:
    """The words of a tagged PDF in their order, one line of the paper a line, pages parted by a form feed. Made of the
    paper itself, so nobody signs something else than what was read."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return "\n\f".join(page.replace("\r\n", "\n").strip() for page in pages) + "\n"


def as_brf(text: str) -> str:
    """Plain text → BRF: one paragraph a line of the text, folded at blanks. A character that has no Braille becomes a
    blank; the digits of codes and hashes and every letter stay."""
    rows = [list(_cells(line)) for line in text.replace("\f", "").splitlines()]
    folded = [part for row in rows for part in _fold(row)]
    return brf_file([folded[start:start + LINES] for start in range(0, len(folded), LINES)], width=WIDTH)


def _cells(line: str) -> tuple[int, ...]:
    while True:
        try:
            return encode(line)
        except NoBraille as error:
            line = line.replace(error.character, " ")


def _fold(row: list[int]) -> list[list[int]]:
    parts: list[list[int]] = []
    while len(row) > WIDTH:
        cut = next((place for place in range(WIDTH, 0, -1) if row[place] == 0), WIDTH)
        parts.append(row[:cut])
        row = row[cut + 1:] if row[cut] == 0 else row[cut:]
    return [*parts, row]
