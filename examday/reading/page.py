"""Reads one page from grey pixels to fields.

Pure: no files, no clock; the same pixels give the same reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from examday.domain.messages import N_
from examday.domain.transfer.fields import SUBJECT_FIELD
from examday.paper.layout import Comb, Layout
from examday.reading import network
from examday.reading.cells import Row, cut
from examday.reading.field import Field, read_row
from examday.reading.flatten import PX, Flat
from examday.reading.glyph import CYRILLIC, DIGITS
from examday.reading.identify import Identity, PageWarning, identify_page
from examday.reading.judgement import because
from examday.reading.marks import body_of
from examday.reading.printed import Line
from examday.reading.row_registration import Shifts, register_rows
from examday.reading.streaks import without_streaks

WEAK_MM = 0.6  # rows this far from where the page says they are: folded or wrong form
LIKELY = 0.8  # a subject is believed from the header when it was read so surely
# the writer's own size is told by answers: the header may be another's
WRITTEN = ("answer", "replacement")
NOT_MEASURED = PageWarning(
    "form-not-measured",
    N_(
        "The places of this form were not measured on a real sheet: what stands beside a field may "
        "be cut from the wrong place. Compare on the whole page."
    ),
)
STREAKS = PageWarning(
    "streaks",
    N_(
        "Straight dark lines run over the whole scan, from a dirty scanner or a fold, and "
        "were left out of the reading. Compare by eye where they cross writing."
    ),
)
ROWS_SEEN = 0.25  # at least this share of rows must show their borders


@dataclass(frozen=True)
class PageReading:
    """One page as read.

    `fields` by field id ("7", "replacement:1", "header:subject"); a replacement's task number is in
    `tasks` under the same id; `flat` keeps the straightened page for crops; `residual_mm` includes
    the rows; `printed`: the lines of a page that is no form but a print-out, where somebody asked
    for them.
    """

    identity: Identity
    fields: Mapping[str, Field]
    tasks: Mapping[str, Field]
    """Apart from `fields`, because a replacement has two rows of cells under one id."""
    subject: str | None
    """None lets every character of the form stand: a wrong subject would forbid the right ones."""
    residual_mm: float | None
    warnings: tuple[PageWarning, ...]
    flat: Flat | None
    printed: tuple[Line, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether the page could be laid under a form at all; when not, nothing was read."""
        return self.flat is not None

    @property
    def because(self) -> tuple[str, ...]:
        """Codes of what keeps the page from being attached on form, size and side alone."""
        return because(note.code for note in self.warnings)

    def text(self, field: str) -> str:
        """Return what was read in a field; empty where the form has none of this id."""
        return self.fields[field].text if field in self.fields else ""


def read_page(
    grey: np.ndarray,
    dpi: float | None = None,
    subject: str | None = None,
    forms: Mapping[str, Layout] | None = None,
) -> PageReading:
    """Read a page.

    `subject` (two digits), when the caller knows it, outranks what is written on the sheet. Without
    either every character of the form is possible.
    """
    grey, streaks = without_streaks(grey)
    identity, flat = identify_page(grey, dpi, forms)
    if flat is None:  # no form, or none that is proven: what stands in which row would be a guess
        return PageReading(identity, {}, {}, None, None, identity.warnings, None)
    fit = flat.fit
    combs = fit.layout.combs
    shifts = register_rows(flat, combs)
    notes = _doubts(shifts, identity) + ([STREAKS] if streaks else [])
    notes += [] if fit.layout.measured else [NOT_MEASURED]
    rows = [cut(flat, comb, shifts.of[i], fit.layout.lines) for i, comb in enumerate(combs)]
    raw = _logits(rows)
    fields, tasks, told = _fields(fit.layout, rows, raw, subject)
    notes += _subject_doubt(fields, subject)
    rows_off = (
        shifts.residual_mm if shifts.seen >= ROWS_SEEN else 0.0
    )  # a few rows found by chance measure nothing
    residual = round(float(np.hypot(identity.residual_mm or 0, np.nan_to_num(rows_off))), 3)
    return PageReading(
        identity, fields, tasks, told, residual, identity.warnings + tuple(notes), flat
    )


