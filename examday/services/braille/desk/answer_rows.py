"""One answer as it was taken from the entry: what it says, and what is doubtful about it."""

from dataclasses import dataclass

from examday.braille.decode import Reading as Decoded
from examday.braille.signs import NO_NUMBER_SIGN
from examday.domain.messages import N_
from examday.domain.transfer.alphabet import fold
from examday.domain.transfer.fields import is_long
from examday.services.braille.cells import answers
from examday.services.braille.cells.alphabets import lines_of
from examday.services.braille.cells.strips import Strip
from examday.services.braille.cells.typed_lines import strip_of_line
from examday.services.braille.desk.transcription import Desk
from examday.services.rules.exam_forms import alphabet_for

_NEARLY_AS_LIKELY = 3.0
"""Nats; a reading further from the likeliest one makes no doubt, but can still be chosen."""
_MOST_OFFERED = 6
"""Readings to choose from: a longer list would be read slower than the answer is typed."""


NO_TASK, TWICE, SEVERAL, SLIP, FOREIGN, BREAK = (
    "no-task",
    "twice",
    "several",
    "slip",
    "foreign",
    "break",
)
DOUBT_NAMES = {
    NO_TASK: N_("no task number of this exam"),
    TWICE: N_("this task is answered more than once"),
    SEVERAL: N_("can be read in several ways"),
    SLIP: N_("these cells are not written by the rules"),
    FOREIGN: N_("holds a character that the form does not have"),
    BREAK: N_("a word at a line end: put together or with a hyphen?"),
}
"""Why an answer is to be looked at. Without a reason in words nobody knows what to look for."""


@dataclass(frozen=True)
class AnswerRow:
    """One answer of an entry."""

    place: int
    """In the order of the entry, from 0, as a task that was answered twice has two of them."""
    entered: answers.Entered
    field: str
    """Where it belongs; "" for a number that is no task of the exam: it is shown, not dropped."""
    readings: tuple[Decoded, ...]
    """What may be chosen: only readings that the form of the task can hold."""
    strips: list[Strip]
    """Its cells; none for plain text, and none for essays: thousands of drawings help nobody."""
    long: bool
    doubts: tuple[str, ...]
    """Why it is to be looked at; empty where nothing is asked."""
    without_capitals: bool = False
    """A long answer whose writer marks no capitals: said once, because it is no error."""

    @property
    def text(self) -> str:
        """What is handed in when nothing else is chosen."""
        return self.readings[0].text if self.readings else self.entered.text


def row_of(
    desk: Desk,
    place: int,
    one: answers.Entered,
    field: str,
    twice: bool,
) -> AnswerRow:
    """Return one answer with what may be chosen and what is doubtful."""
    long = is_long(field)
    if long:
        doubts = _doubts(one, one.readings, field, twice)
        capitals = one.cells is not None and one.text.islower() and len(one.text) > 1
        return AnswerRow(place, one, field, one.readings, [], True, doubts, capitals)
    offered, fits = _offered(desk, one.readings)
    doubts = _doubts(one, offered, field, twice)
    if not fits and one.text:
        doubts = (*doubts, FOREIGN)
    return AnswerRow(
        place,
        one,
        field,
        offered[:_MOST_OFFERED],
        _strips(desk, one) if doubts else [],
        False,
        doubts,
    )


def _offered(desk: Desk, readings: tuple[Decoded, ...]) -> tuple[tuple[Decoded, ...], bool]:
    """Return the readings that the form can hold, each once; all where it can hold none.

    The second value tells whether it can hold any.
    """
    alphabet = alphabet_for(desk.booklet.exam).short
    found: dict[str, Decoded] = {}
    for reading in readings:
        shown = fold(reading.text, alphabet)
        if alphabet is None or set(shown) <= set(alphabet):
            # Shown once, because on the form «Рпц» and «РПЦ» are one.
            found.setdefault(shown, reading)
    return (tuple(found.values()), True) if found else (readings, False)


def _doubts(
    one: answers.Entered,
    offered: tuple[Decoded, ...],
    field: str,
    twice: bool,
) -> tuple[str, ...]:
    """Return why an answer is to be looked at."""
    first, *rest = offered or (Decoded("", 0.0, True),)
    rivals = [
        other
        for other in rest
        if (other.exact and other.cost < first.cost + _NEARLY_AS_LIKELY)
        # A word of the letters а…ж alone may be a number whose sign was forgotten.
        or (other.text.isdigit() and other.notes == (NO_NUMBER_SIGN,))
    ]
    found = {
        NO_TASK: not field,
        TWICE: twice,
        SEVERAL: bool(rivals),
        SLIP: not first.exact,
        BREAK: any(joined.open for joined in one.breaks),
    }
    return tuple(code for code, so in found.items() if so)


def _strips(desk: Desk, entered: answers.Entered) -> list[Strip]:
    """Return the cells of an answer, line by line as it was entered."""
    if not entered.cells:
        return []
    lines = lines_of(desk.text)
    exam = desk.booklet.exam
    return [
        # With the lines above: they tell Braille ASCII from Latin letters.
        strip_of_line(lines[number - 1], number, exam, "\n".join(lines[: number - 1]))
        for number in entered.lines
    ]
