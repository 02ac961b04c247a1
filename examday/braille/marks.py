"""Marks: what a cell can mean that is neither letter nor digit.

Blanks, punctuation, operations. Penalties are in rough nats, see `steps`.
"""

from collections.abc import Iterator, Sequence

from examday.braille.cells import BLANK
from examday.braille.steps import (
    LETTERS,
    Before,
    Step,
    begins_term,
    cell_at,
    numeric,
    spaced,
)
from examday.braille.tables import (
    ACCENT,
    ACCENT_SIGN,
    BEYOND,
    MONEY,
    NUMBER,
    OPERATIONS,
    PARAGRAPH_SIGNS,
    PUNCTUATION,
    SEPARATOR,
    SET_APART,
    SIGNS,
    VOWELS,
)
from examday.domain.messages import N_

NO_BLANK = N_("blank before the operation missing")
NO_SLASH_SIGN = N_("dot 6 before the slash missing")

_MANY = tuple(sorted({**PUNCTUATION, **BEYOND}.items(), key=lambda item: -len(item[1])))
"""Longest first, so that three full stops are found before one."""
_BARE = {text: sign for text, sign in OPERATIONS.items() if text != "−"}
"""Operations that can stand without their blank. Not the minus: its cell would be a hyphen."""
_LOOKS_LIKE_LETTERS = "→∈"
"""Their cells are letters in running text; in formulas they are arrows and sets."""
_OPENING = " (-«[—"
"""After these a quotation mark opens, elsewhere it closes."""


def blank_steps(
    cells: Sequence[int],
    place: int,
    state: Before,
    expected: str | None,
) -> Iterator[Step]:
    """Return what a blank can be: itself, or the blank that belongs to an operation."""
    if cells[place] != BLANK:
        return
    yield Step(1, " ", 0.1)
    for text, sign in OPERATIONS.items():
        if tuple(cells[place + 1 : place + 1 + len(sign)]) == sign:
            cost = _operation_misfit(cells, place, state, text, sign)
            yield Step(1 + len(sign), text, cost)
            yield Step(1 + len(sign), f" {text} ", cost + 0.8)
    if state.text and cell_at(cells, place + 2) in (BLANK, -1):
        yield from _set_apart(cells, place, state)


