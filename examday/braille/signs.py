"""Numbers and letters: what a cell can mean there, with what the writer may have left out.

Penalties are in rough nats, see `steps`.
"""

import re
from collections.abc import Iterator, Sequence

from examday.braille.cells import BLANK, mask
from examday.braille.formulas import GROUP, ONE_LETTER_ELEMENTS, TWO_LETTER_ELEMENTS
from examday.braille.steps import HYPHEN, LETTERS, Before, Step, cell_at, lowered_run, spaced
from examday.braille.tables import (
    ALPHABETS,
    DECIMAL_COMMA,
    FRACTIONS,
    NUMBER,
    OPERATIONS,
    PERCENT,
    PUNCTUATION,
    SEPARATOR,
    SIGNS,
    SUBSCRIPT,
    THOUSANDS_POINT,
    UPPER,
    VOWELS,
)
from examday.domain.messages import N_

NO_NUMBER_SIGN = N_("number sign missing")
NO_ALPHABET_SIGN = N_("alphabet sign missing")
NO_SEPARATOR = N_("separator after the number missing")
DATE_SIGNS = N_("number signs inside the date missing")

BREAK = "\x1f"
"""Between the whole part and the fraction of a mixed number: two numbers beside each other would
become one. Never in a finished reading."""
_FULL_STOP = PUNCTUATION["."][0]
_DATE = re.compile(r"(0?[1-9]|[12]\d|3[01])\.(0?[1-9]|1[0-2])(\.(\d{4}|\d{2}))?(?![\d])")
_ROMAN = re.compile(r"m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_OPERATING = {sign[0] for sign in OPERATIONS.values()}
_DIGITS = {cell: digit for digit, cell in UPPER.items()}
_VULGAR = {value: character for character, value in FRACTIONS.items()}
_SIGN_OF = {
    cell: (name, capital)
    for name, (big, small) in SIGNS.items()
    for cell, capital in ((big, 1), (small, 0))
}
"""Cell → (alphabet, 1 for a capital sign): a sign is told from its cell, because each alphabet has
its own."""


def number_steps(
    cells: Sequence[int],
    place: int,
    state: Before,
    expected: str | None,
) -> Iterator[Step]:
    """Return number sign, digits and what may stand inside a number.

    Also digits whose number sign was forgotten, a typical slip (domain.md 16.1).
    """
    cell = cells[place]
    following = cell_at(cells, place + 1)
    if cell == NUMBER:
        yield from _after_number_sign(cells, place, state)
    if state.number:
        yield from _inside_number(cells, place, state)
    elif cell in _DIGITS and not state.capitals and not state.text[-1:].isalnum():
        yield _bare_digits(cells, place, expected)
    if cell == NUMBER and following not in _DIGITS and following != mask("356"):
        yield Step(1, "⠼", 6.0)


def _bare_digits(cells: Sequence[int], place: int, expected: str | None) -> Step:
    """Return digits whose number sign was forgotten; before a letter they rather begin a word."""
    end = place
    while cell_at(cells, end) in _DIGITS:
        end += 1
    digits = "".join(_DIGITS[cell] for cell in cells[place:end])
    rest_is_word = cell_at(cells, end) in LETTERS["ru"]
    cost = (0.4 if expected == "digits" else 3.2) + (2.0 if rest_is_word else 0.0)
    return Step(end - place, digits, cost, number=True, note=NO_NUMBER_SIGN)


def _after_number_sign(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    """Return what a number sign begins: a number, or a percent sign."""
    if cell_at(cells, place + 1) in _DIGITS:
        yield Step(1, BREAK if state.number else "", number=True)
    for text, sign in sorted(PERCENT.items(), key=lambda item: -len(item[1])):
        if tuple(cells[place : place + len(sign)]) == sign:
            yield Step(len(sign), text, 0.1 if len(sign) > 2 else 0.2)


def _inside_number(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    """Return what may stand inside a number: digits, comma, thousands point, hyphen, fraction."""
    cell = cells[place]
    following = cell_at(cells, place + 1)
    if cell in _DIGITS:
        yield Step(1, _DIGITS[cell], number=True)
    if cell == DECIMAL_COMMA and following in _DIGITS:
        yield Step(1, ",", number=True)
    if cell == THOUSANDS_POINT and following in _DIGITS:
        yield Step(1, "\u00a0", number=True)
        # The thousands point may be a stray dot 3, so the number without a blank is offered too.
        yield Step(1, "", 2.0, number=True)
    if cell == HYPHEN and following in _DIGITS:
        yield Step(1, "-", 1.2, number=True)
    if cell == SEPARATOR:
        yield from _separated(cells, place)
    if cell == _FULL_STOP:
        yield from _rest_of_date(cells, place, state)
    yield from _denominator(cells, place, state)


def _rest_of_date(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    """Return month and year of a date whose number sign is not repeated."""
    day = state.text[len(state.text.rstrip("0123456789")) :]
    match = _DATE.match(
        day + "".join("." if c == _FULL_STOP else _DIGITS.get(c, " ") for c in cells[place:])
    )
    if match and len(match.group(0)) > len(day):
        text = match.group(0)[len(day) :]
        yield Step(len(text), text, 0.05, number=True, note=DATE_SIGNS)


def _separated(cells: Sequence[int], place: int) -> Iterator[Step]:
    """Return a mark that dot 6 parts from a number, because it could be a lowered digit."""
    for text in ",;!?«»":
        if cell_at(cells, place + 1) == PUNCTUATION[text][0]:
            yield from spaced(cells, place + 2, text, 2)


def _denominator(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    """Return the lowered digits as the denominator of a fraction."""
    below = lowered_run(cells, place)
    for length in range(len(below), 0, -1):
        above = state.text[len(state.text.rstrip("0123456789")) :]
        # No fraction has an empty numerator, or a denominator that begins with zero.
        if not above or below[0] == "0":
            return
        cost = _denominator_misfit(cells, place, below, length)
        vulgar = _VULGAR.get(f"{above}/{below[:length]}")
        if vulgar is not None:
            yield Step(length, vulgar, cost, erase=len(above))
        else:
            yield Step(length, "⁄" + below[:length], cost)


_LIKE_MARKS = {"4": 2.5, "1": 2.5, "3": 1.5, "6": 1.5, "9": 1.0, "2": 0.6}
"""Penalty of a denominator whose lowered digits look like a mark of punctuation: a lone 256 or 2
after a number is nearly always a full stop or a comma."""


def _denominator_misfit(
    cells: Sequence[int],
    place: int,
    below: str,
    length: int,
) -> float:
    """Return the penalty of the first `length` of the lowered digits as a denominator."""
    cost = _LIKE_MARKS.get(below[:length], 0.3)
    if length < len(below):
        cost += 1.5
    if cell_at(cells, place + length) == NUMBER:
        # Dearer, because a number does not follow a fraction at once.
        return cost + 5.0
    if length == len(below) and below == "3" and _term_ends(cells, place + 1):
        # Only where a colon cannot stand is the cell hardly doubted.
        return 0.05
    return cost


def _term_ends(cells: Sequence[int], place: int) -> bool:
    """Tell whether the line ends here, or an operation follows."""
    return cell_at(cells, place) == -1 or (
        cell_at(cells, place) == BLANK and cell_at(cells, place + 1) in _OPERATING
    )


def letter_steps(
    cells: Sequence[int],
    place: int,
    state: Before,
    expected: str | None,
) -> Iterator[Step]:
    """Return alphabet and capital signs, and letters with and without the signs they should have."""
    cell = cells[place]
    if cell in _SIGN_OF and not state.capitals:
        yield from _alphabet_sign(cells, place, state)
    for name in ALPHABETS:
        letter = LETTERS[name].get(cell)
        if letter is None:
            continue
        yield from _one_letter(cells, place, state, name, letter, expected)


def _alphabet_sign(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    """Return what a capital or small sign does to the letters after it."""
    cell = cells[place]
    following = cell_at(cells, place + 1)
    name, capital = _SIGN_OF[cell]
    if following in LETTERS[name]:
        needless = not capital and name == state.alphabet and not state.number
        cost = 0.3 if needless else 0.0
        yield Step(1, "", cost, capitals=1 if capital else -1, alphabet=name)
    if capital and cell_at(cells, place + 2) in LETTERS[name]:
        yield from _run_of_capitals(cells, place, name)


def _run_of_capitals(cells: Sequence[int], place: int, name: str) -> Iterator[Step]:
    """Return the ways in which a capital sign stands for several letters."""
    following = cell_at(cells, place + 1)
    # The guide puts one sign before a run of capitals, so the letters behind it need none.
    if following in LETTERS[name]:
        yield Step(1, "", _all_capitals(cells, place + 1, name), capitals=2, alphabet=name)
    if following == cells[place]:
        yield Step(2, "", capitals=2, alphabet=name)


def _all_capitals(cells: Sequence[int], place: int, name: str) -> float:
    """Return the penalty of one sign for all letters of the run: «Ivan» is likelier than «IVAN»."""
    end = place
    while cell_at(cells, end) in LETTERS[name]:
        end += 1
    run = "".join(LETTERS[name][cell] for cell in cells[place:end])
    following = cell_at(cells, end)
    if name == "la" and (_is_formula(run, following) or is_roman(run)):
        return -0.5
    # A word has a vowel: without one it is an abbreviation, as РПЦ, or a unit of two letters, as Кл.
    return -0.5 if name == "ru" and len(run) > 2 and not set(run) & VOWELS else 1.8


def _is_formula(run: str, following: int) -> bool:
    """Tell whether one-letter elements stand here: CO2 and not Co2, OH and no element Oh."""
    counted = following in (NUMBER, SUBSCRIPT)
    known = run.capitalize() in TWO_LETTER_ELEMENTS
    return set(run) <= ONE_LETTER_ELEMENTS and (counted or (len(run) == 2 and not known))


def is_roman(run: str) -> bool:
    """Tell whether these small letters are a Roman numeral of two signs or more, and no element."""
    element = run.capitalize() in TWO_LETTER_ELEMENTS
    return len(run) > 1 and not element and _ROMAN.fullmatch(run) is not None


def _one_letter(
    cells: Sequence[int],
    place: int,
    state: Before,
    name: str,
    letter: str,
    expected: str | None,
) -> Iterator[Step]:
    """Return a letter, with the penalty of what the writer must have left out."""
    inside_word = (state.text[-1:].isalpha() and not state.number) or state.capitals == GROUP
    foreign = name != state.alphabet
    if not _letter_may_stand(state, name, inside_word):
        return
    cost = _unexpected(name, foreign, expected)
    if state.number:
        cost += _after_number(cells, place)
    if not inside_word:
        cost += _word_start(cells, place, letter) + _after_roman(state, name)
    yield Step(
        1,
        letter.upper() if state.capitals > 0 else letter,
        cost,
        capitals=state.capitals if state.capitals >= 2 else 0,
        alphabet=name if foreign else None,
        note=_sign_left_out(state, foreign),
    )


def _unexpected(name: str, foreign: bool, expected: str | None) -> float:
    """Return the penalty of a letter that is not expected here.

    That is a letter where digits are wanted, or one of another alphabet without its sign.
    """
    cost = 0.4 if expected == "digits" else 0.0
    if foreign:
        cost += 1.0 if expected == "latin" and name == "la" else 4.0
    return cost


def _after_roman(state: Before, name: str) -> float:
    """Return what the word behind a Roman numeral costs: «XIX век», with or without the sign for ru.

    The sign of the numeral holds in the rules, and yet nobody writes Latin words there.
    """
    word = state.text.rstrip(" ").rpartition(" ")[2]
    numeral = word[:1].isupper() and _ROMAN.fullmatch(word.lower())
    if state.alphabet != "la" or not numeral or not state.text.endswith(" "):
        return 0.0
    return {"la": 4.5, "ru": -3.5}.get(name, 0.0)


def _letter_may_stand(state: Before, name: str, inside_word: bool) -> bool:
    """Tell whether a letter of this alphabet can follow at all.

    A number sign wants a digit, and an alphabet does not change inside a word or after its sign.
    Greek always has its sign.
    """
    if state.number and not state.text[-1:].isdigit():
        return False
    return name == state.alphabet or not (state.capitals or inside_word or name == "el")


def _sign_left_out(state: Before, foreign: bool) -> str:
    """Return what the writer must have left out before a letter; "" for nothing."""
    if foreign:
        return NO_ALPHABET_SIGN
    return NO_SEPARATOR if state.number else ""


def _after_number(cells: Sequence[int], place: int) -> float:
    """Return the penalty of a letter right after a number; more where the cell may be a digit."""
    like_digit = cells[place] in _DIGITS and not _word_follows(cells, place)
    return 1.2 + (1.3 if like_digit else 0.0)


def _word_start(cells: Sequence[int], place: int, letter: str) -> float:
    """Return the penalty of letters that hardly begin a word: ъ, ь, and н where it may be №."""
    if letter in "ъь":
        return 2.0
    return 0.8 if letter == "н" and _number_mark(cells, place) else 0.0


def _number_mark(cells: Sequence[int], place: int) -> bool:
    """Tell whether № or №№ may stand here."""
    sign = cells[place]
    while cell_at(cells, place) == sign:
        place += 1
    return cell_at(cells, place) == NUMBER


def _word_follows(cells: Sequence[int], place: int) -> bool:
    """Tell whether the run of letters that begins here holds a cell that is no digit."""
    while cell_at(cells, place) in LETTERS["ru"]:
        if cells[place] not in _DIGITS:
            return True
        place += 1
    return False
