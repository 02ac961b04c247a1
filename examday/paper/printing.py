"""Printed matter: typst templates → tagged PDF/UA-1, the same bytes for the same data.

Every page says «внутренняя форма, не форма ППЭ» (no federal form for the transfer was found,
domain section 12) and carries the checkpoint of the ledger as digits and QR, so that paper is the
outside witness. Nothing printed here bears a form's live number as a bar code.
"""

import datetime as dt
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst
import zxingcpp

PRINT = Path(__file__).resolve().parents[2] / "templates" / "print"
DOCUMENTS = (
    "transfer-act",
    "custody-journal",
    "labels",
    "observers",
    "handover-act",
    "packet-contents",
    "copying-sheet",
    "true-copy",
    "cover",
    "readiness",
    "rehearsal",
    "day-summary",
    "commission-progress",
    "commission-act",
    "appeal-receipt",
    "appeal-notice",
    "appeal-protocol",
    "appeal-kit",
    "appeal-year",
    "destruction-act",
)


def render(
    document: str,
    data: dict[str, Any],
    large: bool = False,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """One document as PDF. `data` holds what the template names, and always: title, code
    (checkpoint), training, printed_at (local time). `large`: the 22 pt variant. `pictures`: JPEG
    files that the template names by their keys. KeyError for an unknown document or a missing
    value."""
    if document not in DOCUMENTS:
        raise KeyError(document)
    at: dt.datetime = data["printed_at"]
    whole = {key: value for key, value in data.items() if key != "printed_at"} | {
        "printed": at.strftime("%d.%m.%Y %H:%M"),
        "printed-at": [at.year, at.month, at.day, at.hour, at.minute],
        "qr": checkpoint_qr(str(data["code"])),
        "training": bool(data["training"]),
    }
    with TemporaryDirectory() as folder:
        # typst reads files below its root only: the templates and the pictures of this one print
        # lie there together.
        root = Path(folder)
        for name in ("common.typ", f"{document}.typ"):
            shutil.copy(PRINT / name, root / name)
        for name, content in (pictures or {}).items():
            (root / name).write_bytes(content)
        made = typst.compile(
            root / f"{document}.typ",
            root=root,
            font_paths=[PRINT / "fonts"],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=int(at.timestamp()),
            sys_inputs={
                "data": json.dumps(whole, ensure_ascii=False),
                "large": "1" if large else "",
            },
        )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single document")
    return made


def checkpoint_qr(code: str) -> str:
    """The checkpoint as a QR code (SVG). The text names no form: a reader of forms finds nothing
    in it."""
    return zxingcpp.write_barcode_to_svg(
        zxingcpp.create_barcode(f"EXAMDAY-LEDGER {code}", zxingcpp.BarcodeFormat.QRCode)
    )


def item_barcode(code: str) -> str:
    """A code of ours as Code 128 (SVG). ValueError for digits only: that could be a form's number."""
    if code.isdigit():
        raise ValueError("a form's number is never printed as a bar code")
    return zxingcpp.write_barcode_to_svg(
        zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.Code128)
    )
