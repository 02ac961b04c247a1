"""What the machine read on a page and how surely a copy shows what was settled, as they are stored.

Advice for a person's eyes, never a value.
"""

from typing import TypedDict

from examday.domain.transfer.answers import Mark, Value, Values
from examday.domain.transfer.fields import FieldList, is_long, is_replacement
from examday.domain.transfer.readings import (
    ComparedContent,
    ComparedField,
    FieldsData,
    ValueData,
)
from examday.reading import network
from examday.reading.compare import Difference
from examday.reading.hand import NOBODY, Hand
from examday.reading.page import PageReading
from examday.reading.witnesses import Checked, check_copy

UNFIT = frozenset({"weak-registration", "cells-unseen", "rows-unseen"})
"""Warnings of the reader after which nothing is folded away: the cells may not be where the form
says."""


class PageContent(TypedDict):
    """What was read on one page, each field with its confidence; the fingerprint of the weights."""

    fields: FieldsData
    model: str
    warnings: list[str]


class Likeness(ComparedContent):
    """How surely a copy shows the settled values, and what its original says beside it."""

    same_code: bool | None
    """None where one of the two codes was not read: unread is neither the same nor another."""


def page_content(seen: PageReading, fields: FieldList) -> PageContent:
    """What was read, by field; with the confidence of each and the fingerprint of the weights."""
    return {
        "fields": {f: _read_field(seen, f) for f in fields.ids if f in seen.fields},
        "model": network.fingerprint(),
        "warnings": [w.code for w in seen.warnings],
    }


def _read_field(seen: PageReading, field_id: str) -> ValueData:
    field, task = seen.fields[field_id], seen.tasks.get(field_id)
    if _is_blank(seen, field_id):
        value = Value(mark=Mark.BLANK, task=task.text if task else "")
    else:
        mark = Mark.CROSSED_OUT if field.mark == "crossed_out" else None
        value = Value(field.text, mark, task.text if task else "")
    return {**value.plain(field_id), "confidence": round(field.confidence, 4)}


def _is_blank(page: PageReading, field_id: str) -> bool:
    """Nothing is seen in the field, nor in its cells for a task number."""
    task = page.tasks.get(field_id)
    return page.fields[field_id].mark == "blank" and (task is None or task.mark == "blank")


def likeness(
    copy: PageReading,
    settled: Values,
    fields: FieldList,
    original: PageReading | None = None,
    earlier: Hand | None = NOBODY,
) -> Likeness:
    """Hold a readable copy against the settled values, field by field.

    `original` where it has the same cells (a notebook or a print-out has none); `earlier`: what is
    known of the copyist's hand, None where no hand is to be learned.
    """
    # A drawing or an illegible answer has no characters that a cell could show.
    known = {f: v for f, v in settled.items() if v.mark in (None, Mark.BLANK)}
    checked = check_copy(copy, _texts(known), original, earlier)
    views: dict[str, ComparedField] = {}
    for f in fields.ids:
        if f in copy.fields and (view := _view(f, checked)):
            views[f] = view
    bound = checked.bound
    # The bound was measured on well-registered sheets; on others it promises too much.
    if UNFIT & {w.code for page in (original, copy) if page is not None for w in page.warnings}:
        bound = network.NOT_MEASURED
    return {
        "fields": views,
        "bound": bound,
        "measured": measured_at(bound, hands=checked.hand > 0),
        "same_code": checked.comparison.same_code,
        "patterns": [
            {"code": p.code, "message": p.message, "params": dict(p.params)}
            for p in checked.comparison.patterns
        ],
        "hand": {"cells": checked.hand, "changed": list(checked.changed)},
        "model": network.fingerprint(),
    }


def measured_at(bound: float, hands: bool) -> dict[str, float]:
    """Return what the bound did on test sheets.

    Share of the errors found, share of equal fields shown all the same, errors missed in a
    thousand fields. Empty where it was not measured.
    """
    calibration = network.calibration()
    way = calibration.get("hands") if hands else calibration.get("settled")
    for at, found, flagged, missed in way["bounds"] if way else []:
        if at == bound:
            return {"found": found, "flagged": flagged, "missed": missed}
    return {}


def _texts(settled: Values) -> dict[str, str]:
    """The settled values as the comparison takes them."""
    return {
        f: f"{v.task}:{v.text}" if is_replacement(f) and (v.task or v.text) else v.text
        for f, v in settled.items()
        if not is_long(f)
    }


def _view(f: str, checked: Checked) -> ComparedField | None:
    """The machine's view of one field; None where no witness spoke: a person looks."""
    compared = checked.comparison
    found = next((d for d in compared.differences if d.field == f), None)
    if found is not None:
        return _differs(found)
    if f in checked.blank:
        return {"same": True, "confidence": 1.0}
    if f in compared.agreement:
        return {"same": True, "confidence": round(compared.agreement[f], 4)}
    return None


def _differs(difference: Difference) -> ComparedField:
    return {
        "same": False,
        "confidence": difference.certainty,
        "kind": difference.message,
        "original": difference.original,
        "copy": difference.copy,
        "params": dict(difference.params),
    }
