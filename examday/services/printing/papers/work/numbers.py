"""The transfer of one work in numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping

from examday.domain.messages import N_
from examday.domain.transfer.answers import MARK_NAMES, Mark, Value, count_replacements
from examday.domain.transfer.fields import is_long, is_replacement, is_short
from examday.services.printing.words import ru


def numbers(values: Mapping[str, Value], decisions: int | None = None) -> list[list[str]]:
    """Count the answers of a work: name and number.

    `decisions`: differences an arbiter settled; None where the paper does not speak of them.
    """
    short = [v.mark for f, v in values.items() if is_short(f)]
    long = [v.mark for f, v in values.items() if is_long(f)]
    has_rows = any(map(is_replacement, values))
    blank = short.count(Mark.BLANK)
    rows = [
        # Left out where an essay or a spoken answer has no tasks with short answers: «0» would be
        # read as a loss.
        *(
            [(N_("Short answers"), len(short) - blank), (N_("Blank answers"), blank)]
            if short
            else []
        ),
        # Left out too: forms of essays and of ГВЭ have no such rows.
        *([(N_("Filled replacement rows"), count_replacements(values))] if has_rows else []),
        (N_("Long answers"), len(long) - long.count(Mark.BLANK)),
        *([(N_("Differences settled"), decisions)] if decisions is not None else []),
        *_marks(values.values()),
    ]
    return [[ru(name), str(number)] for name, number in rows]


def _marks(values: Iterable[Value]) -> list[tuple[str, int]]:
    """Count how often something other than characters was read, mark by mark."""
    marks = Counter(value.mark for value in values if value.mark)
    return [(MARK_NAMES[m], marks[m]) for m in Mark if m is not Mark.BLANK and marks[m]]
