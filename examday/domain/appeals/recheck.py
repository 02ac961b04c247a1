"""The re-check of long answers: two experts apart, a third where they differ."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.domain.numbers import typed_number

MOST_POINTS = 100
"""No answer is worth more than the whole exam."""


@dataclass(frozen=True)
class Marking:
    """Marks of one expert: field of a long answer → points."""

    code: str
    """The expert's code at the processing centre: papers name experts by it, never by name."""
    person_id: str
    """Who entered it: an expert works on paper too, which the secretary enters."""
    marks: Mapping[str, int]


def to_mark(fields: Sequence[str], given: Sequence[Marking]) -> list[str]:
    """Return what the next expert marks: everything, then what the first two differ in."""
    if len(given) < 2:
        return list(fields)
    return [field for field in fields if given[0].marks[field] != given[1].marks[field]]


def is_complete(fields: Sequence[str], given: Sequence[Marking]) -> bool:
    """Tell whether the marks are settled: two agree, or a third has decided."""
    return len(given) > 2 or (len(given) == 2 and not to_mark(fields, given))


def settled(fields: Sequence[str], given: Sequence[Marking]) -> dict[str, int]:
    """Return the marks that count: those of both, and the third's where the two differ."""
    third = given[2].marks if len(given) > 2 else {}
    return {field: third.get(field, given[0].marks[field]) for field in fields}


def plain_code(code: str) -> str:
    """Return an expert's code as it is compared: blanks around it and the case do not count."""
    return code.strip().casefold()


def check_code(code: str, marked_before: Collection[str], given: Sequence[Marking]) -> str:
    """Return the code; Invalid without one, Conflict for an expert who marked this work already."""
    wanted = code.strip()
    if not wanted:
        raise Invalid(
            N_("Enter the code of the expert."),
            code="expert-code",
            field="code",
            advice=N_("It stands on the expert's protocol."),
        )
    known = {plain_code(one) for one in (*marked_before, *(row.code for row in given))}
    if plain_code(wanted) in known:
        raise Conflict(
            N_("The re-check needs experts other than the first, and each of them once."),
            code="same-expert",
            field="code",
            advice=N_("Name an expert who has not marked this work."),
        )
    return wanted


def read_marks(fields: Sequence[str], sent: Mapping[str, str]) -> dict[str, int]:
    """Return the points for each field; Invalid unless every field has a whole number."""
    made: dict[str, int] = {}
    for field in fields:
        text = sent.get(field, "").strip()
        points = typed_number(text)
        if points is None or points > MOST_POINTS or len(text) > len(str(MOST_POINTS)):
            raise Invalid(
                N_("Enter the points of every answer as a whole number."),
                code="marks",
                field=f"mark-{field}".replace(":", "-"),
                advice=N_("Nothing is left empty: no points is 0."),
            )
        made[field] = points
    return made
