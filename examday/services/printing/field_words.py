"""Fields, their values and decisions about them in the words of print-outs."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from examday.domain.messages import N_
from examday.domain.transfer.answers import MARK_NAMES, Mark, Value
from examday.domain.transfer.fields import (
    FieldId,
    field_words,
    is_long,
    is_replacement,
    is_short,
)
from examday.services.printing.words import ru

CHOICES = {
    "first": N_("first key-in"),
    "second": N_("second key-in"),
    "own": N_("own reading"),
    "other": N_("another value"),
    "places": N_("place by place"),
}
"""Stored by code, so that a protocol can be printed in words of its reader."""


def field_name(field_id: str) -> str:
    """Name a field as people call it."""
    words, values = field_words(field_id)
    return ru(words, **values)


def mark(value: Value) -> str:
    """Name a reader's mark; empty for plain characters and for a blank field, which shows it itself."""
    return ru(MARK_NAMES[value.mark]) if value.mark and value.mark is not Mark.BLANK else ""


def is_printed(field_id: str, value: Value) -> bool:
    """Tell whether a field is printed: blank rows of the replacement fields are left out."""
    # Most works have no replacement at all; ten empty rows would hide the one that matters.
    return value.mark is not Mark.BLANK or not is_replacement(field_id)


def shown(field_id: str, value: Value) -> str:
    """Put a value on one line: a long answer by its length, a replacement row with its task."""
    if is_replacement(field_id):
        return f"{value.task} → {value.text}"
    if not value.text:
        # «Blank» is a statement of two readers; a dash is the lack of one.
        return ru(MARK_NAMES[Mark.BLANK]) if value.mark is Mark.BLANK else "—"
    return (
        ru(N_("%(number)s characters"), number=len(value.text)) if is_long(field_id) else value.text
    )


def places(decision: Mapping[str, Any]) -> list[list[str]]:
    """List the places of a long answer: number, words around, both entries, own reading, value, why."""
    return [
        [
            field_name(kept["place"]),
            _around(kept),
            *(_at_place(kept, kept[side]) for side in ("first", "second")),
            _at_place(kept, kept["decision"]["own"]),
            _at_place(kept, kept["value"]),
            kept["decision"]["reason"] or ru(CHOICES[kept["decision"]["choice"]]),
        ]
        for kept in decision.get("places", [])
    ]


def _around(kept: Mapping[str, Any]) -> str:
    before, after = (" ".join(kept[side].split()) for side in ("before", "after"))
    return ru(N_("the answer as a whole")) if kept["of_mark"] else f"{before} … {after}".strip()


def _at_place(kept: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """Show what stands at a place; line ends are drawn, because the paper has one line for it."""
    if kept["of_mark"]:
        return ru(MARK_NAMES[Mark(value["text"])]) if value["text"] in set(Mark) else "—"
    text = value["text"].replace("\n", "¶")
    return f"{text} ({ru(MARK_NAMES[Mark(value['mark'])])})" if value["mark"] else text


def decided(decision: Mapping[str, object] | None) -> str:
    """Say how the value of a field came about; without a decision both key-ins agreed."""
    if decision is None:
        return ru(N_("both agree"))
    return ru(N_("decided: %(choice)s"), choice=ru(CHOICES[str(decision["choice"])]))


def rows(
    fields: Sequence[str],
    values: Mapping[str, Value],
    decisions: Mapping[str, Mapping[str, object]],
) -> list[list[str]]:
    """Give each field its row: name, value, mark, how it came about.

    Tasks that follow each other and that both key-ins call blank share one: many rows of nothing
    hide the one that was decided.
    """

    def run_of_blanks(placed: tuple[int, str]) -> int | None:
        place, field_id = placed
        blank = values[field_id].mark is Mark.BLANK
        empty = blank and is_short(field_id) and field_id not in decisions
        # In steps, so that numbers that follow each other without an entry make one span.
        return FieldId.parse(field_id).number - place if empty else None

    found = []
    for alike, neighbours in groupby(enumerate(fields), run_of_blanks):
        run = [field_id for _place, field_id in neighbours]
        if alike is not None and len(run) > 1:
            several = ru(N_("Tasks %(first)s–%(last)s"), first=run[0], last=run[-1])
            found.append([several, *_row(run[0], values, decisions)[1:]])
        else:
            found += [_row(field_id, values, decisions) for field_id in run]
    return found


def _row(
    field_id: str,
    values: Mapping[str, Value],
    decisions: Mapping[str, Mapping[str, object]],
) -> list[str]:
    value, decision = values[field_id], decisions.get(field_id)
    return [field_name(field_id), shown(field_id, value), mark(value), decided(decision)]
