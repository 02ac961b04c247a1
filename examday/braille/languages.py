"""Uncontracted Braille of the language exams (English, German, French, Spanish).

Also the one door for all languages, Russian included. Letters and signs agree with liblouis
(`en-ueb-g1`, `de-g0` with capitals, `fr-bfu-comp6`, `es-g1`); a test compares them where liblouis
is installed. In French the full cell is é, no deletion mark: the language is known before reading.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from examday.braille import decode, encode
from examday.braille.cells import BLANK, FULL, masks, to_unicode
from examday.braille.decode import Reading
from examday.braille.encode import NoBraille
from examday.braille.steps import pieces
from examday.braille.tables import LATIN, NUMBER, UPPER

Cells = tuple[int, ...]


def _cells(table: str) -> dict[str, Cells]:
    """Read a table of «character=dots» entries."""
    return {entry[0]: masks(entry[2:]) for entry in table.split()}


@dataclass(frozen=True)
class Language:
    """Tables of one language."""

    letters: Mapping[str, Cells]
    capital: Cells
    """Before one capital letter; optional, so its absence says nothing."""
    capitals: Cells
    """Before a word of capitals, which would else need a sign at each letter."""
    signs: Mapping[str, Cells]
    number: int = masks("3456")[0]
    digits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType(dict(UPPER)))
    older_numbers: bool = False
    """Numbers may be written as elsewhere too: 3456 and the cells of a–j."""
    within: Mapping[str, int] = field(default_factory=dict)
    """Signs that stand between two digits without a new number sign: elsewhere they end the number.
    """
    letter_sign: Cells = ()
    """Before a letter that would be read as a digit."""

    @property
    def notations(self) -> tuple[tuple[int, Mapping[str, int]], ...]:
        """Number sign and digits of each way to write numbers, the usual one first."""
        usual = (self.number, self.digits)
        return (usual, (NUMBER, UPPER)) if self.older_numbers else (usual,)


_COMMON = _cells(",=2 ;=23 :=25 !=235 '=3 -=36")
"""Marks that all four languages write alike; what differs stands with its language."""
_ANTOINE = dict(
    zip("1234567890", masks("16-126-146-1456-156-1246-12456-1256-246-3456"), strict=True)
)
"""French digits of the Antoine notation: with dot 6, so that they are no letters."""

FOREIGN: Mapping[str, Language] = MappingProxyType(
    {
        "en": Language(
            LATIN,
            masks("6"),
            masks("6-6"),
            _COMMON
            | _cells(
                '.=256 ?=236 (=5-126 )=5-345 "=236 “=236 ”=356 /=456-34 %=46-356 +=5-235 ==5-2356 $=4-234'
                " £=4-123 €=4-15 #=456-1456 @=4-1 &=4-12346 [=46-126 ]=46-345 *=5-35 °=45-245 —=6-36 …=256-256-256"
            ),
            within={",": masks("2")[0], ".": masks("256")[0]},
            letter_sign=masks("56"),
        ),
        "de": Language(
            {**LATIN, **_cells("ä=345 ö=246 ü=1256 ß=2346")},
            masks("46"),
            masks("45"),
            _COMMON
            | _cells(
                ".=3 ?=26 (=2356 )=2356 \"=236 „=236 “=356 '=6 %=3456-245-356 /=5-2"
                " +=4-235 ==4-2356 §=346 $=4-234 £=4-123 €=4-15 °=4-356 …=3-3-3"
            ),
            within={",": masks("2")[0], ".": masks("3")[0]},
            letter_sign=masks("6"),
        ),
        "fr": Language(
            {
                **LATIN,
                **_cells(
                    "ç=12346 é=123456 à=12356 è=2346 ù=23456 â=16 ê=126 î=146 ô=1456 û=156 ë=1246 ï=12456 ü=1256 œ=246"
                ),
            },
            masks("46"),
            masks("46-46"),
            _COMMON
            | _cells(
                '.=256 ?=26 (=236 )=356 "=2356 «=2356 »=2356 %=5-346 /=34 +=6-235 ==6-2356'
                " $=45-234 £=45-123 €=45-15 §=5-1234 @=345 *=35 °=5-135 …=256-256-256"
            ),
            number=masks("6")[0],
            digits=MappingProxyType(_ANTOINE),
            # Both signs are read, because the uniform code has the mathematical sign 6 beside the
            # numerical sign 3456.
            older_numbers=True,
            within={",": masks("2")[0], ".": masks("256")[0]},
        ),
        "es": Language(
            {**LATIN, **_cells("á=12356 é=2346 í=34 ó=346 ú=23456 ü=1256 ñ=12456")},
            masks("46"),
            masks("46-46"),
            _COMMON
            | _cells(
                ".=3 ?=26 ¿=26 !=235 ¡=235 (=126 )=345 \"=236 «=236 »=236 '=6 %=456-356 +=235 ==2356 /=6-2"
                " $=456-234 €=456-15 &=6-12346 *=35 …=3-3-3"
            ),
            within={",": masks("2")[0], ".": masks("3")[0]},
            letter_sign=masks("5"),
        ),
    }
)
LANGUAGES = ("ru", *FOREIGN)


def notations_of(language: str) -> tuple[tuple[int, Mapping[str, int]], ...]:
    """Return number sign and digits of each way to write numbers in this language."""
    return FOREIGN[language].notations if language in FOREIGN else ((NUMBER, UPPER),)


def encode_in(language: str, text: str, capitals: str = "word") -> Cells:
    """Turn one line of text into cells.

    NoBraille names a character without cells; ValueError for an unknown language.
    """
    if language == "ru":
        return encode.encode(text, capitals)
    return _encode(FOREIGN[_known(language)], text, capitals != "none")


def readings_in(
    language: str,
    cells: Sequence[int],
    expected: str | None = None,
    most: int = 24,
    beam: int = 64,
) -> list[Reading]:
    """Return all readings of one line of cells, likeliest first; `beam` are followed at once."""
    if language == "ru":
        return decode.readings(cells, expected, most, beam)
    return _readings(FOREIGN[_known(language)], tuple(cells), beam)[:most]


def deletes(language: str, dots: int) -> bool:
    """Tell whether a cell is the mark by which a writer deletes a wrong sign.

    The full cell, except in French, where it is é.
    """
    return dots == FULL and language != "fr"


def _known(language: str) -> str:
    """Return the language; ValueError when it is none of ours."""
    if language not in FOREIGN:
        raise ValueError(f"language is one of {LANGUAGES}, not {language!r}")
    return language


def _encode(
    language: Language,
    text: str,
    marked: bool,
    notation: int = 0,
) -> Cells:
    """Turn one line into cells; `marked`: with capital signs, `notation`: of numbers."""
    number, digits = language.notations[notation]
    cells: list[int] = []
    in_number = whole_word = False
    text = _typographic(text) if "”" in language.signs else text
    for place, character in enumerate(text):
        following = text[place + 1 : place + 2]
        if character in digits:
            cells += [] if in_number else [number]
            cells.append(digits[character])
            in_number, whole_word = True, False
            continue
        if in_number and character in language.within and following in digits:
            cells.append(language.within[character])
            continue
        if character.lower() in language.letters:
            sign, whole_word = _letter_sign(language, text, place, in_number, whole_word, marked)
            cells += [*sign, *language.letters[character.lower()]]
        else:
            cells += _other(language, character, place)
            whole_word = False
        in_number = False
    return tuple(cells)


def _typographic(text: str) -> str:
    """Open and close straight quotation marks, where the language has a cell for each."""
    return "".join(
        character if character != '"' else "“" if place == 0 or text[place - 1] in " (-" else "”"
        for place, character in enumerate(text)
    )


def _letter_sign(
    language: Language,
    text: str,
    place: int,
    in_number: bool,
    whole_word: bool,
    marked: bool,
) -> tuple[Cells, bool]:
    """Return the sign before a letter, and whether a word of capitals goes on.

    A capital sign, or the sign that parts a letter from a number before it.
    """
    letter = text[place]
    if letter.isupper() and marked:
        if whole_word:
            return (), True
        if _is_capital_word(language, text, place):
            return language.capitals, True
        return language.capital, False
    like_digit = language.letters[letter.lower()][0] in language.digits.values()
    return (language.letter_sign if in_number and like_digit else ()), False


def _is_capital_word(language: Language, text: str, place: int) -> bool:
    """Tell whether a word of two or more letters, all capitals, begins here."""
    if place and text[place - 1].lower() in language.letters:
        return False
    end = place
    while end < len(text) and text[end].lower() in language.letters:
        end += 1
    return end - place > 1 and text[place:end].isupper()


def _other(language: Language, character: str, place: int) -> Cells:
    """Return the cells of a blank or a mark; NoBraille for anything else."""
    if character in " \u00a0":
        return (BLANK,)
    if 0x2800 <= ord(character) <= 0x283F:
        return (ord(character) - 0x2800,)
    dash = "—" if "—" in language.signs else "-"
    # German print has its quotation marks both ways, Braille one pair: both are written as the one.
    quotes = {"»": "„", "«": "“"} if "„" in language.signs else {}
    plain = {"’": "'", "–": dash, "—": dash, **quotes}.get(character, character)
    if plain not in language.signs:
        raise NoBraille(character, place)
    return language.signs[plain]


@dataclass(frozen=True, slots=True)
class _State:
    """What the writing has in force after some cells."""

    text: str = ""
    cost: float = 0.0
    number: int = 0
    """Which notation of numbers holds, from 1 (0: none): the cells of digits are letters elsewhere."""
    capitals: int = 0
    before: "_State | None" = field(
        default=None,
        compare=False,
        repr=False,
    )
    """The state from which this one was reached: the way back gives each cell its text."""
    used: int = 0


def _readings(language: Language, cells: Cells, beam: int) -> list[Reading]:
    """Return the readings, each text once, by cost."""
    found: dict[str, Reading] = {}
    for state in _ends(language, cells, beam):
        exact = _exact(language, state.text, cells)
        cost = round(state.cost + (0.0 if exact else 3.0), 3)
        found.setdefault(state.text, Reading(state.text, cost, exact, pieces=pieces(state)))
    return sorted(found.values(), key=lambda reading: reading.cost)


def _ends(language: Language, cells: Cells, beam: int) -> list[_State]:
    """Return every way to read all cells, cheapest first; at each cell the `beam` cheapest go on."""
    waiting: list[dict[tuple[str, int, int], _State]] = [{} for _ in range(len(cells) + 1)]
    waiting[0][("", 0, 0)] = _State()
    for place in range(len(cells)):
        for state in sorted(waiting[place].values(), key=lambda s: s.cost)[:beam]:
            for used, step in _steps(language, cells, place, state):
                after = replace(step, before=state, used=used)
                key = (after.text, after.number, after.capitals)
                old = waiting[place + used].get(key)
                if old is None or old.cost > after.cost:
                    waiting[place + used][key] = after
    return sorted(waiting[-1].values(), key=lambda s: s.cost)


def _exact(language: Language, text: str, cells: Cells) -> bool:
    """Tell whether the text's own Braille is exactly these cells, with or without capital signs."""
    try:
        return any(
            _encode(language, text, marked, notation) == cells
            for marked in (True, False)
            for notation in range(len(language.notations))
        )
    except NoBraille:
        return False


