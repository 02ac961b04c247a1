"""Cells before text: six dots, with what a machine knows about them; lossless exchange formats.

A cell's `dots` is a number 0…63, Σ 2^(dot−1): dot 1 = 1 … dot 6 = 32; 0 is a blank, and blanks are
data. Unicode Braille is U+2800 + dots. Braille ASCII (BRF) gives each of the 64 cells one
printable ASCII character.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BLANK = 0
FULL = 63
"""All six dots: the deletion mark, because a written cell can only be filled up; in French it is a
letter (é)."""

_BRF = " A1B'K2L@CIF/MSP\"E3H9O6R^DJG>NTQ,*5<-U8V.%[$+X!&;:4\\0Z7(_?W]#Y)="
"""The 64 characters in the order of the dots, as in `en-us-brf.dis` of liblouis, so that files go
to any embosser."""
_FROM_BRF = {character: dots for dots, character in enumerate(_BRF)} | {
    character.lower(): dots for dots, character in enumerate(_BRF)
}
# Some programs write these four columns with their lower-case twins; a file of theirs is read as
# well.
_FROM_BRF |= {
    "`": _FROM_BRF["@"],
    "{": _FROM_BRF["["],
    "|": _FROM_BRF["\\"],
    "}": _FROM_BRF["]"],
    "~": _FROM_BRF["^"],
}
_DOT_NUMBERS = re.compile(r"0|[1-6]{1,6}")
"""Dots of one cell in any order, because people type them as they feel them; 0 is a blank."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell."""

    dots: int
    p: tuple[float, float, float, float, float, float] | None = None
    """Probability of each dot; None for a cell that somebody typed: nothing was guessed there."""
    box: tuple[float, float, float, float] | None = None
    """px, left top right bottom; None for a cell that was typed or, as a blank, inferred."""
    confidence: float = 1.0
    """0…1, of the whole cell being what it is said to be; 1.0 for a typed one: a person answers
    for it."""

    def __post_init__(self) -> None:
        if not 0 <= self.dots <= FULL:
            raise ValueError(f"a cell has six dots, not {self.dots}")

    @property
    def numbers(self) -> str:
        """Dot numbers, "125"; the empty string for a blank."""
        return dot_numbers(self.dots)


class NotBraille(ValueError):
    """Text that is no Braille of the stated format; says which character and where, from 1."""

    def __init__(self, character: str, place: int) -> None:
        super().__init__(f"{character!r} at {place} is not Braille")
        self.character = character
        self.place = place


def mask(numbers: str) -> int:
    """Turn dot numbers into dots: "125" → 19; "" and "0" → 0 (blank)."""
    value = 0
    for number in numbers.replace("0", ""):
        value |= 1 << (int(number) - 1)
    return value


def masks(joined: str) -> tuple[int, ...]:
    """Turn cells joined by hyphens, as in the guides, into dots: "3456-1-23" → (60, 1, 6)."""
    return tuple(mask(part) for part in joined.split("-"))


def dot_numbers(dots: int) -> str:
    """Return the dot numbers in rising order; "" for a blank."""
    return "".join(str(dot + 1) for dot in range(6) if dots >> dot & 1)


def mirror(dots: int) -> int:
    """Return the cell seen in a mirror or from the back of the sheet: 1↔4, 2↔5, 3↔6."""
    return (dots & 7) << 3 | dots >> 3


def turn_over(dots: int) -> int:
    """Return the cell of a page held upside down: 1↔6, 2↔5, 3↔4."""
    return sum(1 << (5 - dot) for dot in range(6) if dots >> dot & 1)


def to_unicode(cells: Iterable[int]) -> str:
    """Turn cells into U+2800…U+283F, one character a cell, blanks included."""
    return "".join(chr(0x2800 + dots) for dots in cells)


def from_unicode(text: str) -> list[int]:
    """Turn Unicode Braille into cells; NotBraille names what is none."""
    cells = []
    for place, character in enumerate(text, start=1):
        # A plain space is taken for the blank cell U+2800, because screen readers send one.
        dots = 0 if character in " \u00a0" else ord(character) - 0x2800
        if not 0 <= dots <= FULL:
            raise NotBraille(character, place)
        cells.append(dots)
    return cells


def to_brf(cells: Iterable[int]) -> str:
    """Turn cells into Braille ASCII, one character a cell."""
    return "".join(_BRF[dots] for dots in cells)


def from_brf(text: str) -> list[int]:
    """Turn Braille ASCII into cells; lower case is folded. Line ends are left to the caller."""
    cells = []
    for place, character in enumerate(text, start=1):
        if character not in _FROM_BRF:
            raise NotBraille(character, place)
        cells.append(_FROM_BRF[character])
    return cells


def to_numbers(cells: Iterable[int]) -> str:
    """Turn cells into dot numbers joined by hyphens, a blank is 0: "125-14-0-3"."""
    return "-".join(dot_numbers(dots) or "0" for dots in cells)


def from_numbers(text: str) -> list[int]:
    """Turn dot numbers joined by hyphens or blanks into cells; NotBraille names what is none."""
    cells, place = [], 1
    for part in re.split(r"[-\s]", text.strip()) if text.strip() else []:
        # A number repeated inside a cell is a slip: «112» may be 12 or 1-12, so it is not guessed.
        if not _DOT_NUMBERS.fullmatch(part) or len(set(part)) != len(part):
            raise NotBraille(part, place)
        cells.append(mask(part))
        place += len(part) + 1
    return cells


def brf_file(pages: Sequence[Sequence[Sequence[int]]], width: int = 40) -> str:
    """Return the text of a BRF file: lines of at most `width` cells, form feed between pages."""
    printed = []
    for page in pages:
        printed.append(
            "".join(
                to_brf(part).rstrip(" ") + "\n" for line in page for part in _folded(line, width)
            )
        )
    return "\f".join(printed)


def _folded(line: Sequence[int], width: int) -> list[list[int]]:
    """Cut a line into parts of at most `width` cells."""
    rest = list(line)
    parts = []
    while len(rest) > width:
        # A longer line is cut at the last blank that fits, else at the width: an embosser would
        # drop the rest.
        cut = next((i for i in range(width, 0, -1) if rest[i] == BLANK), width)
        parts.append(rest[:cut])
        rest = rest[cut + 1 :] if rest[cut] == BLANK else rest[cut:]
    return [*parts, rest]


def recognise(text: str) -> str:
    """Return the alphabet of a pasted text: "unicode", "numbers", "brf" or "text".

    BRF and plain Latin text cannot always be told apart: text that begins with a number sign, a
    task number and a blank counts as BRF, else only text without lower-case letters and with a sign
    that words do not hold. Whoever pastes is shown the choice.
    """
    body = text.strip()
    if body and all(0x2800 <= ord(c) <= 0x283F or c.isspace() for c in body):
        return "unicode"
    if re.fullmatch(r"(0|[1-6]{1,6})([-\s]+(0|[1-6]{1,6}))+", body):
        return "numbers"
    return "brf" if body.isascii() and _like_brf(body) else "text"


def _like_brf(body: str) -> bool:
    """Tell whether ASCII text looks like Braille ASCII."""
    if re.match(r"#[A-Ja-j]{1,2}( |$)", body):
        return True
    small = any(c.islower() for c in body)
    return not small and bool(re.search(r"[#@^_\"<>\[\]\\*%&$+!]", body))
