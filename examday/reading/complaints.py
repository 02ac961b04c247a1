"""Hears what decoders complain of, and looks for what they pass over in silence.

Decoders for cameras show as much as they can: half a JPEG becomes half a picture with a grey rest, a
broken fax strip a white one. For a sheet of answers that is a wrong sheet.
"""

from __future__ import annotations

import ctypes
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from examday.reading.bad_files import Damaged

HARMLESS = re.compile(
    r"Unknown field with tag|iCCP|sRGB|unknown tag|"
    r"tag ignored|Incompatible type for|Ignoring|Invalid SOS parameters for sequential",
    re.I,
)
"""What decoders say of files that are whole (private tags, colour profiles): a scan must not be
refused for it."""
PADDED = re.compile(r"(\d+) extraneous bytes before marker 0xd9", re.I)
"""Code that is left over when a JPEG's last row is full: padding, or rows that went astray before."""
COMPLAINT = re.compile(
    r"corrupt|premature|bad (code|huffman|data|marker)|truncat|not enough data|read error|"
    r"line length mismatch|unexpected|invalid|missing|error|damaged|uncompressed data|"
    r"decoding error|EOL|EOF|cannot|can't",
    re.I,
)
"""The libraries have no codes for these: what they print is all there is to go by."""
MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7]", re.S)
"""FF 00 is a data byte and FF D0 … D7 a restart: both belong to the coded data."""
OUTPUTS = (1, 2)  # by number: libraries in C write past Python's own streams
PNG_START = b"\x89PNG\r\n\x1a\n"


@dataclass
class Said:
    """What decoders wrote to the standard error, once they are done."""

    text: str = ""


@contextmanager
def listening() -> Iterator[Said]:
    """Keep what decoders inside write to their output: they have no other way to complain."""
    said = Said()
    with tempfile.TemporaryFile() as heard:
        # The descriptors themselves: C libraries do not write through sys.stderr.
        with _written_to(heard.fileno()):
            yield said
        heard.seek(0)
        said.text = heard.read(65536).decode("utf-8", "replace")


@contextmanager
def _written_to(file: int) -> Iterator[None]:
    """What is written to standard output and error goes into a file, given by its descriptor."""
    written_out = ctypes.CDLL(None).fflush
    written_out(None)
    kept = [os.dup(out) for out in OUTPUTS]
    for out in OUTPUTS:
        os.dup2(file, out)
    try:
        yield
    finally:
        # Written out first, because what C libraries hold back still belongs to the file.
        written_out(None)
        for out, before in zip(OUTPUTS, kept, strict=True):
            os.dup2(before, out)
            os.close(before)


@contextmanager
def no_complaints(coded: bytes = b"") -> Iterator[None]:
    """Raise Damaged when a decoder inside says that it made up a part of the picture.

    `coded`: the JPEG that is decoded, up to its end mark.
    """
    with listening() as said:
        yield
    if any(_is_complaint(line, coded) for line in said.text.splitlines()):
        raise Damaged


def _is_complaint(line: str, coded: bytes) -> bool:
    padded = PADDED.search(line)
    if padded:
        return len(set(coded[-int(padded[1]) :]) | {0, 0xFF}) > 2
    return bool(COMPLAINT.search(line)) and not HARMLESS.search(line)


@dataclass
class _Scans:
    """Which coefficients of which component of a progressive JPEG were sent.

    `left`: bits still to come for each; absent: nothing came.
    """

    components: list[int] = field(default_factory=list)
    left: dict[tuple[int, int], int] = field(default_factory=dict)

    def add(
        self,
        which: list[int],
        first: int,
        last: int,
        low: int,
    ) -> None:
        for component in which:
            for place in range(first, min(last, 63) + 1):
                self.left[component, place] = low

    @property
    def whole(self) -> bool:
        """Whether every component came in full, the highest frequencies too."""
        return all(self.left.get((c, p), 1) == 0 for c in self.components for p in range(64))


def check_jpeg(data: bytes) -> int:
    """Return where a JPEG's end mark stands; raise Damaged when it ends too early.

    It lacks its end mark or, a progressive one, some of its scans: decoders show such a picture
    without a word, only less sharp.
    """
    try:
        return _end_of_jpeg(data)
    except (IndexError, ValueError) as error:
        # A segment is shorter than what it must hold.
        raise Damaged from error


def _end_of_jpeg(data: bytes) -> int:
    scans, at, progressive, ended = _Scans(), 2, False, False
    while at + 2 <= len(data):
        if data[at] != 0xFF:  # coded data: on to the next marker
            at = _next_marker(data, at)
            continue
        mark = data[at + 1]
        if mark == 0xFF:
            # Any number of fill bytes may stand before a marker.
            at += 1
        elif mark == 0xD9:
            ended = True
            break
        elif mark in (0x00, 0x01) or 0xD0 <= mark <= 0xD8:
            # These markers have no length: to read one would leap anywhere.
            at += 2
        else:
            size = int.from_bytes(data[at + 2 : at + 4], "big")
            part = data[at + 4 : at + 2 + size]
            if mark in (0xC0, 0xC1, 0xC2, 0xC9, 0xCA):
                progressive = mark in (0xC2, 0xCA)
                scans.components = [part[6 + 3 * i] for i in range(part[5])]
            elif mark == 0xDA:
                count = part[0]
                first, last, bits = part[1 + 2 * count : 4 + 2 * count]
                scans.add([part[1 + 2 * i] for i in range(count)], first, last, bits & 15)
            at += 2 + size
    if not ended or (progressive and not scans.whole):
        raise Damaged
    return at


def _next_marker(data: bytes, at: int) -> int:
    found = MARKER.search(data, at)
    return found.start() if found else len(data)


def check_png(data: bytes) -> int:
    """Return where a PNG ends; raise Damaged when a chunk is cut or fails its sum, or the last one is missing."""
    at = len(PNG_START)
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        body, kind = data[at + 4 : at + 8 + size], data[at + 4 : at + 8]
        told = data[at + 8 + size : at + 12 + size]
        if len(told) < 4 or zlib.crc32(body) != int.from_bytes(told, "big"):
            raise Damaged
        if kind == b"IEND":
            return at + 12
        at += 12 + size
    raise Damaged
