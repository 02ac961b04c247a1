"""A phone's HEIC file: its pages, and the check that its decoder does not make.

The decoder shows whatever it makes of hurt code and says nothing. Three zero bytes never follow each
other in whole code (HEVC, 7.4.2), so that a hole left by a copy that failed is found, and each unit's
length must lead to the next. What is left is decoded twice.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import numpy as np

from examday.reading.bad_files import Damaged, Limits, PhonePicture, check_frames, check_size
from examday.reading.behind_end import PHONE_BRANDS, check_alone
from examday.reading.decoded_twice import decoded_alike

# the kind of an item that holds code; the others are notes and grids, which no decoder can try
CODED = b"hvc1"
FORBIDDEN = (b"\0\0\0", b"\0\0\1", b"\0\0\2")
"""A coder never writes these inside its data, because they begin the next piece: here they are
damage."""
# the first box of a file, which has one of it: a second one begins another file
BEGINNING = b"ftyp"
# the boxes that a picture is made of: only behind both of them may something else begin
WHOLE = frozenset({b"meta", b"mdat"})
# where an item's bytes lie, counted from the beginning of the file: at any other place they cannot
# be checked
IN_FILE = 0


def is_phone_picture(data: bytes) -> bool:
    """Whether a file begins as a HEIC or HEIF picture does."""
    return data[4:8] == BEGINNING and data[8:12] in PHONE_BRANDS


def phone_pages(data: bytes, limits: Limits) -> Iterator[np.ndarray]:
    """The pictures of a file, H x W x 3 or H x W, upright: the decoder turns them itself.

    PhonePicture where that is not installed, or the code lies where it cannot be checked. MorePictures
    where a further page lies behind them. Thumbnails and depth maps are no pictures of it.
    """
    try:
        import pi_heif
    except ImportError as error:
        raise PhonePicture from error
    try:
        end = _end_of_picture(data)
        # Without what lies behind: of some of it the decoder says that the picture itself is cut.
        pictures = pi_heif.open_heif(io.BytesIO(data[:end]), convert_hdr_to_8bit=True)
        check_frames(len(pictures), limits)
        for place, config in _coded_places(data):
            _check_units(data[place])
            if not decoded_alike(data[config], data[place]):
                raise Damaged
        for number, picture in enumerate(pictures):
            check_size(picture.size[0], picture.size[1], limits)
            image = picture.to_pillow()
            if number == 0 and end < len(data):
                check_alone(data, end, np.asarray(image.convert("L")))
            yield np.asarray(image)
    except (ValueError, RuntimeError, SyntaxError, EOFError, struct.error) as error:
        raise Damaged from error


def _check_units(code: bytes) -> None:
    """Raise Damaged when the units of a coded picture do not follow each other, or have a hole."""
    at = 0
    while at < len(code):
        (length,) = struct.unpack_from(">I", code, at)
        unit = code[at + 4 : at + 4 + length]
        if len(unit) < length or any(zeros in unit for zeros in FORBIDDEN):
            raise Damaged
        at += 4 + length


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of what is in each box."""
    while at + 8 <= end:
        length, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        stop = at + length if length else end
        yield kind, at + head, stop
        if stop <= at:
            return
        at = stop


def _end_of_picture(data: bytes) -> int:
    """Where the boxes of the file end: at what is no box, or where those of another file begin.

    Behind a whole picture text may read as the head of a box: of one that is longer than the file, or,
    after zeros, of one that goes on to its end.
    """
    end, seen = 0, set[bytes]()
    for kind, _start, stop in _boxes(data, 0, len(data)):
        chance = seen >= WHOLE and (stop > len(data) or data[end : end + 4] == bytes(4))
        if chance or not kind.isalnum() or (kind == BEGINNING and end):
            return end
        seen.add(kind)
        end = stop
    return end


