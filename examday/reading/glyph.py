"""Brings the ink of one cell to the frame the network was trained on.

Training and reading share this one function.
"""

from __future__ import annotations

import cv2
import numpy as np

FRAME = 32  # px, side of the network's input: it was trained on pictures of this size
INK_SIDE = 24  # px: the margin around it keeps strokes off the border, as in training
"""One size for all sets: else the network tells 0 from О by the frame."""
# darkness from which a pixel counts as ink when its box is measured: a soft edge would widen it
INK = 0.4

DIGITS = "0123456789"
CYRILLIC = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIACRITICS = "ÀÂÄÖÔÈÉÊËÎÏÙÛÜßÇ"
"""Those of the form's sample lines [G2], which have no Spanish Á Í Ó Ú Ñ."""
MARKS = ",-"
"""No data set holds them: the training draws them as strokes."""
# a cell struck out: a class of its own, or it would be read as some letter; never part of an answer
CROSSED = "✗"
CLASSES = DIGITS + CYRILLIC + LATIN + DIACRITICS + MARKS + CROSSED
"""In the order of the network's outputs: a character put in between would rename all behind it."""


def ink_box(ink: np.ndarray) -> tuple[int, int, int, int] | None:
    """Box x0, y0, x1, y1 (ends excluded) of the pixels that are ink, or None when there are none."""
    x, y, wide, high = cv2.boundingRect((ink > INK).view(np.uint8))
    return (x, y, x + wide, y + high) if wide else None


def normalise(ink: np.ndarray) -> np.ndarray | None:
    """Bring the ink of one character to a uint8 FRAME x FRAME picture, white on black.

    `ink`: float 0 (paper) … 1 (pen). The longest side becomes INK_SIDE px, centred. None for an
    empty cell. Size and place are lost: geometry must look at the cell.
    """
    box = ink_box(ink)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    scale = INK_SIDE / max(x1 - x0, y1 - y0)
    size = max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale))
    piece = np.ascontiguousarray(ink[y0:y1, x0:x1], np.float32)
    small = cv2.resize(piece, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    frame = np.zeros((FRAME, FRAME), np.uint8)
    left, top = (FRAME - size[0]) // 2, (FRAME - size[1]) // 2
    frame[top : top + size[1], left : left + size[0]] = np.clip(small * 255, 0, 255)
    return frame
