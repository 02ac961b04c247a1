"""What the limited child does with a picture file: decode, identify, write the pictures.

See `sandbox.inspect`.

A module of its own: everything it needs is loaded before the child's limits count.
"""

from __future__ import annotations

from pathlib import Path
from typing import NotRequired, TypedDict

import cv2
import numpy as np

from examday.domain.custody.sheet_codes import Witness
from examday.paper.layout import use_folder
from examday.reading.blank import is_blank
from examday.reading.guards import Limits, open_pages
from examday.reading.identify import Identity, NoteJson, identify
from examday.reading.judgement import OF_PICTURE

# px, longest side of the picture shown first: it fills a screen and comes at once
PREVIEW_SIDE = 1600


class WitnessJson(TypedDict):
    """One code of the sheet, with what the form says it is."""

    id: str
    role: str
    text: str
    same: tuple[int, int] | None


class IdentityJson(TypedDict):
    """What a page says of itself, see `identify.Identity`.

    `matrix` 3x3 and `bend` 2x10 as lists; `because`: codes of `judgement.STOPS`; `sheets`: of a
    picture of two sheets the part that holds each, px; `blank`: surely bare paper, of a page
    without code and form.
    """

    code: str | None
    codes: list[str]
    size: str | None
    turned: int
    """Told and not applied: the stored picture stays as it came."""
    layout: str | None
    residual_mm: float | None
    px_per_mm: float | None
    voting: int
    """Codes that were read of those that the form has: of two one is half of the evidence, of a
    single one all."""
    witnesses: list[WitnessJson]
    matrix: list[list[float]] | None
    """None where no form lies: then no field may be cut from the picture."""
    bend: list[list[float]] | None
    proven: bool
    because: list[str]
    warnings: list[NoteJson]
    sheets: NotRequired[list[list[int]]]
    blank: NotRequired[bool]


class DecodedJson(TypedDict):
    """One decoded page: its size, the dpi the file states, and the pictures written."""

    number: int
    width: int
    height: int
    dpi: float | None
    """None where the file states none to be believed; A3 and A4 may then not be told apart."""
    grey: str
    preview: str
    identity: IdentityJson


def decode(path: str, out_dir: str, forms: str = "") -> list[DecodedJson]:
    """What each page says of itself, its pictures written.

    `forms`: the station's own folder of layouts.
    """
    # The workers share the cores already: more threads would only take turns.
    cv2.setNumThreads(1)
    if forms:
        use_folder(Path(forms))
    pages: list[DecodedJson] = []
    for page in open_pages(Path(path), Limits()):
        identity = plain(identify(page.grey, page.dpi))
        if not identity["codes"] and identity["layout"] is None:
            identity["blank"] = is_blank(page.grey)
        grey, preview = (
            Path(out_dir) / f"{page.number}.{kind}.jpg" for kind in ("grey", "preview")
        )
        _write(grey, page.grey, 92)
        share = min(1.0, PREVIEW_SIDE / max(page.grey.shape))
        _write(
            preview,
            cv2.resize(
                page.grey,
                None,
                fx=share,
                fy=share,
                interpolation=cv2.INTER_AREA,
            ),
            85,
        )
        pages.append(
            {
                "number": page.number,
                "width": page.grey.shape[1],
                "height": page.grey.shape[0],
                "dpi": page.dpi,
                "grey": str(grey),
                "preview": str(preview),
                "identity": identity,
            }
        )
    return pages


def _write(path: Path, grey: np.ndarray, quality: int) -> None:
    """Write a JPEG, whole or not at all.

    OSError on a full disk, of which OpenCV's own writing would not tell.
    """
    done, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise MemoryError
    # OpenCV's own writing would not tell of a full disk.
    path.write_bytes(data.tobytes())


def _witness(witness: Witness) -> WitnessJson:
    return {
        "id": witness.id,
        "role": witness.role,
        "text": witness.text,
        "same": witness.same,
    }


def plain(identity: Identity) -> IdentityJson:
    """Give an identity as JSON-ready values.

    A form that is in doubt is none: a page is attached to a work by itself only under a form that
    was seen whole and proven.
    """
    told: IdentityJson = {
        "code": identity.code,
        "codes": list(identity.codes),
        "size": identity.size,
        "turned": identity.turned,
        "layout": None if OF_PICTURE & set(identity.because) else identity.layout,
        "residual_mm": identity.residual_mm,
        "px_per_mm": identity.px_per_mm,
        "voting": identity.voting,
        "witnesses": [_witness(witness) for witness in identity.witnesses],
        "matrix": None if identity.matrix is None else identity.matrix.tolist(),
        "bend": None if identity.bend is None else identity.bend.terms.tolist(),
        "proven": identity.proven,
        "because": list(identity.because),
        "warnings": [note.as_json() for note in identity.warnings],
    }
    if "two-sheets" in told["because"]:
        told["sheets"] = [list(box) for box in identity.sheets]
    return told
