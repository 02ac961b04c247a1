"""Decodes a JPEG whole or not at all, wherever it lies: in its own file, a PDF or a TIFF."""

from __future__ import annotations

import cv2
import numpy as np

from examday.reading.bad_files import Damaged
from examday.reading.brightness_steps import slips
from examday.reading.complaints import check_jpeg, no_complaints
from examday.reading.jpeg_steps import check_steps
from examday.reading.jpeg_words import check_words
from examday.reading.other_coding import check_jpeg_kind
from examday.reading.second_decoder import brightness, check_again


def decode_jpeg(data: bytes) -> np.ndarray | None:
    """The brightness of a JPEG, H x W as it is stored; None where the decoder does not know its kind.

    Raises OtherCoding for a kind that no decoder here knows. Raises Damaged where it is cut, where a decoder finds a fault in it, where its brightness
    slips, or its steps or code words are out of order. Colours are not decoded: that takes half the time.
    """
    end = check_jpeg(data)
    check_jpeg_kind(data)
    check_steps(data)
    check_words(data)
    grey = brightness(data, end)
    if grey is None:
        grey = _seen_by_both(data, end)
    if grey is not None and slips(grey):
        raise Damaged
    return grey


def _seen_by_both(data: bytes, end: int) -> np.ndarray | None:
    with no_complaints(data[:end]):
        flags = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
        grey = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    check_again(data, end)
    return None if grey is None else np.asarray(grey)
