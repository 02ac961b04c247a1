"""Decode a coded picture of a phone's file by two programs: hurt code comes out as two pictures.

HEVC has no sum of its own, and a decoder shows whatever it makes of strange bytes. Whole code gives
the same pixels in every decoder; behind a changed byte each makes up something else.

Behind a fault near the end both may make up the same. But whole code ends where its last pixels do: a
decoder reads it up to its last bytes, and none behind them. Of 192 tiles with one changed bit in their
second half all that looked different were told but one.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np

from examday.reading.second_decoder import ONLY_HEVC, is_there, picture_of

START = b"\0\0\0\1"  # stands before each unit where nothing else says how long it is
# Side in px of the squares whose mean is compared: decoders round single pixels differently
SPOT = 16
NOTES = 32  # from this kind on a unit holds no pixels, so nothing of it is put in question
HEAD = 8  # bytes at the beginning of a unit that say what it is: less than any has
FILLER = bytes.fromhex("a7395ee1 4b968d27 f2186cb3 5ac4719d 3fe8b256 0d917c4a")
"""Stands in for code; without zeros in a row, which would begin another unit. Whole code of an even
grey depends on its last twelve bytes, of anything else on the last two."""
APART = 20.0
"""Grey values by which no square of one picture may differ from the other: roundings make two or three,
made-up code a hundred."""


def decoded_alike(config: bytes, code: bytes) -> bool:
    """Whether both decoders see the same picture. `config`: what the file says of its coding (hvcC).

    True where there is no second one: then the first one's word stands. Raises what the first decoder
    raises.
    """
    units = list(_units(config, code))
    other = _seen(units)
    # Of a picture hurt where its code begins the second decoder often sees none, while the first
    # shows something: so «none» is a finding.
    if other is None:
        return not is_there()
    first, second = _spots(_first(config, code, other.shape)), _spots(other)
    alike = first.shape == second.shape[:2]
    alike = alike and float(np.abs(_evened(first, second)).max()) < APART
    return alike and _read_to_its_end(units, other)


def _seen(units: Iterable[bytes]) -> np.ndarray | None:
    """The picture as the second decoder sees it."""
    return picture_of(b"".join(START + unit for unit in units), ONLY_HEVC)


def _read_to_its_end(units: Sequence[bytes], seen: np.ndarray) -> bool:
    """Whether the pixels depend on the last bytes of each unit of code, and on none behind them."""
    coded = [place for place, unit in enumerate(units) if _is_code(unit)]
    longer = [unit + FILLER if place in coded else unit for place, unit in enumerate(units)]
    if not _same(seen, _seen(longer)):
        return False
    return not any(_same(seen, _seen(_with_other_end(units, place))) for place in coded)


def _same(one: np.ndarray, other: np.ndarray | None) -> bool:
    return other is not None and np.array_equal(one, other)


def _with_other_end(units: Sequence[bytes], place: int) -> list[bytes]:
    """The units, the last bytes of one of them replaced."""
    unit = units[place]
    return [*units[:place], unit[: -len(FILLER)] + FILLER, *units[place + 1 :]]


def _is_code(unit: bytes) -> bool:
    """Whether a unit holds pixels: the others hold settings and notes (HEVC, 7.4.2.2)."""
    return len(unit) > len(FILLER) + HEAD and unit[0] >> 1 & 63 < NOTES


def _first(config: bytes, code: bytes, shape: tuple[int, ...]) -> np.ndarray:
    """The picture as the usual decoder sees it, from a file that holds it alone."""
    import pi_heif

    picture = pi_heif.open_heif(io.BytesIO(_file(config, code, shape)), convert_hdr_to_8bit=True)
    seen = np.asarray(picture.to_pillow())
    # Ten bits of grey come in sixteen: the two lowest of the ten are more than is compared.
    seen = (seen >> 8).astype(np.uint8) if seen.dtype == np.uint16 else seen
    return seen if seen.ndim == 2 else np.asarray(cv2.cvtColor(seen[:, :, :3], cv2.COLOR_RGB2GRAY))


def _spots(grey: np.ndarray) -> np.ndarray:
    high, wide = (max(1, side // SPOT) for side in grey.shape[:2])
    return np.asarray(cv2.resize(grey, (wide, high), interpolation=cv2.INTER_AREA), float)


def _evened(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """What differs once the colours of the second are turned into grey as the first's were.

    A file may leave open which grey is black, and how colours were made.
    """
    colours = second.reshape(-1, second.shape[2])
    design = np.c_[colours, np.ones(len(colours))]
    terms = np.linalg.lstsq(design, first.ravel(), rcond=None)[0]
    return np.asarray(first.ravel() - design @ terms)


def _units(config: bytes, code: bytes) -> Iterator[bytes]:
    """The units of a coded picture: those that its configuration holds, then its own."""
    at = 23  # bytes before the lists (ISO 14496-15, 8.3.3.1): a head that holds no unit
    for _kind in range(config[22]):
        (count,) = struct.unpack_from(">H", config, at + 1)
        at += 3
        for _unit in range(count):
            (length,) = struct.unpack_from(">H", config, at)
            yield config[at + 2 : at + 2 + length]
            at += 2 + length
    at = 0
    while at < len(code):
        (length,) = struct.unpack_from(">I", code, at)
        yield code[at + 4 : at + 4 + length]
        at += 4 + length


def _file(config: bytes, code: bytes, shape: tuple[int, ...]) -> bytes:
    """A file with this one coded picture in it (ISO 23008-12)."""
    size = _full(b"ispe", 0, struct.pack(">II", shape[1], shape[0]))
    owned = _full(b"ipma", 0, struct.pack(">IHBBB", 1, 1, 2, 0x81, 0x02))
    parts = [
        _full(b"hdlr", 0, bytes(4), b"pict", bytes(13)),
        _full(b"pitm", 0, struct.pack(">H", 1)),
        _full(
            b"iinf",
            0,
            struct.pack(">H", 1),
            _full(b"infe", 2, struct.pack(">HH5s", 1, 0, b"hvc1\0")),
        ),
        _box(b"iprp", _box(b"ipco", _box(b"hvcC", config), size), owned),
    ]
    kind = _box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    # The box before the code does not change its length by the number in it, so it can be counted
    # beforehand.
    before = len(kind) + len(_full(b"meta", 0, *parts, _place(0, 0))) + 8
    return kind + _full(b"meta", 0, *parts, _place(before, len(code))) + _box(b"mdat", code)


def _place(start: int, length: int) -> bytes:
    return _full(b"iloc", 0, struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, start, length))


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _full(kind: bytes, version: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24), *parts)
