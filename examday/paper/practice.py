"""Practice forms as PDF, made from a layout file.

They are for training, and to see that a new year's layout is right.
"""

from __future__ import annotations

import json

import typst

from examday.paper.layout import Box, Layout
from examday.resources import TEMPLATES

TEMPLATE = TEMPLATES / "print" / "practice-form.typ"


def practice_pdf(layout: Layout, enlarged: bool = False) -> bytes:
    """PDF of an empty practice form, A4, or A3 when `enlarged`.

    Marked as practice; the codes' places stay empty, so that no practice sheet can be taken for a
    live one. The same layout gives the same bytes.
    """
    data = {
        "name": layout.name,
        "year": layout.year,
        "width": layout.width,
        "height": layout.height,
        "scale": layout.a3_scale if enlarged else 1.0,
        **_lines(layout),
        **_cells(layout),
        **_words(layout),
    }
    return bytes(
        typst.compile(
            str(TEMPLATE),
            root=str(TEMPLATE.parent),
            # Without the computer's fonts the same layout gives the same bytes everywhere.
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    )


def _lines(layout: Layout) -> dict[str, list[Box]]:
    """Marks, lines, frames for free writing, and the places of the codes."""
    return {
        "markers": [(m.x, m.y, m.x + m.size, m.y + m.size) for m in layout.markers],
        "lines": [*layout.lines, *layout.number_rules],
        "areas": [area.box for area in layout.areas],
        "codes": [code.box for code in layout.codes],
    }


def _cells(layout: Layout) -> dict[str, list[Box]]:
    """All cells, and those that stand on a grey ground."""
    header = [c for c in layout.combs if c.role == "header" and c.alphabet != "reserved"]
    return {
        "ground": [comb.cell(i) for comb in header for i in range(comb.cells)],
        "cells": [comb.cell(i) for comb in layout.combs for i in range(comb.cells)],
    }


def _words(layout: Layout) -> dict[str, list[dict[str, float | str]]]:
    """What is printed beside the cells; the numbers of the answers among it."""
    answers = [comb for comb in layout.combs if comb.role == "answer"]
    return {
        "texts": [
            {"x": x, "y": y, "size": size, "text": text} for x, y, size, text in layout.texts
        ],
        "numbers": [{"x": c.x - 6.9, "y": c.y + 2.0, "text": c.field} for c in answers],
    }
