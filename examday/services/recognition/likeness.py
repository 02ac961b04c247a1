"""What the machine read on a page and how like two readings are, as they are stored: advice for a
person's eyes, never a value."""

from typing import TypedDict

from examday.domain.transfer.answers import Mark, Value, Values
from examday.domain.transfer.fields import FieldList, is_long, is_replacement
from examday.domain.transfer.readings import (
    ComparedContent,
    ComparedField,
    FieldsData,
    ValueData,
)
from examday.paper.layout import Layout
from examday.reading import network, row_comparison
from examday.reading.compare import Comparison, Difference, compare_keyin, compare_pages
from examday.reading.glyph import CYRILLIC, DIGITS
from examday.reading.page import PageReading

UNFIT = frozenset({"weak-registration", "rows-unseen"})
"""Warnings of the reader after which nothing is folded away: the cells may not be where the form
says."""
NEVER = 1.01
"""A bound that no confidence reaches: every field is looked at one by one."""


class PageContent(TypedDict):
    """What was read on one page, each field with its confidence; the fingerprint of the weights."""

    fields: FieldsData
    model: str
    warnings: list[str]


class Likeness(ComparedContent):
    """The agreement of a copy with the settled values, and with its original where that has the
    same cells."""

    same_code: bool | None


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
    original: PageReading, copy: PageReading, settled: Values, fields: FieldList
) -> Likeness | None:
    """The agreement of copy, original and settled values, field by field; None when the two pages
    cannot be laid side by side."""
    same_form = original.identity.layout == copy.identity.layout
    if not original.readable or not same_form or copy.flat is None:
        return None
    compared = compare_pages(original, copy, _texts(settled))
    views = {}
    for f in fields.ids:
        if f in copy.fields and (view := _view(f, compared, original, copy, settled[f])):
            views[f] = view
    bound, measured = fold_bound(network.calibration())
    # The confidences were measured on well-registered sheets; on others they promise too much.
    if UNFIT & {w.code for w in (*original.warnings, *copy.warnings)}:
        bound = NEVER
    return {
        "fields": views,
        "bound": bound,
        "measured": measured,
        "same_code": compared.same_code,
        "patterns": [
            {"code": p.code, "message": p.message, "params": dict(p.params)}
            for p in compared.patterns
        ],
        "model": network.fingerprint(),
    }


def likeness_to_settled(copy: PageReading, settled: Values, fields: FieldList) -> Likeness:
    """The agreement of copy and settled values alone. What the bound does was measured on pairs of
    sheets, so nothing is folded here: fields in doubt come first, and every field is looked at."""
    known = {f: v for f, v in settled.items() if f in copy.fields and v.mark in (None, Mark.BLANK)}
    wrong = {d.field: d for d in compare_keyin(copy, _texts(known))}
    views = {}
    for f in (f for f in fields.ids if f in known):
        if f in wrong:
            views[f] = _differs(wrong[f], {})
        elif copy.flat is not None:
            views[f] = _same(_agreement_with_settled(f, copy, copy.flat.fit.layout, known[f]))
    return {
        "fields": views,
        "bound": NEVER,
        "measured": {},
        "same_code": None,
        "patterns": [],
        "model": network.fingerprint(),
    }


def fold_bound(calibration: network.Calibration) -> tuple[float, dict[str, float]]:
    """The lowest measured bound at which every planted transfer error was shown to a person, and
    what was measured there: share of the errors found, share of equal fields shown all the same,
    errors missed in a thousand fields. Without such a measurement nothing is folded."""
    for bound, found, flagged, missed in sorted(calibration.get("bounds", [])):
        # Not one planted error may be folded away: the fold saves work, a missed error costs a
        # mark.
        if found >= 1.0:
            return bound, {"found": found, "flagged": flagged, "missed": missed}
    return NEVER, {}


def _texts(settled: Values) -> dict[str, str]:
    """The settled values as the comparison takes them."""
    return {
        f: f"{v.task}:{v.text}" if is_replacement(f) else v.text
        for f, v in settled.items()
        if not is_long(f)
    }


def _view(
    f: str, compared: Comparison, original: PageReading, copy: PageReading, value: Value
) -> ComparedField | None:
    """The machine's view of one field; None when it has nothing to say (a mark that only people
    can judge)."""
    if worst := _worst_difference(f, compared):
        return _differs(worst, {k: v for k, v in worst.params.items() if k != "side"})
    if value.mark is Mark.BLANK:
        # Both pages: a blank copy beside a written original is the error looked for.
        empty = _is_blank(original, f) and _is_blank(copy, f)
        return {"same": True, "confidence": 1.0} if empty else None
    if value.mark is not None or f not in compared.agreement or copy.flat is None:
        return None
    with_settled = _agreement_with_settled(f, copy, copy.flat.fit.layout, value)
    # The lower one: the copy has to agree with the original and with what was settled.
    return _same(min(compared.agreement[f], with_settled))


def _worst_difference(f: str, compared: Comparison) -> Difference | None:
    """The surest difference of the field: copy against original, or copy against settled value."""
    found = [d for d in compared.differences if d.field == f]
    found += [d for d in compared.keyin if d.field == f and d.params.get("side") == "copy"]
    # One difference is shown; the person looks at the field anyway.
    return max(found, key=lambda d: d.certainty, default=None)


def _differs(difference: Difference, params: dict[str, object]) -> ComparedField:
    return {
        "same": False,
        "confidence": difference.certainty,
        "kind": difference.message,
        "original": difference.original,
        "copy": difference.copy,
        "params": params,
    }


def _same(agreement: float) -> ComparedField:
    return {"same": True, "confidence": round(agreement, 4)}


def _agreement_with_settled(f: str, copy: PageReading, form: Layout, value: Value) -> float:
    """How surely the copy says what was settled; the lower one of answer and task number."""
    comb = next(c for c in form.combs if c.field == f and c.role != "replacement-task")
    known = {"digits": DIGITS, "cyrillic": CYRILLIC}
    alphabet = known.get(comb.alphabet) or form.alphabet(copy.subject)
    answer = row_comparison.typed_likeness(copy.fields[f], value.text, alphabet).agreement
    if f not in copy.tasks:
        return answer
    task = row_comparison.typed_likeness(copy.tasks[f], value.task, DIGITS).agreement
    return min(answer, task)
