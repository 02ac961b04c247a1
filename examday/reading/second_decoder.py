"""A second decoder looks at a picture: it names faults that the first one draws over in silence.

It looks at JPEG and JPEG 2000 here, and at a phone's HEVC in `decoded_twice`. Of a JPEG the usual decoder passes over coefficients behind a block's last, and over a progressive scan that
ends in the middle of a row. Measured on holes, strange bytes and lost bytes of 64 to 4,096: it let a
quarter of the hurt progressive files pass and one in forty of the others; the two decoders together
one in a hundred. The second costs about as much as the first.

Of a grey JPEG that it follows to the bit where the code ends it gives the pixels, too: then the first decoder
has nothing to add. Of 24,000 grey files with changed, lost, doubled and strange bytes the first one
complained of none that the second had followed so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np

from examday.reading.bad_files import Damaged
from examday.reading.complaints import listening
from examday.reading.jpeg_end import lengthened

FAULT = re.compile(r"\] (error count|error y=|error dc|overread)", re.I)
"""What it says of code that cannot be; of whole files of every kind it says none of this."""
ONLY_JPEG = "format_whitelist;jpeg_pipe|codec_whitelist;mjpeg"
"""It knows hundreds of formats; a hostile file must not reach the code of any other."""

ONLY_WAVES = "format_whitelist;j2k_pipe|codec_whitelist;jpeg2000"
"""The same for pictures of scanners that write JPEG 2000: a hostile file must not reach another
decoder."""
OTHER_END = re.compile(r"End mismatch (-?\d+)")
SPARE = 16
"""Bytes by which the code of a block may be longer: writers that cut it to a size round up by five or so."""
os.environ["OPENCV_FFMPEG_LOGLEVEL"] = "24"
# Its warnings are read as well: among them it tells that code ends elsewhere. FFmpeg reads this
# setting when it is first used.

ONLY_HEVC = "f;hevc|format_whitelist;hevc|codec_whitelist;hevc"
"""The same for the code of a phone's picture: a hostile file must not reach another decoder."""
CODE_FAULT = re.compile(r"\] (CABAC_MAX_BIN|The cu_qp_delta)")
"""What it says of code that runs into nonsense; it draws something all the same."""


def brightness(data: bytes, end: int) -> np.ndarray | None:
    """The pixels of a grey JPEG whose code ends with the last of them, H x W; None of any other.

    None says nothing of a fault: then both decoders must look. `end`: where its end mark stands.
    """
    longer = lengthened(data, end)
    if longer is None or not longer.grey:
        return None
    with (
        listening() as said,
        _opened(longer.data, ONLY_JPEG, cv2.CAP_PROP_CONVERT_RGB, 0) as picture,
    ):
        done, seen = picture.read()
    if not done or not longer.ends_there(said.text) or "overread" in said.text:
        return None
    grey = np.asarray(seen)[: longer.high]
    return grey if grey.ndim == 2 and grey.dtype == np.uint8 else None


def check_again(data: bytes, end: int) -> None:
    """Raise Damaged where the second decoder finds a fault in the code of a JPEG.

    `end`: where its end mark stands. Where the decoder is not there, or does not know this kind of
    JPEG, the first one's word stands.
    """
    longer = lengthened(data, end)
    with listening() as said, _opened(longer.data if longer else data, ONLY_JPEG) as picture:
        picture.grab()
    whole = longer.is_whole(said.text) if longer else not FAULT.search(said.text)
    if not whole:
        raise Damaged


def check_waves(data: bytes) -> None:
    """Raise Damaged where code of a JPEG 2000 is used up too early, or not used up.

    Its code says nothing else of a fault: strange bytes are drawn as they are.
    """
    with listening() as said, _opened(data, ONLY_WAVES) as picture:
        picture.grab()
    if any(abs(int(off)) > SPARE for off in OTHER_END.findall(said.text)):
        raise Damaged


def is_there() -> bool:
    """Whether this computer has the second decoder."""
    return bool(cv2.videoio_registry.hasBackend(cv2.CAP_FFMPEG))


def picture_of(data: bytes, only: str) -> np.ndarray | None:
    """The first picture, H x W x 3; None where this decoder is not there or finds it hurt.

    `only`: what alone it may take the bytes for.
    """
    with listening() as said, _opened(data, only) as picture:
        done, colours = picture.read()
    return np.asarray(colours) if done and not CODE_FAULT.search(said.text) else None


@contextmanager
def _opened(data: bytes, only: str, *settings: int) -> Iterator[cv2.VideoCapture]:
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = only
    # The library opens names alone, so the bytes get one that stands for memory: no scan lies on
    # the disk for it.
    handle = os.memfd_create("scan")
    try:
        with open(handle, "wb", closefd=False) as file:
            file.write(data)
        picture = cv2.VideoCapture(
            f"/proc/self/fd/{handle}", cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1, *settings]
        )
        yield picture
        picture.release()
    finally:
        os.close(handle)
