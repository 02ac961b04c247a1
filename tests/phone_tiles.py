"""A phone's picture made of tiles, as iPhones write it: each tile is coded by itself."""

import io
import struct

import numpy as np
import pillow_heif
from PIL import Image

from examday.reading import decoded_twice, heif

TILE = 256
box, full = decoded_twice._box, decoded_twice._full


def tiled(grey: np.ndarray) -> tuple[bytes, list[slice]]:
    """The file, and where the code of each tile lies in it. `grey`: sides of whole tiles."""
    high, wide = (side // TILE for side in grey.shape)
    tiles = [
        _coded(grey[TILE * row : TILE * (row + 1), TILE * column : TILE * (column + 1)])
        for row in range(high)
        for column in range(wide)
    ]
    whole = len(tiles) + 1  # the item that says how the tiles lie comes behind them
    laid = struct.pack(">BBBBHH", 0, 0, high - 1, wide - 1, wide * TILE, high * TILE)
    kind = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    before = len(kind) + len(_notes(tiles, whole, laid, grey.shape, 0)) + 8
    notes = _notes(tiles, whole, laid, grey.shape, before)
    ends = before + np.cumsum([0, *(len(code) for _config, code in tiles)])
    places = [slice(int(a), int(b)) for a, b in zip(ends, ends[1:], strict=False)]
    return kind + notes + box(b"mdat", *(code for _config, code in tiles)), places


def _coded(part: np.ndarray) -> tuple[bytes, bytes]:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(part).convert("RGB")).save(out, quality=85)
    data = out.getvalue()
    ((place, config),) = heif._coded_places(data)
    return data[config], data[place]


def _notes(
    tiles: list[tuple[bytes, bytes]],
    whole: int,
    laid: bytes,
    size: tuple[int, ...],
    start: int,
) -> bytes:
    """Kinds, settings and places of all items; the code begins at `start`."""
    numbers = range(1, whole)
    kinds = [(number, b"hvc1") for number in numbers] + [(whole, b"grid")]
    items = [
        # A tile is hidden, flag 1: it is no picture of its own.
        box(b"infe", struct.pack(">IHH4sB", 2 << 24 | (n < whole), n, 0, kind, 0))
        for n, kind in kinds
    ]
    told = [box(b"hvcC", config) for config, _code in tiles]
    told += [full(b"ispe", 0, struct.pack(">II", TILE, TILE))]
    told += [full(b"ispe", 0, struct.pack(">II", size[1], size[0]))]
    owned = [struct.pack(">HBBB", n, 2, 0x80 | n, whole) for n in numbers]
    owned += [struct.pack(">HBB", whole, 1, whole + 1)]
    made_of = struct.pack(f">HH{whole - 1}H", whole, whole - 1, *numbers)
    parts = [
        full(b"hdlr", 0, bytes(4), b"pict", bytes(13)),
        full(b"pitm", 0, struct.pack(">H", whole)),
        full(b"iinf", 0, struct.pack(">H", whole), *items),
        full(b"iref", 0, box(b"dimg", made_of)),
        box(
            b"iprp",
            box(b"ipco", *told),
            full(b"ipma", 0, struct.pack(">I", whole), *owned),
        ),
        box(b"idat", laid),
    ]
    return full(b"meta", 0, *parts, _places(tiles, whole, len(laid), start))


def _places(
    tiles: list[tuple[bytes, bytes]],
    whole: int,
    length: int,
    start: int,
) -> bytes:
    rows = []
    for number, (_config, code) in enumerate(tiles, 1):
        rows.append(struct.pack(">HHHHII", number, 0, 0, 1, start, len(code)))
        start += len(code)
    rows.append(struct.pack(">HHHHII", whole, 1, 0, 1, 0, length))
    return full(b"iloc", 1, struct.pack(">BBH", 0x44, 0, whole), *rows)