def _steps(
    language: Language,
    cells: Cells,
    place: int,
    state: _State,
) -> Iterator[tuple[int, _State]]:
    """Return what the cell at a place can be: (cells used, state after)."""
    yield from _number_steps(language, cells, place, state)
    yield from _letter_steps(language, cells, place, state)
    cell = cells[place]
    following = _at(cells, place + 1)
    for text, sign in language.signs.items():
        if cells[place : place + len(sign)] == sign:
            fit = _fit(text, state.text, following)
            yield len(sign), _add(state, text, fit)
            if text in "“”":
                yield len(sign), _add(state, '"', fit - 0.05)
    letters = _letters(language)
    if cell == BLANK:
        yield 1, _add(state, " ")
    elif cell not in letters:
        # Nothing that was written is dropped: a cell without meaning stays as it is. A deletion
        # mark costs nothing, for nothing was to be read.
        yield 1, _add(state, to_unicode([cell]), 0.0 if cell == FULL else 8.0)


def _at(cells: Cells, place: int) -> int:
    """Return the cell at a place; −1 outside the line."""
    return cells[place] if place < len(cells) else -1


def _letters(language: Language) -> dict[int, str]:
    """Return dots → letter of the language."""
    return {value[0]: letter for letter, value in language.letters.items()}


