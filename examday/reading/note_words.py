"""Words for the values of notes on a page: sides of the sheet and its black squares.

Notes are stored and sent as JSON, where a text of the program cannot be told from any other text.
"""

from collections.abc import Iterator, Mapping

from examday.domain.messages import N_
from examday.reading.doubts import MISSING
from examday.reading.faded import REPLACEMENTS

SQUARES = {
    "top_left": N_("top left"),
    "top_right": N_("top right"),
    "mid_right": N_("middle right"),
    "middle": N_("middle"),
    "bottom_left": N_("bottom left"),
    "bottom_right": N_("bottom right"),
}
"""Black square of the forms that are shipped → words: nobody should have to read «mid_right».
Squares of a learned form keep their names."""
ROWS = {REPLACEMENTS: N_("replacement of wrong answers")}
WORDS = {str(word): word for word in MISSING.values()} | SQUARES | ROWS


LONG_RUN = 3
"""«6, 7» is as short as «6–7» and read without counting; from three on a span is shorter."""


def in_words(params: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a stored note with texts of the program as such (`i18n.spoken`)."""
    return {key: _in_words(value, key == "where") for key, value in params.items()}


def _in_words(value: object, places: bool) -> object:
    parts = value.split(", ") if isinstance(value, str) else []
    if places:
        parts = [part for run in _runs(parts) for part in _span(run)]
    if any(part in WORDS for part in parts):
        return [WORDS.get(part, part) for part in parts]
    return ", ".join(parts) if places and parts else value


def _runs(parts: list[str]) -> Iterator[list[str]]:
    """The parts, those numbers together that follow each other."""
    run: list[str] = []
    for part in parts:
        if run and not (part.isdecimal() and run[-1].isdecimal() and int(part) == int(run[-1]) + 1):
            yield run
            run = []
        run.append(part)
    if run:
        yield run


def _span(run: list[str]) -> list[str]:
    return [f"{run[0]}–{run[-1]}"] if len(run) >= LONG_RUN else run
