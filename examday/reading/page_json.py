"""The reading of a page as JSON: what `examday read --json` prints."""

from __future__ import annotations

from dataclasses import replace
from typing import NotRequired, TypedDict

from examday.domain.messages import N_
from examday.domain.transfer.fields import FieldId, is_replacement, is_short
from examday.reading import network
from examday.reading.field import Field
from examday.reading.identify import NoteJson, PageWarning
from examday.reading.judgement import OF_PICTURE
from examday.reading.page import PageReading, field_boxes
from examday.reading.placement import placement
from examday.reading.printed import answers_in

HEADER = ("region", "subject", "name")
"""Always there, empty or not: scripts need not ask whether a form has them."""


class CellJson(TypedDict):
    """One character as read."""

    char: str
    confidence: float


class FieldJson(TypedDict):
    """One row as read; `task` for a replacement only."""

    task: NotRequired[str]
    text: str
    confidence: float
    mark: str | None
    """None for plain text; a script must not take the empty text of a struck row for blank."""
    cells: list[CellJson]


class CodeJson(TypedDict):
    """One code as read, with the role the form gives it."""

    id: str
    role: str
    text: str


class AreaJson(TypedDict):
    """A frame for free writing: shown, not read; `box` in px of the scan."""

    field: str
    role: str
    label: str
    box: list[int]


class LineJson(TypedDict):
    """One line of a print-out."""

    text: str
    confidence: float


class ErrorJson(TypedDict):
    """Why there is no reading, and what to do, in the reader's language."""

    code: str
    message: str
    advice: str


class PageJson(TypedDict):
    """One page; `printed` for a print-out only, `error` where nothing could be read."""

    layout: str | None
    """None when no form was proven: every place on the page would be a guess."""
    size: str | None
    """None where the picture cannot tell, as on a photo; the step of the work decides then."""
    turned: int | None
    code: str | None
    """None where the codes contradict each other: no number is better than a wrong one."""
    codes: list[CodeJson]
    subject: str | None
    residual_mm: float | None
    attach: bool
    """Whether a machine may lay the page to its work alone; `because` says what forbids it."""
    because: list[str]
    frames: dict[str, list[list[float]]]
    """Empty where the form is not proven: a frame on the wrong row would mislead."""
    header: dict[str, str]
    answers: dict[str, FieldJson]
    replacements: list[FieldJson]
    areas: NotRequired[list[AreaJson]]
    warnings: list[NoteJson]
    model: NotRequired[str]
    """With it anybody can tell which network read the page, long after an update."""
    printed: NotRequired[list[LineJson]]
    error: NotRequired[ErrorJson | None]


def as_json(reading: PageReading) -> PageJson:
    """Give the reading as JSON, without `file`, `page` and `seconds`."""
    if reading.printed:
        return _print_json(reading)
    fields, identity = reading.fields, reading.identity
    answers = {
        name: _json(field)
        for name, field in fields.items()
        if is_short(name) and field.mark != "blank"
    }
    replaced: list[FieldJson] = [
        {"task": reading.tasks[name].text, **_json(field)}
        for name, field in fields.items()
        if is_replacement(name) and not (field.mark == reading.tasks[name].mark == "blank")
    ]
    return {
        "layout": identity.layout,
        "size": identity.size,
        "turned": identity.turned,
        "code": identity.code,
        "codes": [{"id": w.id, "role": w.role, "text": w.text} for w in identity.witnesses],
        "subject": reading.subject,
        "residual_mm": reading.residual_mm,
        "attach": not reading.because,
        "because": list(reading.because),
        "frames": _frames(reading),
        "header": _header(reading),
        "answers": answers,
        "replacements": replaced,
        "areas": _areas(reading),
        "warnings": [note.as_json() for note in reading.warnings],
        "model": network.fingerprint(),
    }


def _frames(reading: PageReading) -> dict[str, list[list[float]]]:
    """The corners of every field in px of the file.

    None where nothing proves that they are right, or the station would show none: the picture is in
    doubt.
    """
    placed = placement(None if reading.flat is None else reading.flat.fit)
    if placed is None or OF_PICTURE & set(reading.because):
        return {}
    return {
        field: [[round(x, 1), round(y, 1)] for x, y in corners]
        for field, corners in placed.frames().items()
    }


def _header(reading: PageReading) -> dict[str, str]:
    """What stands in the header, and in all the fields of a form that has nothing else."""
    own = {
        FieldId.parse(name).key: field.text
        for name, field in reading.fields.items()
        if field.row.comb.role == "header" and field.row.comb.alphabet != "reserved"
    }
    return {**dict.fromkeys(HEADER, ""), **own}


def _areas(reading: PageReading) -> list[AreaJson]:
    """The frames for free writing, which are shown and not read, with their places in px."""
    if reading.flat is None:
        return []
    boxes = field_boxes(reading)
    return [
        {
            "field": area.field,
            "role": area.role,
            "label": area.label,
            "box": [round(edge) for edge in boxes[area.field]],
        }
        for area in reading.flat.fit.layout.areas
    ]


def _print_json(reading: PageReading) -> PageJson:
    """A typed print-out: all its lines, and the answers that begin with a task number."""
    found: dict[str, FieldJson] = {
        task: {
            "text": line.text,
            "confidence": round(line.confidence, 4),
            "mark": None,
            "cells": [],
        }
        for task, line in answers_in(reading.printed).items()
    }
    note = PageWarning("print-out", N_("No form but a typed page: its lines were read as print."))
    return {
        **as_json(replace(reading, printed=(), warnings=(note,))),
        "attach": not reading.because,
        "because": list(reading.because),
        "answers": found,
        "printed": [
            {"text": line.text, "confidence": round(line.confidence, 4)} for line in reading.printed
        ],
    }


def _json(field: Field) -> FieldJson:
    return {
        "text": field.text,
        "confidence": round(field.confidence, 4),
        "mark": field.mark,
        "cells": [
            {"char": cell.char, "confidence": round(cell.confidence, 4)} for cell in field.cells
        ],
    }
