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

import typst
import zxingcpp

from examday.domain.scans.covers import OURS
from examday.resources import TEMPLATES

PRINT = TEMPLATES / "print"
"""Templates and fonts of print-outs: typst may read nothing outside, and no font of the
computer."""
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
    "scan-cover",
    "readiness",
    "rehearsal",
    "day-summary",
    "commission-progress",
    "commission-act",
    "appeal-receipt",
    "appeal-notice",
    "appeal-protocol",
    "appeal-kit",
    "appeal-order",
    "appeal-year",
    "destruction-act",
)
"""Documents that have a template; anything else is refused before a path is made of it."""


def render(
    document: str,
    data: Mapping[str, object],
    large: bool = False,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """One document as PDF.

    `data` holds what the template names, and always: title, code (checkpoint), training, printed_at
    (local time). `large`: the 22 pt variant. `pictures`: JPEG files that the template names by
    their keys. KeyError for an unknown document or a missing value.
    """
    if document not in DOCUMENTS:
        raise KeyError(document)
    at = data["printed_at"]
    if not isinstance(at, dt.datetime):
        raise TypeError("printed_at is a moment of local time")
    whole = {key: value for key, value in data.items() if key != "printed_at"} | {
        "printed": at.strftime("%d.%m.%Y %H:%M"),
        "printed-at": [at.year, at.month, at.day, at.hour, at.minute],
        "qr": checkpoint_qr(str(data["code"])),
        "training": bool(data["training"]),
    }
    inputs = {"data": json.dumps(whole, ensure_ascii=False), "large": "1" if large else ""}
    with TemporaryDirectory() as folder:
        _lay_out(Path(folder), document, pictures or {})
        return _compile(Path(folder) / f"{document}.typ", inputs, at)


def trial_print() -> bytes:
    """A label as PDF that belongs to no work: proves that typst, templates and fonts are there."""
    label = {
        "svg": item_barcode("TRIAL-1"),
        "spaced": "TRIAL-1",
        "thing": "проба печати",
        "place": "—",
    }
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    head = {"title": "Проба печати", "code": "", "training": True, "printed_at": now}
    return render("labels", {**head, "labels": [label]})


def _lay_out(folder: Path, document: str, pictures: Mapping[str, bytes]) -> None:
    """Put the templates and the pictures of this one print together in `folder`.

    Typst reads files below its root only.
    """
    for name in ("common.typ", f"{document}.typ"):
        shutil.copy(PRINT / name, folder / name)
    for name, content in pictures.items():
        (folder / name).write_bytes(content)


def _compile(source: Path, inputs: dict[str, str], at: dt.datetime) -> bytes:
    made = typst.compile(
        source,
        root=source.parent,
        font_paths=[PRINT / "fonts"],
        # The same paper on every computer: with system fonts lines would break elsewhere.
        ignore_system_fonts=True,
        format="pdf",
        # Tagged, so that a blind chair can hear what is signed.
        pdf_standards=["ua-1"],
        # The time of printing and not of the clock here: the same data give the same bytes.
        timestamp=int(at.timestamp()),
        sys_inputs=inputs,
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single document")
    return made


def checkpoint_qr(code: str) -> str:
    """The checkpoint as a QR code (SVG).

    The text names no form: a reader of forms finds nothing in it.
    """
    return zxingcpp.write_barcode_to_svg(
        zxingcpp.create_barcode(f"{OURS}LEDGER {code}", zxingcpp.BarcodeFormat.QRCode)
    )


def cover_code(text: str) -> str:
    """The code of a cover sheet for scanning as QR (SVG); a quarter of it may be dirty."""
    return zxingcpp.write_barcode_to_svg(
        zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    )


def item_barcode(code: str) -> str:
    """A code of ours as Code 128 (SVG). ValueError for digits only: that could be a form's number."""
    if code.isdigit():
        raise ValueError("a form's number is never printed as a bar code")
    return zxingcpp.write_barcode_to_svg(
        zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.Code128)
    )
