"""Steps from which the decoder builds readings, and what a step may look at around it.

A step's cost is a doubt in rough nats: 0 is plain, 3 needs the writer to have forgotten a sign, 8
is nonsense.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from examday.braille.cells import BLANK
from examday.braille.tables import ALPHABETS, LOWER, NUMBER, PUNCTUATION, SIGNS

LETTERS = {
    name: {cells[0]: letter for letter, cells in table.items()} for name, table in ALPHABETS.items()
}
LOWERED = {cell: digit for digit, cell in LOWER.items()}
HYPHEN = PUNCTUATION["-"][0]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a reading."""

    used: int
    text: str
    cost: float = 0.0
    number: bool = False
    capitals: int = 0
    """0 none, 1 the next letter, 2 to the word's end, −1 a small letter must follow."""
    alphabet: str | None = None
    """None: as before. A sign holds until another comes."""
    note: str = ""
    erase: int = 0
    """Characters it takes back: a fraction turns out to be one only at its denominator."""


class Before(Protocol):
    """The part of the decoder's state that steps depend on."""

    @property
    def alphabet(self) -> str: ...
    @property
    def number(self) -> bool: ...
    @property
    def capitals(self) -> int: ...
    @property
    def text(self) -> str: ...


def cell_at(cells: Sequence[int], place: int) -> int:
    """Return the cell at a place; −1 outside the line."""
    return cells[place] if 0 <= place < len(cells) else -1


def lowered_run(cells: Sequence[int], place: int) -> str:
    """Return the digits of the lowered cells that begin here."""
    digits = ""
    while cell_at(cells, place) in LOWERED:
        digits += LOWERED[cells[place]]
        place += 1
    return digits


def numeric(character: str) -> bool:
    """Tell whether an operation can stand beside this character: digit, bracket, formula letter."""
    return character.isdigit() or character in ")]²³½⅓¼%" or "a" <= character.lower() <= "z"


def begins_term(cells: Sequence[int], place: int) -> bool:
    """Tell whether a number, a Latin letter, a bracket or a leading minus begins here."""
    cell = cell_at(cells, place)
    if cell in (NUMBER, *SIGNS["la"], PUNCTUATION["("][0]):
        return True
    return cell == HYPHEN and cell_at(cells, place + 1) in (NUMBER, *SIGNS["la"])


def spaced(
    cells: Sequence[int],
    after: int,
    text: str,
    used: int,
    cost: float = 0.0,
) -> Iterator[Step]:
    """Return a comma or semicolon with the blank that print has after it, and without."""
    following = cell_at(cells, after)
    # Not at the end of a line, where print has no blank either.
    if text in ",;" and following not in (BLANK, -1):
        yield Step(used, text + " ", cost)
        yield Step(used, text, cost + 0.3)
    else:
        yield Step(used, text, cost)


class Traced(Protocol):
    """A state of a decoder that knows how it was reached."""

    @property
    def text(self) -> str: ...
    @property
    def used(self) -> int: ...
    @property
    def before(self) -> "Traced | None": ...


def pieces(end: Traced) -> tuple[str, ...]:
    """Return what each cell gave to the text.

    A sign of several cells gives its text with the first of them; number and alphabet signs give
    nothing.
    """
    found: list[str] = []
    state: Traced | None = end
    while state is not None and state.before is not None:
        start = len(os.path.commonprefix([state.before.text, state.text]))
        found += [""] * (state.used - 1) + [state.text[start:]]
        state = state.before
    return tuple(found[::-1])
