"""What a cell can mean at a place: the steps from which the decoder builds readings, each with its cost.

A cost is a doubt in rough nats: 0 is plain, 3 needs the writer to have forgotten a sign, 8 is nonsense.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from examday.braille.cells import BLANK, mask
from examday.braille.tables import (
    ALPHABETS,
    DECIMAL_COMMA,
    FRACTIONS,
    LOWER,
    NUMBER,
    OPERATIONS,
    PARAGRAPH_SIGNS,
    PERCENT,
    PUNCTUATION,
    SEPARATOR,
    SET_APART,
    SIGNS,
    SUBSCRIPT,
    SUBSCRIPT_DIGITS,
    SUPERSCRIPT,
    SUPERSCRIPT_DIGITS,
    THOUSANDS_POINT,
    UPPER,
)
from examday.domain.messages import N_

NO_NUMBER_SIGN = N_("number sign missing")
NO_ALPHABET_SIGN = N_("alphabet sign missing")
NO_SEPARATOR = N_("separator after the number missing")
NO_BLANK = N_("blank before the operation missing")
NO_SLASH_SIGN = N_("dot 6 before the slash missing")

LETTERS = {name: {cells[0]: letter for letter, cells in table.items()} for name, table in ALPHABETS.items()}
BREAK = "\x1f"  # between the whole part and the fraction of a mixed number; never part of a finished reading
_DIGITS = {cell: digit for digit, cell in UPPER.items()}
_LOWERED = {cell: digit for digit, cell in LOWER.items()}
_VULGAR = {value: character for character, value in FRACTIONS.items()}
_ABOVE = {digit: character for character, digit in SUPERSCRIPT_DIGITS.items()}
_BELOW = {digit: character for character, digit in SUBSCRIPT_DIGITS.items()}
_SIGN_OF = {cell: (name, capital) for name, (big, small) in SIGNS.items() for cell, capital in ((big, 1), (small, 0))}
_MANY = tuple(sorted(PUNCTUATION.items(), key=lambda item: -len(item[1])))
_HYPHEN = PUNCTUATION["-"][0]


@dataclass(frozen=True, slots=True)
class Step:
    """Uses up `used` cells, takes `erase` characters back, adds `text`, leaves the state as given; alphabet None = as
    before. `capitals`: 0 none, 1 the next letter, 2 to the word's end, −1 a small letter must follow."""

    used: int
    text: str
    cost: float = 0.0
    number: bool = False
    capitals: int = 0
    alphabet: str | None = None
    note: str = ""
    erase: int = 0


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


def is_digit(cell: int) -> bool:
    return cell in _DIGITS


def _at(cells: Sequence[int], place: int) -> int:
    """The cell there; −1 outside the line."""
    return cells[place] if 0 <= place < len(cells) else -1


def _lowered_run(cells: Sequence[int], place: int) -> str:
    """Digits of the lowered cells that begin here."""
    digits = ""
    while _at(cells, place) in _LOWERED:
        digits += _LOWERED[cells[place]]
        place += 1
    return digits


def _numeric(character: str) -> bool:
    """Whether an operation can stand after or before this character: digit, bracket, formula letter."""
    return character.isdigit() or character in ")]²³½⅓¼%" or "a" <= character.lower() <= "z"


def _begins_term(cells: Sequence[int], place: int) -> bool:
    """Whether a number, a Latin letter, a bracket or a leading minus begins here."""
    cell = _at(cells, place)
    if cell in (NUMBER, *SIGNS["la"], PUNCTUATION["("][0]):
        return True
    return cell == _HYPHEN and _at(cells, place + 1) in (NUMBER, *SIGNS["la"])