def _add(
    state: _State,
    text: str,
    cost: float = 0.0,
    number: int = 0,
    capitals: int = 0,
) -> _State:
    """Return the state with more text."""
    return _State(state.text + text, state.cost + cost, number, capitals)


def _number_steps(
    language: Language,
    cells: Cells,
    place: int,
    state: _State,
) -> Iterator[tuple[int, _State]]:
    """Return what a cell can be as number sign, digit, or sign inside a number."""
    following = _at(cells, place + 1)
    for notation, (sign, digits) in enumerate(language.notations, 1):
        if cells[place] == sign and following in digits.values():
            yield 1, _add(state, "", number=notation)
    if state.number:
        yield from _inside_number(language, cells[place], following, state)


def _inside_number(
    language: Language,
    cell: int,
    following: int,
    state: _State,
) -> Iterator[tuple[int, _State]]:
    """Return what a cell can be after a number sign: a digit, a sign, or the end of the number."""
    _sign, table = language.notations[state.number - 1]
    digits = {value: digit for digit, value in table.items()}
    if cell in digits:
        yield 1, _add(state, digits[cell], number=state.number)
    for sign, value in language.within.items():
        if value == cell and following in digits:
            yield 1, _add(state, sign, number=state.number)
    if (cell,) == language.letter_sign and following in _letters(language):
        yield 1, _add(state, "")


