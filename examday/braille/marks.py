"""Blanks, punctuation, operations, indices: what a cell can mean that is neither letter nor digit."""

from collections.abc import Iterator, Sequence

from examday.braille.cells import BLANK
from examday.braille.steps import (
    LETTERS,
    Before,
    Step,
    begins_term,
    cell_at,
    lowered_run,
    numeric,
    spaced,
)
from examday.braille.tables import (
    BEYOND,
    MONEY,
    NUMBER,
    OPERATIONS,
    PARAGRAPH_SIGNS,
    PUNCTUATION,
    SEPARATOR,
    SET_APART,
    SIGNS,
    SUBSCRIPT,
    SUBSCRIPT_DIGITS,
    SUPERSCRIPT,
    SUPERSCRIPT_DIGITS,
)
from examday.domain.messages import N_

NO_BLANK = N_("blank before the operation missing")
NO_SLASH_SIGN = N_("dot 6 before the slash missing")

_ABOVE = {digit: character for character, digit in SUPERSCRIPT_DIGITS.items()}
_BELOW = {digit: character for character, digit in SUBSCRIPT_DIGITS.items()}
_MANY = tuple(sorted({**PUNCTUATION, **BEYOND}.items(), key=lambda item: -len(item[1])))
_LOOKS_LIKE_LETTERS = "→∈"


def blank_steps(
    cells: Sequence[int], place: int, state: Before, expected: str | None
) -> Iterator[Step]:
    """A blank, or a blank that belongs to an operation."""
    if cells[place] != BLANK:
        return
    yield Step(1, " ", 0.1)
    before = state.text[-1:]
    for text, sign in OPERATIONS.items():
        if tuple(cells[place + 1 : place + 1 + len(sign)]) == sign:
            likely = numeric(before) and begins_term(cells, place + 1 + len(sign))
            cost = (
                0.05
                if likely and text != "−"
                else 0.5
                if text == "−" and likely
                else 1.5
                if before
                else 3.0
            )
            if text == "=" or len(sign) > 1:
                cost = min(cost, 0.1)
            yield Step(1 + len(sign), text, cost)
            yield Step(1 + len(sign), f" {text} ", cost + 0.8)
    for text, sign in SET_APART.items():
        if (
            cell_at(cells, place + 1) == sign[0]
            and cell_at(cells, place + 2) in (BLANK, -1)
            and before
        ):
            likely = numeric(before) and (begins_term(cells, place + 3) or state.alphabet == "la")
            cost = 0.0 if likely else 2.5
            yield Step(min(3, len(cells) - place), text, cost)
            yield Step(min(3, len(cells) - place), f" {text} ", cost + 0.8)


def sign_steps(
    cells: Sequence[int], place: int, state: Before, expected: str | None
) -> Iterator[Step]:
    """Punctuation, brackets, indices and the other signs."""
    if state.capitals == 1 or state.capitals == -1:
        return
    for text, sign in _MANY:
        if tuple(cells[place : place + len(sign)]) == sign:
            yield from _punctuation(cells, place, state, text, len(sign))
    if cells[place] == SEPARATOR and cell_at(cells, place + 1) in (
        PUNCTUATION["["][0],
        PUNCTUATION["]"][0],
    ):
        yield Step(2, "[" if cells[place + 1] == PUNCTUATION["["][0] else "]")
    for text, sign in PARAGRAPH_SIGNS.items():
        if (
            cells[place] == sign[0]
            and cell_at(cells, place + 1) == NUMBER
            and not state.text[-1:].isalpha()
        ):
            yield Step(1, text + " ", 0.1)
            yield Step(1, text, 0.4)
        elif (
            tuple(cells[place : place + 3]) == (sign[0], sign[0], NUMBER)
            and not state.text[-1:].isalpha()
        ):
            yield Step(2, 2 * text + " ", 0.1)
            yield Step(2, 2 * text, 0.4)
    yield from _indices(cells, place, state)
    yield from _bare_operations(cells, place, state)


