"""Where the fields of a form lie on a picture.

This is the one judgement that key-in, verification, hearing and appeals share.

`placement_of` answers None where nothing proves that the form lies right. Then no frame is shown
anywhere: a frame one row off makes two people read the wrong answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from examday.paper.layout import Box, Layout
from examday.reading.fit import Bend, Fit, through

Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Placement:
    """A form on a picture.

    `matrix` 3x3 takes mm of the layout to px of the picture as it was given, after `bend` has moved
    them as the paper is bent.
    """

    layout: Layout
    matrix: np.ndarray
    bend: Bend | None = None

    def points(self, mm: np.ndarray) -> np.ndarray:
        """Places (n, 2) of the layout, mm → px of the picture."""
        return through(self.matrix, self.bend, mm)

    def corners(self, box: Box) -> Corners:
        """Return the four corners of a box of the layout in px.

        Clockwise on the sheet, its top left first.
        """
        x0, y0, x1, y1 = box
        found = self.points(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], float))
        return tuple((float(x), float(y)) for x, y in found)

    def frames(self) -> dict[str, Corners]:
        """The corners of every field; a replacement's frame holds its task number too."""
        boxes: dict[str, Box] = {area.field: area.box for area in self.layout.areas}
        for comb in self.layout.combs:
            known = boxes.get(comb.field)
            boxes[comb.field] = comb.box if known is None else _around(known, comb.box)
        return {field: self.corners(box) for field, box in boxes.items()}


def _around(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def placement(fit: Fit | None) -> Placement | None:
    """The placement of a page just read; None unless something proves it."""
    return None if fit is None or not fit.proven else Placement(fit.layout, fit.matrix, fit.bend)


def placement_of(identity: Mapping[str, object], forms: Mapping[str, Layout]) -> Placement | None:
    """The placement in a page's stored identity; None unless something proved it when it was read.

    What an earlier version of the program stored has no proof. Its fit counts where squares were
    left over to test it: then its residual is not zero by construction.
    """
    matrix, layout = identity.get("matrix"), forms.get(str(identity.get("layout") or ""))
    proven = identity.get("proven", bool(identity.get("residual_mm")))
    if not matrix or layout is None or not proven:
        return None
    bend = identity.get("bend")
    return Placement(
        layout,
        np.asarray(matrix, float),
        None if bend is None else Bend(np.asarray(bend, float)),
    )