def _letter_steps(
    language: Language,
    cells: Cells,
    place: int,
    state: _State,
) -> Iterator[tuple[int, _State]]:
    """Return what a cell can be as capital sign or letter."""
    letters = _letters(language)
    cell = cells[place]
    for sign, capitals in ((language.capitals, 2), (language.capital, 1)):
        if cells[place : place + len(sign)] == sign and _at(cells, place + len(sign)) in letters:
            yield len(sign), _add(state, "", 0.05 * (2 - capitals), capitals=capitals)
    if cell in letters:
        letter = letters[cell].upper() if state.capitals else letters[cell]
        # A letter right after a number would need its sign where it looks like a digit: without one
        # it is hardly a letter.
        digits = language.notations[state.number - 1][1].values() if state.number else ()
        cost = 2.5 if cell in digits else 0.0
        yield 1, _add(state, letter, cost, capitals=2 if state.capitals == 2 else 0)


def _fit(sign: str, before: str, following: int) -> float:
    """Return the penalty of a sign at this place."""
    # Where the cells of a pair are alike, only the place tells them apart: they open before a word
    # and close after it.
    opening = not before or before[-1] in ' («„“¿¡"'
    if sign in "(«„“¿¡":
        return 0.1 if opening and following not in (BLANK, -1) else 2.0
    if sign in ")»”":
        return 0.1 if not opening else 2.0
    if sign in "?!":
        return 0.1 if not opening else 1.0
    return {'"': 0.5, "…": 0.7}.get(sign, 0.2)