def number_steps(cells: Sequence[int], place: int, state: Before, expected: str | None) -> Iterator[Step]:
    """Number sign, digits, what may stand inside a number, and digits whose number sign was forgotten."""
    cell, following = cells[place], _at(cells, place + 1)
    if cell == NUMBER:
        yield from _after_number_sign(cells, place, state)
    if state.number:
        yield from _inside_number(cells, place, state)
    at_start = not state.text or not (state.text[-1].isalnum() or state.number)
    if at_start and not state.number and cell in _DIGITS and not state.capitals:
        end = place
        while _at(cells, end) in _DIGITS:
            end += 1
        digits = "".join(_DIGITS[c] for c in cells[place:end])
        rest_is_word = _at(cells, end) in LETTERS["ru"]
        cost = (0.4 if expected == "digits" else 3.2) + (2.0 if rest_is_word else 0.0)
        yield Step(end - place, digits, cost, number=True, note=NO_NUMBER_SIGN)
    if cell == NUMBER and following not in _DIGITS and following != mask("356"):
        yield Step(1, "⠼", 6.0)


def _after_number_sign(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    if _at(cells, place + 1) in _DIGITS:
        yield Step(1, BREAK if state.number else "", number=True)
    for text, sign in sorted(PERCENT.items(), key=lambda item: -len(item[1])):
        if tuple(cells[place : place + len(sign)]) == sign:
            yield Step(len(sign), text, 0.1 if len(sign) > 2 else 0.2)


def _inside_number(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    cell, following = cells[place], _at(cells, place + 1)
    if cell in _DIGITS:
        yield Step(1, _DIGITS[cell], number=True)
    if cell == DECIMAL_COMMA and following in _DIGITS:
        yield Step(1, ",", number=True)
    if cell == THOUSANDS_POINT and following in _DIGITS:
        yield Step(1, "\u00a0", number=True)
        yield Step(1, "", 2.0, number=True)
    if cell == _HYPHEN and following in _DIGITS:
        yield Step(1, "-", 1.2, number=True)
    if cell == SEPARATOR:
        yield from _separated(cells, place)
    yield from _denominator(cells, place, state)


def _separated(cells: Sequence[int], place: int) -> Iterator[Step]:
    """Dot 6 between a number and a punctuation mark that could be read as a lowered digit."""
    for text in ",;!?«»":
        if _at(cells, place + 1) == PUNCTUATION[text][0]:
            yield from _spaced(cells, place + 2, text, 2)


def _denominator(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    below = _lowered_run(cells, place)
    for length in range(len(below), 0, -1):
        above = state.text[len(state.text.rstrip("0123456789")) :]
        if not above or below[0] == "0":
            return
        # Lone 256 or 2 after a number is nearly always a full stop or a comma.
        cost = {"4": 2.5, "1": 2.5, "3": 1.5, "6": 1.5, "9": 1.0, "2": 0.6}.get(below[:length], 0.3)
        if length < len(below):
            cost += 1.5
        vulgar = _VULGAR.get(f"{above}/{below[:length]}")
        if vulgar is not None:
            yield Step(length, vulgar, cost, erase=len(above))
        else:
            yield Step(length, "⁄" + below[:length], cost)


def letter_steps(cells: Sequence[int], place: int, state: Before, expected: str | None) -> Iterator[Step]:
    """Alphabet and capital signs, letters with and without the signs they should have."""
    cell = cells[place]
    if cell in _SIGN_OF and not state.capitals:
        yield from _alphabet_sign(cells, place, state)
    for name in ALPHABETS:
        letter = LETTERS[name].get(cell)
        if letter is None:
            continue
        yield from _one_letter(cells, place, state, name, letter, expected)


def _alphabet_sign(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    cell, following = cells[place], _at(cells, place + 1)
    name, capital = _SIGN_OF[cell]
    if following in LETTERS[name]:
        redundant = 0.3 if not capital and name == state.alphabet and not state.number else 0.0
        yield Step(1, "", redundant, capitals=1 if capital else -1, alphabet=name)
        if capital and _at(cells, place + 2) in LETTERS[name]:
            yield Step(1, "", 1.8, capitals=2, alphabet=name)  # one sign before a run, as the guide has it
    if capital and following == cell and _at(cells, place + 2) in LETTERS[name]:
        yield Step(2, "", capitals=2, alphabet=name)


def _one_letter(
    cells: Sequence[int], place: int, state: Before, name: str, letter: str, expected: str | None
) -> Iterator[Step]:
    cost, note, alphabet = 0.0, "", None
    inside_word = bool(state.text) and state.text[-1].isalpha() and not state.number
    if name != state.alphabet:
        if state.capitals or inside_word or (name == "el"):
            return
        cost, note, alphabet = (1.0 if expected == "latin" and name == "la" else 4.0), NO_ALPHABET_SIGN, name
    if state.number and not state.text[-1:].isdigit():
        return  # a number sign wants a digit
    if state.number:
        cost += 1.2 + (1.3 if is_digit(cells[place]) and not _word_follows(cells, place) else 0.0)
        note = note or NO_SEPARATOR
    if letter in "ъь" and not inside_word:
        cost += 2.0
    if letter == "н" and not inside_word and _at(cells, place + 1) == NUMBER:
        cost += 0.8  # rather №
    if expected == "digits":
        cost += 0.4
    shown = letter.upper() if state.capitals > 0 else letter
    keeps = 2 if state.capitals == 2 else 0
    yield Step(1, shown, cost, capitals=keeps, alphabet=alphabet, note=note)


def _word_follows(cells: Sequence[int], place: int) -> bool:
    """Whether the run of letters that begins here holds a cell that is no digit: then it is rather a word."""
    while _at(cells, place) in LETTERS["ru"]:
        if cells[place] not in _DIGITS:
            return True
        place += 1
    return False


def blank_steps(cells: Sequence[int], place: int, state: Before, expected: str | None) -> Iterator[Step]:
    """A blank, or a blank that belongs to an operation."""
    if cells[place] != BLANK:
        return
    yield Step(1, " ", 0.1)
    before = state.text[-1:]
    for text, sign in OPERATIONS.items():
        if tuple(cells[place + 1 : place + 1 + len(sign)]) == sign:
            likely = _numeric(before) and _begins_term(cells, place + 1 + len(sign))
            cost = 0.05 if likely and text != "−" else 0.5 if text == "−" and likely else 1.5 if before else 3.0
            if text == "=" or len(sign) > 1:
                cost = min(cost, 0.1)
            yield Step(1 + len(sign), text, cost)
            yield Step(1 + len(sign), f" {text} ", cost + 0.8)
    for text, sign in SET_APART.items():
        if _at(cells, place + 1) == sign[0] and _at(cells, place + 2) in (BLANK, -1) and before:
            likely = _numeric(before) and _begins_term(cells, place + 3)
            cost = 0.0 if likely else 2.5
            yield Step(min(3, len(cells) - place), text, cost)
            yield Step(min(3, len(cells) - place), f" {text} ", cost + 0.8)


def sign_steps(cells: Sequence[int], place: int, state: Before, expected: str | None) -> Iterator[Step]:
    """Punctuation, brackets, indices and the other signs."""
    if state.capitals == 1 or state.capitals == -1:
        return
    for text, sign in _MANY:
        if tuple(cells[place : place + len(sign)]) == sign:
            yield from _punctuation(cells, place, state, text, len(sign))
    if cells[place] == SEPARATOR and _at(cells, place + 1) in (PUNCTUATION["["][0], PUNCTUATION["]"][0]):
        yield Step(2, "[" if cells[place + 1] == PUNCTUATION["["][0] else "]")
    for text, sign in PARAGRAPH_SIGNS.items():
        if cells[place] == sign[0] and _at(cells, place + 1) == NUMBER and not state.text[-1:].isalpha():
            yield Step(1, text + " ", 0.1)
            yield Step(1, text, 0.4)
    yield from _indices(cells, place, state)
    yield from _bare_operations(cells, place, state)


def _bare_operations(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    """Operations without their blank: right before a leading term, a slip of the writer elsewhere."""
    before = state.text[-1:] or " "
    for text, sign in OPERATIONS.items():
        if tuple(cells[place : place + len(sign)]) != sign or text == "−":
            continue
        term = _begins_term(cells, place + len(sign))
        if text in "+±" and not state.text.strip(" ([«"):
            yield Step(len(sign), text, 0.2 if term else 1.5)
        elif _numeric(before) and term:
            yield Step(len(sign), text, 2.0, note=NO_BLANK)
    goes_on = _begins_term(cells, place + 1) or _at(cells, place + 1) in LETTERS["ru"]
    if cells[place] == PUNCTUATION["/"][1] and before.isalnum() and goes_on:
        yield Step(1, "/", 2.0, note=NO_SLASH_SIGN)


def _indices(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    before = state.text[-1:]
    if not (before.isalnum() or before in tuple(")]")):
        return
    digits = _lowered_run(cells, place + 1)
    for length in range(len(digits), 0, -1):
        more = 0.0 if length == len(digits) else 1.5
        if cells[place] == SUPERSCRIPT:
            yield Step(1 + length, "".join(_ABOVE[d] for d in digits[:length]), 0.2 + more)
        elif cells[place] == SUBSCRIPT:
            latin = "a" <= before.lower() <= "z"
            yield Step(1 + length, "".join(_BELOW[d] for d in digits[:length]), (0.1 if latin else 3.0) + more)


def _punctuation(cells: Sequence[int], place: int, state: Before, text: str, used: int) -> Iterator[Step]:
    before, following = state.text[-1:], _at(cells, place + used)
    if text in ",;":
        yield from _spaced(cells, place + used, text, used, 0.3 if state.number else 0.1)
        return
    if text == "-":
        yield from _dash(cells, place, state)
        return
    cost = _misfit(text, before, following, state)
    if cost is not None:
        yield Step(used, text, cost)
    if text in "«»":
        yield Step(used, '"', (cost or 0.0) + 1.0)
    if text == "…":
        yield Step(used, "...", 0.4)


def _misfit(text: str, before: str, following: int, state: Before) -> float | None:
    """How ill a sign fits its place; None where it cannot stand."""
    word, opening = before.isalnum(), not before or before in " (-«[—"
    if text == "«":
        return 0.1 if opening and following not in (BLANK, -1) else 2.0
    if text == "(":
        return 0.1
    if text == "»":
        return 0.1 if not opening else 2.5
    if text == "[":
        return 3.5 if word and not state.number else 0.6
    if text == "]":
        return 3.5 if before.isalpha() else 0.2
    if text == "·":
        return 0.5 if _numeric(before or " ") and (following == NUMBER or following in SIGNS["la"]) else 3.0
    if text == "'":
        return 1.0 if word else 2.0
    if text in "*!?":
        return 0.2 if before and before != " " else 1.0
    return 0.1


def _dash(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    yield Step(1, "-", 0.1)
    if _at(cells, place + 1) == BLANK and state.text and state.text[-1] != " ":
        between = _at(cells, place + 2) not in (-1, BLANK)
        yield Step(2, " — ", 0.0 if between else 2.0)
        yield Step(2, " - ", 0.3 if between else 2.0)
        yield Step(2, " – ", 0.9 if between else 2.0)


def _spaced(cells: Sequence[int], after: int, text: str, used: int, cost: float = 0.0) -> Iterator[Step]:
    """A comma or semicolon has no blank after it in Braille; print has one, except at the end of a line."""
    following = _at(cells, after)
    if text in ",;" and following not in (BLANK, -1):
        yield Step(used, text + " ", cost)
        yield Step(used, text, cost + 0.3)
    else:
        yield Step(used, text, cost)