def _coded_places(data: bytes) -> list[tuple[slice, slice]]:
    """Where the code of each picture, or of each tile of one, lies in the file; and its configuration.

    PhonePicture where that is not found of each: what was not looked at may be hurt.
    """
    meta = next((box for box in _boxes(data, 0, len(data)) if box[0] == b"meta"), None)
    inside: dict[bytes, tuple[int, int]] = {}
    if meta is not None:
        inside = {kind: (start, stop) for kind, start, stop in _boxes(data, meta[1] + 4, meta[2])}
    if not inside.keys() >= {b"iinf", b"iloc", b"iprp"}:
        raise PhonePicture
    coded = [item for item, kind in _item_kinds(data, inside[b"iinf"][0]) if kind == CODED]
    places = dict(_item_places(data, inside[b"iloc"][0]))
    configs = dict(_configs(data, *inside[b"iprp"]))
    if not coded or not set(coded) <= places.keys() & configs.keys():
        raise PhonePicture
    return [(places[item], configs[item]) for item in coded]


def _configs(data: bytes, start: int, stop: int) -> Iterator[tuple[int, slice]]:
    """Each item's number, and where the configuration of its code lies (ISO 23008-12, 9.3)."""
    boxes = list(_boxes(data, start, stop))
    held = next(((at, end) for kind, at, end in boxes if kind == b"ipco"), (0, 0))
    known = list(_boxes(data, *held))
    for at in (at for kind, at, _end in boxes if kind == b"ipma"):
        for item, places in _owned(data, at):
            for place in places:
                kind, begins, ends = known[place - 1] if 0 < place <= len(known) else (b"", 0, 0)
                if kind == b"hvcC":
                    yield item, slice(begins, ends)


def _owned(data: bytes, at: int) -> Iterator[tuple[int, list[int]]]:
    """Each item's number, and the numbers of what is said of it, from 1 (ISO 23008-12, 9.3.3)."""
    number, long = ">I" if data[at] > 0 else ">H", data[at + 3] & 1
    (count,) = struct.unpack_from(">I", data, at + 4)
    at += 8
    for _entry in range(count):
        (item,) = struct.unpack_from(number, data, at)
        at += struct.calcsize(number)
        said, form = data[at], ">H" if long else ">B"
        at += 1
        # Without the highest bit, which only says that a reader must know it.
        places = [
            found & (0x7FFF if long else 0x7F)
            for found in struct.unpack_from(f">{said}{form[1]}", data, at)
        ]
        at += said * struct.calcsize(form)
        yield item, places


def _item_kinds(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Each item's number and kind (ISO 14496-12, 8.11.6)."""
    wide = data[at] > 0
    (count,) = struct.unpack_from(">I" if wide else ">H", data, at + 4)
    at += 8 if wide else 6
    for _entry in range(count):
        length, _, version = struct.unpack_from(">I4sB", data, at)
        item = struct.unpack_from(">I" if version > 2 else ">H", data, at + 12)[0]
        start = at + (18 if version > 2 else 16)
        yield item, data[start : start + 4]
        at += length


def _item_places(data: bytes, at: int) -> Iterator[tuple[int, slice]]:
    """Each item's number and the bytes that it is made of (ISO 14496-12, 8.11.3).

    Only items of one piece, counted from the beginning of the file: as all phones write them.
    """
    version, sizes = data[at], struct.unpack_from(">H", data, at + 4)[0]
    wide_start, wide_length, wide_base, wide_index = (
        sizes >> shift & 15 for shift in (12, 8, 4, 0)
    )
    many = ">I" if version == 2 else ">H"
    (count,) = struct.unpack_from(many, data, at + 6)
    at += 6 + struct.calcsize(many)
    for _item in range(count):
        (item,) = struct.unpack_from(many, data, at)
        at += struct.calcsize(many)
        method = IN_FILE
        if version > 0:
            method = data[at + 1] & 15
            at += 2
        base = int.from_bytes(data[at + 2 : at + 2 + wide_base], "big")
        at += 2 + wide_base
        (pieces,) = struct.unpack_from(">H", data, at)
        at += 2
        for _piece in range(pieces):
            at += wide_index if version > 0 else 0
            start = base + int.from_bytes(data[at : at + wide_start], "big")
            at += wide_start
            length = int.from_bytes(data[at : at + wide_length], "big")
            at += wide_length
            if method == IN_FILE and pieces == 1:
                yield item, slice(start, start + length)