def _set_apart(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    """Return operations with a blank on both sides."""
    term_follows = begins_term(cells, place + 3) or state.alphabet == "la"
    # Between anything but terms «о» and «э» are far likelier than > and <.
    cost = 0.0 if numeric(state.text[-1:]) and term_follows else 2.5
    used = min(3, len(cells) - place)
    for text, sign in SET_APART.items():
        if cell_at(cells, place + 1) == sign[0]:
            yield Step(used, text, cost)
            yield Step(used, f" {text} ", cost + 0.8)


def _operation_misfit(
    cells: Sequence[int],
    place: int,
    state: Before,
    text: str,
    sign: Sequence[int],
) -> float:
    """Return the penalty of an operation with its blank at this place."""
    before, behind = state.text[-1:], place + 1 + len(sign)
    if numeric(before) and (begins_term(cells, behind) or _is_variable(cells, behind, state)):
        cost = 0.05
    else:
        cost = 1.5 if before else 3.0
    return min(cost, 0.1) if text == "=" or len(sign) > 1 else cost


def _is_variable(cells: Sequence[int], place: int, state: Before) -> bool:
    """Tell whether one letter of the alphabet in force stands alone here: b in «a−b»."""
    letters = LETTERS[state.alphabet]
    alone = cell_at(cells, place + 1) not in letters
    return state.alphabet in ("la", "el") and cell_at(cells, place) in letters and alone


def sign_steps(
    cells: Sequence[int],
    place: int,
    state: Before,
    expected: str | None,
) -> Iterator[Step]:
    """Return punctuation, brackets, indices and the other signs at this place."""
    # After a capital or small sign only a letter may come.
    if state.capitals in (1, -1):
        return
    for text, sign in _MANY:
        if tuple(cells[place : place + len(sign)]) == sign:
            yield from _punctuation(cells, place, state, text, len(sign))
    if cells[place] == SEPARATOR:
        for bracket in "[]":
            if cell_at(cells, place + 1) == PUNCTUATION[bracket][0]:
                yield Step(2, bracket)
    if not state.text[-1:].isalpha():
        yield from _paragraph_signs(cells, place)
    vowel = LETTERS["ru"].get(cell_at(cells, place + 1), "")
    if cells[place] == ACCENT_SIGN and state.alphabet == "ru" and vowel in VOWELS:
        yield Step(2, vowel + ACCENT, 0.3)
    yield from _bare_operations(cells, place, state)


def _paragraph_signs(cells: Sequence[int], place: int) -> Iterator[Step]:
    """Return §, №, and both doubled, before a number."""
    for text, (sign, *_) in PARAGRAPH_SIGNS.items():
        times = 1 if cell_at(cells, place + 1) == NUMBER else 2
        if tuple(cells[place : place + times + 1]) == (*[sign] * times, NUMBER):
            yield Step(times, times * text + " ", 0.1)
            yield Step(times, times * text, 0.4)


def _bare_operations(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    """Return operations without their blank.

    Right before a leading term; elsewhere a slip of the writer.
    """
    before = state.text[-1:] or " "
    for text, sign in _BARE.items():
        if tuple(cells[place : place + len(sign)]) != sign:
            continue
        term = begins_term(cells, place + len(sign))
        if text in "+±≈" and not state.text.strip(" ([«"):
            yield Step(len(sign), text, 0.2 if term else 1.5)
        elif numeric(before) and term:
            yield Step(len(sign), text, 2.0, note=NO_BLANK)
    if cells[place] == PUNCTUATION["/"][1]:
        yield from _bare_slash(cells, place, before)


def _bare_slash(cells: Sequence[int], place: int, before: str) -> Iterator[Step]:
    """Return a slash without its dot 6, between letters or digits and a term or a letter."""
    goes_on = begins_term(cells, place + 1) or cell_at(cells, place + 1) in LETTERS["ru"]
    if before.isalnum() and goes_on:
        yield Step(1, "/", 2.0, note=NO_SLASH_SIGN)


def _punctuation(
    cells: Sequence[int],
    place: int,
    state: Before,
    text: str,
    used: int,
) -> Iterator[Step]:
    """Return a mark in the ways in which print may have it."""
    before = state.text[-1:]
    following = cell_at(cells, place + used)
    if text in ",;":
        yield from spaced(cells, place + used, text, used, 0.3 if state.number else 0.1)
        return
    if text == "-":
        yield from _dash(cells, place, state)
        return
    cost = _misfit(text, before, following, state)
    yield Step(used, text, cost)
    if text in "«»":
        yield Step(used, '"', cost + 1.0)
    if text == "…":
        yield Step(used, "...", 0.4)


def _misfit(
    text: str,
    before: str,
    following: int,
    state: Before,
) -> float:
    """Return the penalty of a mark at this place."""
    if text == "#" and set(state.text) & set("√∛∜"):
        # Inside a root this cell ends the root, so it is hardly a mark of its own.
        return 3.0
    if text in "«»":
        return _quote_misfit(text, before, following)
    if text in "[]":
        return _bracket_misfit(text, before, following, state)
    if text == "·":
        return _times_misfit(before, following, state)
    if text in "!?":
        return _full_stop_misfit(text, before, following, state)
    if text in BEYOND:
        return _beyond_misfit(text, following, state)
    return _plain_misfit(text, before, following, state)


def _plain_misfit(
    text: str,
    before: str,
    following: int,
    state: Before,
) -> float:
    """Return the penalty of the remaining marks."""
    if text == "'":
        return 1.0 if before.isalnum() else 2.0
    colon_at_end = text == ":" and state.number and following == -1
    note_star = text == "*" and before in ("", " ")
    return 1.0 if colon_at_end or note_star else 0.1


def _quote_misfit(text: str, before: str, following: int) -> float:
    """Return the penalty of a quotation mark: it opens before something and closes after it."""
    opening = not before or before in _OPENING
    if text == "«":
        return 0.1 if opening and following not in (BLANK, -1) else 2.0
    return 0.1 if not opening else 2.5


def _bracket_misfit(
    text: str,
    before: str,
    following: int,
    state: Before,
) -> float:
    """Return the penalty of a square bracket, which may be ъ or ь as well."""
    if text == "[" and before.isalnum() and not state.number:
        return 3.5
    if text == "[":
        return 2.6 if following in (BLANK, -1) else 0.6
    if before.isalpha():
        return 3.5
    return 0.2 if before else 2.6


def _beyond_misfit(text: str, following: int, state: Before) -> float:
    """Return the penalty of signs that the guide does not have.

    Money may be an accent before a letter, others may be letters.
    """
    if text in MONEY:
        return 0.1 if following not in LETTERS[state.alphabet] else 2.0
    if text in _LOOKS_LIKE_LETTERS:
        return 0.3 if state.alphabet == "la" else 3.0
    return 0.1


def _full_stop_misfit(
    text: str,
    before: str,
    following: int,
    state: Before,
) -> float:
    """Return the penalty of marks that end a sentence.

    They follow a word at once, and a blank, a quotation mark or another mark follows them.
    """
    if state.number and following == NUMBER:
        # After a number the mark has dot 6 before it, so bare it is rather an operation without its
        # blank.
        return 5.5
    if before in ("", " "):
        return 2.5 if text == "!" and (before or following != -1) else 1.0
    ends = (BLANK, -1, *(PUNCTUATION[sign][0] for sign in "»)!?.,-"), SEPARATOR)
    return 0.2 if following in ends else 1.2


def _times_misfit(before: str, following: int, state: Before) -> float:
    """Return the penalty of a point between factors.

    Numbers, terms with their sign, single Latin letters, or with a blank on both sides.
    """
    if numeric(before or " ") and following in (NUMBER, *SIGNS["la"]):
        return 0.5
    one_letter = before.isalpha() and not state.text[-2:-1].isalpha()
    if state.alphabet == "la" and one_letter and following in LETTERS["la"]:
        return 0.7
    return 0.5 if before == " " and following == BLANK else 3.0


def _dash(cells: Sequence[int], place: int, state: Before) -> Iterator[Step]:
    """Return a hyphen, or a dash with the blanks that print puts around it."""
    yield Step(1, "-", 0.1)
    if cell_at(cells, place + 1) != BLANK:
        return
    if state.text[-1:] in ("", " "):
        # Direct speech, or after the blank of a comma; before a number it may be a minus, so a
        # dash costs more there.
        number = begins_term(cells, place + 2)
        yield Step(2, "— ", 0.4 if number else 0.0)
        yield Step(2, "- ", 0.1)
    else:
        between = cell_at(cells, place + 2) not in (-1, BLANK)
        yield Step(2, " — ", 0.0 if between else 2.0)
        yield Step(2, " - ", 0.3 if between else 2.0)
        yield Step(2, " – ", 0.9 if between else 2.0)