def _bare_operations(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    """Operations without their blank: right before a leading term, a slip of the writer elsewhere."""
    before = state.text[-1:] or " "
    for text, sign in OPERATIONS.items():
        if tuple(cells[place : place + len(sign)]) != sign or text == "−":
            continue
        term = begins_term(cells, place + len(sign))
        if text in "+±≈" and not state.text.strip(" ([«"):
            yield Step(len(sign), text, 0.2 if term else 1.5)
        elif numeric(before) and term:
            yield Step(len(sign), text, 2.0, note=NO_BLANK)
    goes_on = begins_term(cells, place + 1) or cell_at(cells, place + 1) in LETTERS["ru"]
    if cells[place] == PUNCTUATION["/"][1] and before.isalnum() and goes_on:
        yield Step(1, "/", 2.0, note=NO_SLASH_SIGN)


def _indices(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    before = state.text[-1:]
    if not (before.isalnum() or before in tuple(")]")):
        return
    digits = lowered_run(cells, place + 1)
    for length in range(len(digits), 0, -1):
        more = 0.0 if length == len(digits) else 1.5
        if cells[place] == SUPERSCRIPT:
            yield Step(1 + length, "".join(_ABOVE[d] for d in digits[:length]), 0.2 + more)
        elif cells[place] == SUBSCRIPT:
            latin = "a" <= before.lower() <= "z"
            yield Step(
                1 + length,
                "".join(_BELOW[d] for d in digits[:length]),
                (0.1 if latin else 3.0) + more,
            )


def _punctuation(
    cells: Sequence[int], place: int, state: Before, text: str, used: int
) -> Iterator[Step]:
    before, following = state.text[-1:], cell_at(cells, place + used)
    if text in ",;":
        yield from spaced(cells, place + used, text, used, 0.3 if state.number else 0.1)
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
    if text in "«»[]":
        return _pair_misfit(text, before, following, state)
    if text == "·":
        return _times_misfit(before, following, state)
    if text in "!?":
        return _full_stop_misfit(text, before, following)
    if text in BEYOND:
        return _beyond_misfit(text, following, state)
    if text == ":" and state.number and following == -1:
        return 1.0
    if text == "'":
        return 1.0 if before.isalnum() else 2.0
    return 1.0 if text == "*" and before in ("", " ") else 0.1


def _pair_misfit(text: str, before: str, following: int, state: Before) -> float:
    """Quotation marks and square brackets, which open before something and close after it; the
    brackets may be ъ and ь as well."""
    opening, nothing_follows = not before or before in " (-«[—", following in (BLANK, -1)
    if text == "«":
        return 0.1 if opening and not nothing_follows else 2.0
    if text == "»":
        return 0.1 if not opening else 2.5
    if text == "[":
        return 3.5 if before.isalnum() and not state.number else 2.6 if nothing_follows else 0.6
    return 3.5 if before.isalpha() else 0.2 if before else 2.6


def _beyond_misfit(text: str, following: int, state: Before) -> float:
    """Signs that the guide does not have; money may be an accent before a letter, others may be
    letters."""
    if text in MONEY:
        return 0.1 if following not in LETTERS[state.alphabet] else 2.0
    if text in _LOOKS_LIKE_LETTERS:
        return 0.3 if state.alphabet == "la" else 3.0
    return 0.1


def _full_stop_misfit(text: str, before: str, following: int) -> float:
    """Marks that end a sentence follow a word at once, and a blank, a quotation mark or another
    mark follows them."""
    if before in ("", " "):
        return 2.5 if text == "!" and (before or following != -1) else 1.0
    ends = (BLANK, -1, *(PUNCTUATION[sign][0] for sign in "»)!?.,-"), SEPARATOR)
    return 0.2 if following in ends else 1.2


def _times_misfit(before: str, following: int, state: Before) -> float:
    """A point between factors: numbers, terms with their sign, single Latin letters, or with a
    blank on both sides."""
    if numeric(before or " ") and (following == NUMBER or following in SIGNS["la"]):
        return 0.5
    if (
        state.alphabet == "la"
        and before.isalpha()
        and not state.text[-2:-1].isalpha()
        and following in LETTERS["la"]
    ):
        return 0.7
    return 0.5 if before == " " and following == BLANK else 3.0


def _dash(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    yield Step(1, "-", 0.1)
    if cell_at(cells, place + 1) == BLANK and state.text and state.text[-1] != " ":
        between = cell_at(cells, place + 2) not in (-1, BLANK)
        yield Step(2, " — ", 0.0 if between else 2.0)
        yield Step(2, " - ", 0.3 if between else 2.0)
        yield Step(2, " – ", 0.9 if between else 2.0)
