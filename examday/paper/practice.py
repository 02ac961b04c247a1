"""Practice forms as PDF, made from a layout file: for training, and to see that a new year's
layout is right."""

from __future__ import annotations

import json
from pathlib import Path

import typst

from examday.paper.layout import Layout

TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "print" / "practice-form.typ"


def practice_pdf(layout: Layout, enlarged: bool = False) -> bytes:
    """PDF of an empty practice form, A4, or A3 when `enlarged`. Marked as practice; the codes'
    places stay empty, so that no practice sheet can be taken for a live one. The same layout gives
    the same bytes."""
    data = {
        "name": layout.name,
        "year": layout.year,
        "width": layout.width,
        "height": layout.height,
        "scale": layout.a3_scale if enlarged else 1.0,
        "markers": [(m.x, m.y, m.x + m.size, m.y + m.size) for m in layout.markers],
        "lines": layout.lines,
        "ground": [
            c.cell(i)
            for c in layout.combs
            if c.role == "header" and c.alphabet != "reserved"
            for i in range(c.cells)
        ],
        "cells": [c.cell(i) for c in layout.combs for i in range(c.cells)],
        "areas": [a.box for a in layout.areas],
        "codes": [*([layout.qr] if layout.qr else []), *(b.box for b in layout.barcodes)],
        "texts": [
            {"x": x, "y": y, "size": size, "text": text} for x, y, size, text in layout.texts
        ],
        "numbers": [
            {"x": c.x - 6.9, "y": c.y + 2.0, "text": c.field}
            for c in layout.combs
            if c.role == "answer"
        ],
    }
    return bytes(
        typst.compile(
            str(TEMPLATE),
            root=str(TEMPLATE.parent),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    )
