"""Tells whole files whose pictures are coded in a way that is not opened here from damaged ones.

Whoever hears «damaged» scans the sheet again and gets the same file again: what helps is another setting
of the scanner.
"""

from __future__ import annotations

import io
import struct
from contextlib import suppress

from examday.reading.bad_files import OtherCoding
from examday.reading.complaints import check_jpeg
from examday.reading.ends import JPEG, MOST_FRAMES, TIFFS, strip_ends

TIFF_CODINGS = {
    6: "JPEG (1992)",
    32766: "NeXT",
    32809: "ThunderScan",
    33003: "JPEG 2000",
    33004: "JPEG 2000",
    33005: "JPEG 2000",
    34661: "JBIG",
    34676: "LogLuv",
    34677: "LogLuv",
    34712: "JPEG 2000",
    34715: "JBIG2",
    34887: "LERC",
    34892: "JPEG (DNG)",
    34933: "PNG",
    34934: "JPEG XR",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
"""By number: codings of a TIFF's strips that no decoder here knows; any other number is no coding."""
CODING, BITS = 259, 258
JPEG_STRIPS = 7
EIGHT_BITS = 8
ARITHMETIC, LOSSLESS = "JPEG, arithmetic", "JPEG, lossless"
JPEG_KINDS = {
    0xC3: LOSSLESS,
    0xC5: "JPEG, hierarchical",
    0xC6: "JPEG, hierarchical",
    0xC7: LOSSLESS,
    0xCB: LOSSLESS,
    0xCD: ARITHMETIC,
    0xCE: ARITHMETIC,
    0xCF: LOSSLESS,
}
"""By the mark of its frame (T.81, table B.1): kinds of JPEG that no decoder here knows."""
FRAMES = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA, *JPEG_KINDS}


def check_jpeg_kind(data: bytes) -> None:
    """Raise OtherCoding for a JPEG of more than 8 bits, or of a kind that is not opened."""
    at = 2
    while at + 5 <= len(data) and data[at] == 0xFF:
        mark = data[at + 1]
        if mark == 0xFF:  # any number of fill bytes may stand before a marker
            at += 1
        elif mark in FRAMES:
            _refuse(JPEG_KINDS.get(mark) or _deep(data[at + 4]))
            return
        elif mark == 0xDA:
            return
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def check_coding(data: bytes) -> None:
    """Raise OtherCoding where a whole JPEG, or a page of a TIFF, is coded so.

    Damaged for a cut JPEG of that kind; whatever else is broken is left to whoever looks for damage.
    """
    order = TIFFS.get(data[:4])
    if data.startswith(JPEG):
        try:
            check_jpeg_kind(data)
        except OtherCoding:
            check_jpeg(data)
            raise
    elif order is not None:
        with suppress(struct.error):
            _check_pages(data, order)


def _check_pages(data: bytes, order: str) -> None:
    (at,) = struct.unpack_from(f"{order}I", data, 4)
    for _frame in range(MOST_FRAMES):
        if not at:
            return
        (count,) = struct.unpack_from(f"{order}H", data, at)
        entries = data[at + 2 : at + 2 + 12 * count]
        if all(end <= len(data) for end in strip_ends(io.BytesIO(data), entries, order)):
            coding = _number(data, entries, order, CODING)
            if coding == JPEG_STRIPS:
                _refuse(_deep(_number(data, entries, order, BITS) or EIGHT_BITS))
            _refuse(TIFF_CODINGS.get(coding or 0))
        (at,) = struct.unpack_from(f"{order}I", data, at + 2 + 12 * count)


def _number(data: bytes, entries: bytes, order: str, wanted: int) -> int | None:
    """The first number of a tag of 16 bits."""
    for tag, kind, number, value in struct.iter_unpack(f"{order}HHI4s", entries):
        if tag == wanted and kind == 3:
            if number > 2:  # more than fits beside the tag lies elsewhere
                (where,) = struct.unpack(f"{order}I", value)
                value = data[where : where + 2]
            return int(struct.unpack_from(f"{order}H", value)[0])
    return None


def _deep(bits: int) -> str | None:
    return f"JPEG, {bits} bit" if bits > EIGHT_BITS else None


def _refuse(what: str | None) -> None:
    if what:
        raise OtherCoding(params={"what": what})
