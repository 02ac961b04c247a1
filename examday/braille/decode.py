"""Cells → all the readings that Russian Braille allows, the likeliest first.

The code is ambiguous: `⠖` is "!" or "+", `⠕` is "о" or ">", a forgotten number sign turns digits
into letters, and Cyrillic and Latin share cells. A decoder that guesses in silence is worse than
none, so this one walks through all readings at once (a beam over the cells), and a person decides.
A reading whose own Braille is exactly the given cells comes before one that needs the writer to
have left something out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from examday.braille.cells import FULL, to_unicode
from examday.braille.encode import NoBraille, encode
from examday.braille.formulas import BAR, FORMULA, OPEN, formula_steps
from examday.braille.marks import NO_BLANK, blank_steps, sign_steps
from examday.braille.signs import (
    BREAK,
    DATE_SIGNS,
    NO_ALPHABET_SIGN,
    NO_NUMBER_SIGN,
    letter_steps,
    number_steps,
)
from examday.braille.steps import Step, pieces

_BEAM = 64
"""Readings followed at once: with fewer the right one may be lost on the way. Previews of whole
pages take fewer, which is faster."""
_NOT_EXACT = 3.0
"""Nats of a reading whose own Braille differs from the cells: the writer would have made a slip."""
_MOST_READINGS = 24
"""More than anybody would look through."""
EXPECTED = (None, "digits", "letters", "latin")

Source = Callable[[Sequence[int], int, "State", str | None], Iterator[Step]]


@dataclass(frozen=True, slots=True)
class State:
    """What the writing has in force after some cells."""

    alphabet: str = "ru"
    number: bool = False
    capitals: int = 0
    """0 none, 1 the next letter, 2 to the end of the word, 3 a chemical group, −1 a small letter
    must follow: what a cell means depends on it."""
    cost: float = 0.0
    text: str = ""
    notes: tuple[str, ...] = ()
    before: "State | None" = field(
        default=None,
        compare=False,
        repr=False,
    )
    """The state from which this one was reached: the way back gives each cell its text."""
    used: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a line."""

    text: str
    cost: float
    exact: bool
    """Its own Braille is exactly these cells; else the writer must have left something out."""
    notes: tuple[str, ...] = ()
    """What the writer must have left out, if it is right: a person who chooses should know what is
    assumed."""
    pieces: tuple[str, ...] = field(
        default=(),
        compare=False,
        repr=False,
    )
    """What each cell gave to the text (see `steps.pieces`), so that single cells can be read aloud.
    """


_SOURCES: tuple[Source, ...] = (
    number_steps,
    letter_steps,
    blank_steps,
    sign_steps,
    formula_steps,
)
_UNKNOWN = 12.0
"""Nats of a cell without any meaning: dearer than any sign that the writer may have forgotten."""


def readings(
    cells: Sequence[int],
    expected: str | None = None,
    most: int = _MOST_READINGS,
    beam: int = _BEAM,
) -> list[Reading]:
    """Return all readings of one line of cells, likeliest first, at most `most`; never empty.

    `expected`: what the task asks for ("digits", "letters", "latin" or None): it changes the order,
    not the set. `beam`: how many readings are followed at once; fewer are faster, for previews.
    """
    if expected not in EXPECTED:
        raise ValueError(f"expected is one of {EXPECTED}, not {expected!r}")
    waiting: list[dict[tuple[object, ...], State]] = [{} for _ in range(len(cells) + 1)]
    _keep(waiting[0], State("la" if expected == "latin" else "ru"))
    if expected == "latin":
        _keep(waiting[0], State(cost=0.5))
    for place in range(len(cells)):
        states = sorted(waiting[place].values(), key=lambda state: state.cost)[:beam]
        for state in states:
            _advance(cells, place, state, expected, waiting)
    ends = sorted(waiting[-1].values(), key=lambda end: end.cost)
    return _ranked(cells, ends[: 4 * beam], expected)[:most]


def _advance(
    cells: Sequence[int],
    place: int,
    state: State,
    expected: str | None,
    waiting: list[dict[tuple[object, ...], State]],
) -> None:
    """Add to `waiting` what each reading becomes with the cell at `place`."""
    found = False
    for source in _SOURCES:
        for step in source(cells, place, state, expected):
            found = True
            _keep(waiting[place + step.used], _after(state, step))
    # A cell without any meaning stays as it is: nothing that was written is dropped.
    if not found or cells[place] == FULL:
        cost = 0.0 if cells[place] == FULL else _UNKNOWN
        _keep(
            waiting[place + 1], _after(state, Step(1, to_unicode(cells[place : place + 1]), cost))
        )


def _after(state: State, step: Step) -> State:
    """Return the state after a step."""
    notes = state.notes
    if step.note and step.note not in notes:
        notes = (*notes, step.note)
    alphabet = step.alphabet or state.alphabet
    text = state.text[: len(state.text) - step.erase] + step.text
    return State(
        alphabet, step.number, step.capitals, state.cost + step.cost, text, notes, state, step.used
    )


def _keep(states: dict[tuple[object, ...], State], state: State) -> None:
    """Keep the cheaper of two states that cannot be told apart by what follows."""
    key = (state.alphabet, state.number, state.capitals, state.text)
    if key not in states or states[key].cost > state.cost:
        states[key] = state


def _ranked(cells: Sequence[int], ends: list[State], expected: str | None) -> list[Reading]:
    """Return the readings, each text once, by cost."""
    best: dict[str, Reading] = {}
    for state in ends:
        text = state.text.replace(BREAK, "")
        # A fraction that never ends was none: such a reading is dropped.
        if text in best or OPEN in text or BAR in text:
            continue
        exact = _writes(text, tuple(cells)) or _is_formula(state)
        cost = state.cost + (0.0 if exact or _assumed(state, expected) else _NOT_EXACT)
        best[text] = Reading(
            text,
            round(cost, 3),
            exact,
            state.notes,
            tuple(piece.replace(BREAK, "") for piece in pieces(state)),
        )
    return sorted(best.values(), key=lambda reading: reading.cost)


def _is_formula(state: State) -> bool:
    """Tell whether signs of formulas make up for what cannot be written back cell by cell."""
    # Inside a root or a fraction operations may stand without their blank, so that is no slip of
    # the writer.
    return FORMULA in state.notes and set(state.notes) <= {FORMULA, NO_BLANK}


def _assumed(state: State, expected: str | None) -> bool:
    """Tell whether all that the writer left out is what the task makes plain."""
    # A date without repeated signs can be nothing but a date: no doubt is raised for it.
    if state.notes == (DATE_SIGNS,) or expected == "digits":
        return state.notes in ((NO_NUMBER_SIGN,), (DATE_SIGNS,))
    return expected == "latin" and set(state.notes) <= {NO_ALPHABET_SIGN}


def _writes(text: str, cells: tuple[int, ...]) -> bool:
    """Tell whether the text's own Braille is exactly these cells."""
    try:
        # Capitals are marked in one of three ways, all of them right.
        return any(encode(text, way) == cells for way in ("word", "guide", "none"))
    except NoBraille:
        return False
