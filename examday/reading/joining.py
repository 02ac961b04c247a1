"""What the limited child does with two pictures of one sheet: join them and write the whole.

See `join_pictures`.

A module of its own: everything it needs is loaded before the child's limits count.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

import cv2
import numpy as np
from PIL import Image

from examday import confined
from examday.domain.errors import MachineTrouble
from examday.paper.layout import use_folder
from examday.reading.halves import Half, Unjoined, join_halves
from examday.reading.judgement import NoteJson

BUDGET = confined.Budget(120.0, 3072)
"""Processor seconds and MB for two A3 halves at 600 dpi, each laid under the forms twice: no honest
pair takes more."""


class JoinedJson(TypedDict):
    """The child's answer: the picture's dpi, or why nothing was joined."""

    dpi: float | None
    reason: NoteJson | None


@dataclass(frozen=True)
class HalfFile:
    """A grey picture of our own making, and the dpi that the scanned file states."""

    path: Path
    dpi: float | None = None


def join_pictures(
    first: HalfFile,
    second: HalfFile,
    chosen: bool,
    forms: Path,
    target: Path,
) -> NoteJson | None:
    """Join two halves in a limited child and write the sheet to `target` as PNG.

    Returns why not, where they do not join. `chosen`: a person says that both are of one sheet.
    MachineTrouble when this computer could not do it.
    """
    try:
        answer = confined.run(
            "examday.reading.joining:join",
            {
                "first": [str(first.path), first.dpi],
                "second": [str(second.path), second.dpi],
                "chosen": chosen,
                "forms": str(forms),
                "target": str(target),
            },
            BUDGET,
        )
    except (confined.Overrun, confined.Crashed) as error:  # pictures of our own: no fault of theirs
        raise MachineTrouble(params={"what": error.code}) from error
    return cast("JoinedJson", answer)["reason"]


def join(
    first: tuple[str, float | None],
    second: tuple[str, float | None],
    chosen: bool,
    forms: str,
    target: str,
) -> JoinedJson:
    """Join two pictures and write the whole sheet with its resolution."""
    cv2.setNumThreads(1)
    use_folder(Path(forms))
    joined = join_halves(_half(first), _half(second), chosen=chosen)
    if isinstance(joined, Unjoined):
        return {"dpi": None, "reason": joined.reason.as_json()}
    Path(target).write_bytes(as_png(joined.image, joined.dpi))
    return {"dpi": joined.dpi, "reason": None}


def _half(file: tuple[str, float | None]) -> Half:
    grey = cv2.imread(file[0], cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise MachineTrouble(params={"what": "picture"})
    return Half(np.asarray(grey, dtype=np.uint8), file[1])


def as_png(grey: np.ndarray, dpi: float | None) -> bytes:
    """A grey picture without loss, with its resolution where one is known."""
    out = io.BytesIO()
    more = {"dpi": (dpi, dpi)} if dpi else {}
    Image.fromarray(grey).save(out, "PNG", **more)
    return out.getvalue()