def _logits(rows: list[Row]) -> list[np.ndarray]:
    """The network's answer row by row, from one call for the page."""
    frames = [frame for row in rows for piece in row.pieces if (frame := piece.frame) is not None]
    values, out, at = network.logits(frames), [], 0
    for row in rows:
        count = len(row.filled)
        out.append(values[at : at + count])
        at += count
    return out


def _fields(
    layout: Layout,
    rows: list[Row],
    raw: list[np.ndarray],
    subject: str | None,
) -> tuple[dict[str, Field], dict[str, Field], str | None]:
    fields: dict[str, Field] = {}
    tasks: dict[str, Field] = {}
    line = body_of(
        piece.stroke
        for row in rows
        if row.comb.role in WRITTEN
        for piece in row.pieces
        if piece.stroke
    )
    # the header stands first in a layout: its subject tells which letters the answers may have
    for row, values in zip(rows, raw, strict=True):
        if subject is None and SUBJECT_FIELD in fields:
            subject = _subject_in(fields[SUBJECT_FIELD], layout)
        field = read_row(row, values, _alphabet(layout, row.comb, subject), line)
        (tasks if row.comb.role == "replacement-task" else fields)[row.comb.field] = field
    return fields, tasks, subject


def _alphabet(layout: Layout, comb: Comb, subject: str | None) -> str:
    if comb.alphabet == "digits":
        return DIGITS
    if comb.alphabet == "cyrillic":
        return CYRILLIC
    return layout.alphabet(subject)


def _doubts(shifts: Shifts, identity: Identity) -> list[PageWarning]:
    """What is wrong with the rows' places.

    Few visible borders alone are no error: a copier may lose them.
    """
    out = []
    if not shifts.seen >= ROWS_SEEN:
        out.append(
            PageWarning(
                "cells-unseen",
                N_(
                    "The dotted cells are hardly visible; the places of the rows were "
                    "taken from the black squares alone."
                ),
            )
        )
    elif shifts.residual_mm > WEAK_MM:
        out.append(
            PageWarning(
                "weak-registration",
                N_(
                    "The rows lie %(mm)s mm off their places: the sheet is folded "
                    "or it is another form."
                ),
                {"mm": round(shifts.residual_mm, 1)},
            )
        )
    return out


def _subject_in(written: Field, layout: Layout) -> str | None:
    """Return the subject's code as written in the header; None where it is doubtful.

    It must be read surely, and be one whose characters the form knows.
    """
    known = {code for codes in layout.subjects.values() for code in codes}
    return written.text if written.text in known and written.confidence >= LIKELY else None


def _subject_doubt(fields: Mapping[str, Field], subject: str | None) -> list[PageWarning]:
    written = fields.get(SUBJECT_FIELD)
    if (
        written is None
        or subject is None
        or not written.text
        or written.confidence < LIKELY
        or written.text == subject
    ):
        return []
    return [
        PageWarning(
            "subject-differs",
            N_("The subject written in the header is %(written)s, expected was %(expected)s."),
            {"written": written.text, "expected": subject},
        )
    ]


def _in_px(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = box
    return x0 * PX, y0 * PX, x1 * PX, y1 * PX


def field_boxes(reading: PageReading) -> dict[str, tuple[float, float, float, float]]:
    """Return the box of every field in px of the scan as given: x0, y0, x1, y1.

    A replacement's box includes its task number. Long answers and signature windows, which are
    shown but not read, are there too.
    """
    if reading.flat is None:
        return {}
    areas = reading.flat.fit.layout.areas
    boxes = {area.field: reading.flat.to_scan(_in_px(area.box)) for area in areas}
    for name, field in reading.fields.items():
        x0, y0, x1, y1 = field.row.box
        if name in reading.tasks:
            x0, y0 = (
                min(x0, reading.tasks[name].row.box[0]),
                min(y0, reading.tasks[name].row.box[1]),
            )
        boxes[name] = reading.flat.to_scan((x0, y0, x1, y1))
    return boxes
