"""Alphabets in which a line may be entered: Unicode Braille, Braille ASCII, dot numbers, text."""

import re

from examday.braille.cells import NotBraille, from_brf, from_numbers, from_unicode, recognise
from examday.domain.errors import Invalid
from examday.domain.messages import N_

NUMBERED = re.compile(r"\s*(\d{1,2})[.)]?(?:\s+(.*))?$")
"""A line of plain text that begins with a task number: one or two digits, because no form has a
hundred tasks."""
MOST_LETTERS = 40_000
"""A bound, not a rule: an essay of 350 words has about 2,500 letters."""


def lines_of(text: str) -> list[str]:
    """Return the lines as they were typed; a new page begins a new line."""
    return text.replace("\f", "\n").split("\n")


def kinds_of(text: str) -> list[str]:
    """Return the alphabet of each line: unicode, numbers, brf or text."""
    found: list[str] = []
    before = ""
    for line in lines_of(text):
        kind = recognise(line)
        # A number alone behind it is no cell: «2 135» is the answer 135 to task 2.
        if kind == "numbers" and "-" not in line:
            kind = "text"
        # A line of Braille ASCII may look like a word of Latin letters; after Braille ASCII, and
        # without a task number of its own, it goes on in it.
        if kind == "text" and before == "brf" and line.isascii() and not NUMBERED.match(line):
            kind = "brf"
        before = kind if line.strip(" \u2800") else before
        found.append(kind)
    return found


def braille_of(line: str, number: int, kind: str) -> tuple[int, ...] | None:
    """Return the cells of a line in the alphabet `kind`; None for plain text.

    Invalid names the line and the character that is no Braille.
    """
    if kind == "text":
        return None
    try:
        read = {"unicode": from_unicode, "numbers": from_numbers, "brf": from_brf}[kind]
        # Screen readers may send a space for the blank cell: both are taken alike.
        return tuple(read(line.replace(" ", "\u2800") if kind == "unicode" else line))
    except NotBraille as error:
        raise Invalid(
            N_("Line %(line)s: «%(character)s» is not Braille."),
            code="not-braille",
            advice=N_("Correct that line; everything else is kept."),
            params={"line": number, "character": error.character},
        ) from error
