"""Checks that all pages of a TIFF are on its list: each page names the next, and a broken list ends early.

Decoders show what they reach and say nothing of the pages behind the break.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Sequence

from examday.reading.bad_files import Damaged, MorePictures
from examday.reading.ends import MOST_FRAMES, STARTS, TIFFS, TILE_STARTS, strip_ends

WIDTH_ENTRY = {
    "<": re.compile(rb"\x00\x01[\x03\x04]\x00\x01\x00\x00\x00", re.S),
    ">": re.compile(rb"\x01\x00\x00[\x03\x04]\x00\x00\x00\x01", re.S),
}
"""A list of tags has no mark of its own. It begins with the tag of a page's width, or has it
second, behind what kind of page it is."""
ENTRY = 12  # bytes of a tag, all alike: so a list's length is known from its count
# without them nothing can be drawn, so a list that lacks one is no page that was lost
PAGE_TAGS = {256, 257, 259}
KIND, OLD_KIND = 254, 255
REDUCED = 1 | 4  # a smaller version of a page, or a mask: neither is a page that could be lost
MOST_TAGS = 200
BELOW = 330  # leads to further lists of tags, of previews of the same page
PREVIEW, PREVIEW_BYTES = 513, 514  # a preview that is a JPEG of its own


def check_chain(data: bytes) -> None:
    """Raise Damaged when the list of pages runs in a ring, leads nowhere, or leaves a page out.

    Also when the file ends before what it names, be it a preview: a copy that broke off may lack
    whole pages behind it. MorePictures when a second file begins behind the first. Of a TIFF with wider numbers (BigTIFF) the decoder's
    word stands.
    """
    order = TIFFS.get(data[:4])
    if order is None:
        return
    lists = list(_lists(data, order))
    if any(end > len(data) for end in _ends(data, [at for at, _tags in lists], order)):
        raise Damaged
    named = {at for at, _tags in lists}
    shown = {_pixels(tags) for _at, tags in lists}
    for at in _pages_in(data, order):
        if at in named:
            continue
        tags = _tags(data, at, order)
        # Known pages are passed over: programs that change a tag leave the old list of a page where
        # it was.
        if tags is not None and not _is_reduced(tags) and _pixels(tags) not in shown:
            raise Damaged
    if _is_followed(data, [at for at, _tags in lists], order):
        raise MorePictures


def _is_followed(data: bytes, lists: Sequence[int], order: str) -> bool:
    """Whether a second TIFF, which counts from its own beginning, lies behind all pixels of the first."""
    end = max(8, *lists, *_ends(data, lists, order))
    for found in re.finditer(rb"II\*\0|MM\0\*", data[end:]):
        second = data[end + found.start() :]
        its_order = TIFFS[found[0]]
        at = int.from_bytes(second[4:8], "little" if its_order == "<" else "big")
        tags = _tags(second, at, its_order)
        if tags is not None and tags.keys() >= PAGE_TAGS:
            return True
    return False


def _ends(data: bytes, lists: Sequence[int], order: str) -> Iterator[int]:
    """Where the pixels of each page end, those of its previews too."""
    for at in [place for page in lists for place in (page, *_below(data, page, order))]:
        tags = _tags(data, at, order)
        if tags is None:
            yield len(data) + 1
            continue
        (count,) = struct.unpack_from(f"{order}H", data, at)
        entries = data[at + 2 : at + 2 + ENTRY * count]
        yield from strip_ends(io.BytesIO(data), entries, order)
        if PREVIEW in tags and PREVIEW_BYTES in tags:
            yield tags[PREVIEW][1] + tags[PREVIEW_BYTES][1]


def _below(data: bytes, at: int, order: str) -> tuple[int, ...]:
    """Where the lists of tags of a page's own previews begin."""
    number, where = (_tags(data, at, order) or {}).get(BELOW, (0, 0))
    if 1 < number < MOST_TAGS:
        places = struct.unpack_from(f"{order}{number}I", data, where)
    else:
        places = (where,)[:number]
    # Programs that leave a preview out write 0 in its place, which is where no list can begin.
    return tuple(place for place in places if place)


Tags = dict[int, tuple[int, int]]
"""Tag → its number of values, and its value or where the values lie. Read by hand, because the
library sees only pages that are linked."""


def _lists(data: bytes, order: str) -> Iterator[tuple[int, Tags]]:
    """Where the tags of each page begin, and the tags, as the pages name each other."""
    (at,) = struct.unpack_from(f"{order}I", data, 4)
    seen: set[int] = set()
    while at:
        tags = None if at in seen or len(seen) > MOST_FRAMES else _tags(data, at, order)
        if tags is None:
            raise Damaged
        seen.add(at)
        yield at, tags
        (count,) = struct.unpack_from(f"{order}H", data, at)
        (at,) = struct.unpack_from(f"{order}I", data, at + 2 + ENTRY * count)


def _tags(data: bytes, at: int, order: str) -> Tags | None:
    """The tags of a page that begin at a place; None where no list of tags stands there."""
    if at + 2 > len(data):
        return None
    (count,) = struct.unpack_from(f"{order}H", data, at)
    if not 0 < count < MOST_TAGS or at + 6 + ENTRY * count > len(data):
        return None
    entries = data[at + 2 : at + 2 + ENTRY * count]
    return {tag: (number, value) for tag, _kind, number, value in _entries(entries, order)}


def _entries(entries: bytes, order: str) -> Iterator[tuple[int, int, int, int]]:
    for tag, kind, number, value in struct.iter_unpack(f"{order}HHI4s", entries):
        short = kind == 3 and number == 1
        yield tag, kind, number, struct.unpack(f"{order}H2x" if short else f"{order}I", value)[0]


def _pages_in(data: bytes, order: str) -> Iterator[int]:
    """Places at which the tags of a page may begin."""
    for found in WIDTH_ENTRY[order].finditer(data):
        for first in (found.start(), found.start() - ENTRY):
            tags = _tags(data, first - 2, order) if first >= 2 else None
            ordered = tags is not None and list(tags) == sorted(tags)
            if tags is not None and ordered and tags.keys() >= PAGE_TAGS:
                yield first - 2


def _pixels(tags: Tags) -> tuple[int, int]:
    """Where the pixels of a page lie, as it says itself."""
    return tags.get(STARTS) or tags.get(TILE_STARTS) or (0, 0)


def _is_reduced(tags: Tags) -> bool:
    return bool(tags.get(KIND, (0, 0))[1] & REDUCED) or tags.get(OLD_KIND) == (1, 2)
