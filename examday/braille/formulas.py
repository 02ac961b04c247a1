"""Signs of formulas that hold until their end sign: indices, powers, roots, fractions, groups.

By the guide named in `tables`: lower index 16, upper index 34, both to 156 (lowered digits alone need
no end sign); root 146 with its index to 156, radicand to 1456; fraction from 23 over the bar 1256 to
56; 456 before the one-letter elements of a chemical formula. Penalties are in rough nats.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from examday.braille.cells import BLANK
from examday.braille.steps import HYPHEN, LETTERS, LOWERED, Before, Step, cell_at, lowered_run
from examday.braille.tables import (
    FORMULA_END,
    FRACTION_BAR,
    FRACTION_BEGIN,
    FRACTION_END,
    NUMBER,
    OPERATIONS,
    PUNCTUATION,
    ROOT,
    ROOT_END,
    SIGNS,
    SUBSCRIPT,
    SUBSCRIPT_SIGNS,
    SUPERSCRIPT,
    SUPERSCRIPT_SIGNS,
    UPPER,
)
from examday.domain.messages import N_

FORMULA = N_("signs of a formula")
"""Not left out by the writer: a text with such signs cannot be written back cell by cell."""
OPEN, BAR = "\x1e", "\x1d"
"""Where a fraction begins, and its bar, while it is being read; control characters, because no text
holds them. Never in a finished reading."""
GROUP = 3
"""State of the capitals inside a group of one-letter elements: it holds over the indices."""
ONE_LETTER_ELEMENTS = frozenset("hbcnofpskvyiwu")
TWO_LETTER_ELEMENTS = frozenset(
    re.findall(
        "[A-Z][a-z]",
        "HeLiBeNeNaMgAlSiClArCaScTiCrMnFeCoNiCuZnGaGeAsSeBrKrRbSrZrNbMoTcRuRhPdAgCdInSnSbTeXeCsBaLa"
        "CePrNdPmSmEuGdTbDyHoErTmYbLuHfTaReOsIrPtAuHgTlPbBiPoAtRnFrRaAcThPaNpPuAmCmBkCfEsFmMdNoLrRfDb"
        "SgBhHsMtDsRgCnNhFlMcLvTsOg",
    )
)
"""IUPAC, 2016. Of two letters, told apart because «Co» and «CO» differ by a capital sign alone."""
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_DIGITS = {cell: digit for digit, cell in UPPER.items()}
_PLUS, _EQUALS = OPERATIONS["+"][0], OPERATIONS["="][0]
_BRACKETS = {PUNCTUATION["("][0]: "(", PUNCTUATION[")"][0]: ")"}
_ALPHABET_OF = {cell: name for name, signs in SIGNS.items() for cell in signs}


def formula_steps(
    cells: Sequence[int],
    place: int,
    state: Before,
    expected: str | None,
) -> Iterator[Step]:
    """Return what the signs of formulas mean at this place."""
    cell = cells[place]
    before = state.text[-1:]
    if cell in (SUPERSCRIPT, SUBSCRIPT) and (before.isalnum() or before in tuple(")]⁾₎")):
        yield from _script(cells, place, state)
    if cell == ROOT:
        yield from _root(cells, place)
    if cell == ROOT_END:
        yield from _root_end(state)
    yield from _fraction(cells, place, state)
    if cell == SIGNS["el"][0]:
        yield from _group(cells, place)
    if state.capitals == GROUP and before.isalpha():
        yield from _group_index(cells, place)


def _script(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    """Return an index or power: lowered digits alone, or whatever stands before the end sign."""
    above = cells[place] == SUPERSCRIPT
    whole = _content(cells, place + 1, state)
    if whole is not None:
        text, end = whole
        # The indices do not end a group: its capitals hold over them, as no sign is repeated behind
        # a digit.
        yield Step(end - place, raised(text, above), 0.1, note=FORMULA, capitals=_kept(state))
    digits = lowered_run(cells, place + 1)
    # Lower indices belong to formulas: after a Russian letter they are hardly meant.
    latin = "a" <= state.text[-1:].lower() <= "z" or state.text[-1:] in ")₎"
    doubt = 0.2 if above else 0.1 if latin else 3.0
    for length in range(len(digits), 0, -1):
        ended = cell_at(cells, place + 1 + length) == FORMULA_END
        more = (0.0 if length == len(digits) else 1.5) + (1.5 if ended else 0.0)
        text = raised(digits[:length], above)
        yield Step(1 + length, text, doubt + more, capitals=_kept(state))


def _kept(state: Before) -> int:
    """Return the capitals that hold after an index."""
    return GROUP if state.capitals == GROUP else 0


def raised(text: str, above: bool) -> str:
    """Return text as an index, in signs of Unicode where it has them all, else «^(…)» or «_(…)»."""
    signs = SUPERSCRIPT_SIGNS if above else SUBSCRIPT_SIGNS
    if all(character in signs for character in text):
        return "".join(signs[character] for character in text)
    return ("^" if above else "_") + (text if len(text) == 1 else f"({text})")


def _content(cells: Sequence[int], place: int, state: Before) -> tuple[str, int] | None:
    """Return the text up to the end sign and the place after it; None without an end sign.

    The text is deterministic: inside an index there is one line of thought, and a cell that does
    not fit makes it no index at all.
    """
    symbol = state.text[len(state.text.rstrip("abcdefghijklmnopqrstuvwxyz")) - 1 :][:1]
    reader = _Content(cells, place, state.alphabet, ion="A" <= symbol <= "Z")
    while cell_at(cells, reader.place) != FORMULA_END:
        if not reader.take():
            return None
    return (reader.text, reader.place + 1) if reader.text else None


@dataclass
class _Content:
    """The reading of an index from left to right."""

    cells: Sequence[int]
    place: int
    alphabet: str
    text: str = ""
    lowered: bool = True
    """Lowered cells are digits: at the head and after another lowered digit."""
    ion: bool = False
    """After the sign of an element a lone raised 235 is a charge; anywhere else it would be a
    power."""

    def take(self) -> bool:
        """Read one sign; False when none fits."""
        cell = cell_at(self.cells, self.place)
        if cell == NUMBER and cell_at(self.cells, self.place + 1) in _DIGITS:
            return self._number()
        if cell == HYPHEN:
            return self._put("−", lowered=True)
        if self.lowered and cell in LOWERED and not self._is_operation(cell):
            return self._put(LOWERED[cell], lowered=True)
        if cell in (_PLUS, _EQUALS):
            return self._put("+" if cell == _PLUS else "=", lowered=True)
        if cell in _BRACKETS:
            return self._put(_BRACKETS[cell], lowered=False)
        return self._letter(cell)

    def _is_operation(self, cell: int) -> bool:
        """Tell whether plus or equals stands here, whose cells are lowered digits as well."""
        following = cell_at(self.cells, self.place + 1)
        if self.ion and cell == _PLUS and not self.text and following == FORMULA_END:
            return True
        return cell in (_PLUS, _EQUALS) and (following == NUMBER or following in _ALPHABET_OF)

    def _put(
        self,
        text: str,
        lowered: bool,
        used: int = 1,
    ) -> bool:
        """Take cells as this text."""
        self.text += text
        self.place += used
        self.lowered = lowered
        return True

    def _number(self) -> bool:
        """Take a number with its sign."""
        end = self.place + 1
        while cell_at(self.cells, end) in _DIGITS:
            end += 1
        digits = "".join(_DIGITS[cell] for cell in self.cells[self.place + 1 : end])
        return self._put(digits, lowered=False, used=end - self.place)

    def _letter(self, cell: int) -> bool:
        """Take a letter, with the sign of its alphabet or in the alphabet in force."""
        name = _ALPHABET_OF.get(cell)
        following = cell_at(self.cells, self.place + 1)
        if name is not None and following in LETTERS[name]:
            self.alphabet = name
            letter = LETTERS[name][following]
            return self._put(letter.upper() if cell == SIGNS[name][0] else letter, False, 2)
        if cell in LETTERS[self.alphabet]:
            return self._put(LETTERS[self.alphabet][cell], lowered=False)
        return False


def _root(cells: Sequence[int], place: int) -> Iterator[Step]:
    """Return a root with its index."""
    digits = lowered_run(cells, place + 1)
    if cell_at(cells, place + 1 + len(digits)) == FORMULA_END:
        sign = _ROOTS.get(digits) or raised(digits, above=True) + "√"
        yield Step(2 + len(digits), sign, 0.05)


def _root_end(state: Before) -> Iterator[Step]:
    """Return the end of a radicand, in brackets unless it is one number or letter."""
    start = max(state.text.rfind(sign) for sign in "√∛∜") + 1
    radicand = state.text[start:]
    if not start or not radicand:
        return
    yield Step(1, _bracketed(radicand), 0.0, erase=len(radicand), note=FORMULA)


def _fraction(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    """Return begin, bar and end of a fraction."""
    cell = cells[place]
    if cell == FRACTION_BEGIN and _closed_fraction(cells, place):
        yield Step(1, OPEN, 0.05)
    if cell == FRACTION_BAR and OPEN in state.text:
        above = state.text[state.text.rfind(OPEN) :]
        if BAR not in above:
            yield Step(1, OPEN + _bracketed(above[1:].rstrip(" ")) + BAR, erase=len(above))
    if cell == FRACTION_END and BAR in state.text:
        start = state.text.rfind(OPEN)
        above, _bar, below = state.text[start + 1 :].partition(BAR)
        if below:
            text = f"{above}/{_bracketed(below)}"
            yield Step(1, text, erase=len(state.text) - start, note=FORMULA)


def _closed_fraction(cells: Sequence[int], place: int) -> bool:
    """Tell whether a bar and an end follow."""
    rest = list(cells[place + 1 :])
    if FRACTION_BAR not in rest:
        return False
    return FRACTION_END in rest[rest.index(FRACTION_BAR) + 1 :]


def _bracketed(text: str) -> str:
    """Return one number, letter or bracket as it is, anything else in brackets."""
    whole = text.startswith("(") and text.endswith(")") and text.count("(") == 1
    number = text.replace(",", "").isdecimal()
    return text if whole or number or len(text) == 1 else f"({text})"


def elements(cells: Sequence[int], place: int) -> str:
    """Return the Latin letters of a chemical group that begins here, indices between them allowed."""
    letters = ""
    while True:
        cell = cell_at(cells, place)
        if cell in LETTERS["la"]:
            letters += LETTERS["la"][cell]
        elif not (cell in LOWERED and letters):
            return letters
        place += 1


def _group(cells: Sequence[int], place: int) -> Iterator[Step]:
    """Return the sign of a group of one-letter elements."""
    letters = elements(cells, place + 1)
    if len(letters) > 1:
        fits = set(letters) <= ONE_LETTER_ELEMENTS
        yield Step(
            1,
            "",
            0.0 if fits else 2.0,
            capitals=GROUP,
            alphabet="la",
            note=FORMULA,
        )


def _group_index(cells: Sequence[int], place: int) -> Iterator[Step]:
    """Return the digits of a group: lowered, or by a slip as after a number sign."""
    digits = lowered_run(cells, place)
    if digits and cell_at(cells, place + len(digits)) != BLANK:
        yield Step(len(digits), raised(digits, above=False), 0.0, capitals=GROUP)
    cell = cells[place]
    if cell in _DIGITS:
        yield Step(1, raised(_DIGITS[cell], above=False), 0.9, capitals=GROUP)
