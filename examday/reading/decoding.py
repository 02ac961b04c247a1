"""What the limited child does with a picture file: decode, identify, write the pictures. See
`sandbox.inspect`.

A module of its own: everything it needs is loaded before the child's limits count.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2

from examday.paper.layout import use_folder
from examday.reading.guards import Limits, open_pages
from examday.reading.identify import identify

PREVIEW_SIDE = 1600  # px, longest side of the picture the web shows first


def decode(path: str, out_dir: str, forms: str = "") -> list[dict[str, Any]]:
    """What each page says of itself, its pictures written. `forms`: the station's own folder of
    layouts."""
    cv2.setNumThreads(1)
    if forms:
        use_folder(Path(forms))
    pages = []
    for page in open_pages(Path(path), Limits()):
        identity = identify(page.grey, page.dpi)
        grey, preview = (
            Path(out_dir) / f"{page.number}.{kind}.jpg" for kind in ("grey", "preview")
        )
        _write(grey, page.grey, 92)
        share = min(1.0, PREVIEW_SIDE / max(page.grey.shape))
        _write(
            preview,
            cv2.resize(page.grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA),
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
                "identity": plain(identity),
            }
        )
    return pages


def _write(path: Path, grey: Any, quality: int) -> None:
    """A JPEG, whole or not at all: OSError on a full disk, of which OpenCV's own writing would not
    tell."""
    done, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise MemoryError
    path.write_bytes(data)


def plain(identity: Any) -> dict[str, Any]:
    """An `Identity` as JSON-ready values."""
    return {
        "code": identity.code,
        "codes": list(identity.codes),
        "size": identity.size,
        "turned": identity.turned,
        "layout": identity.layout,
        "residual_mm": identity.residual_mm,
        "px_per_mm": identity.px_per_mm,
        "voting": identity.voting,
        "witnesses": [asdict(witness) for witness in identity.witnesses],
        "matrix": None if identity.matrix is None else identity.matrix.tolist(),
        "warnings": [
            {"code": w.code, "message": w.message, "params": dict(w.params)}
            for w in identity.warnings
        ],
    }
