"""Hands of invented people: block letters drawn with strokes, no two people and no two letters alike.

The middle line of a letter of the bundled type is drawn again with a pen that wavers, leans and
slips as this person's does. It stands for handwriting where no collection of real hands may be
passed on; it is no measure of a reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from sheet_paper import Style

FONT = Path(__file__).resolve().parent.parent / "templates/print/fonts/GolosText_400Regular.ttf"
HIGH = 120
"""Height in px of a letter whose middle line is taken: enough for the thinnest stroke."""
EDGE = 40
"""Room round it: strokes lean out of their box."""


@dataclass(frozen=True)
class Person:
    """How somebody writes: lean and width of the letters, how far strokes waver, weight of the pen."""

    lean: float
    wide: float
    waver: float
    pen: float
    barred_seven: bool
    style: Style

    def __call__(self, character: str, rng: np.random.Generator) -> np.ndarray:
        """Draw the character once more, never twice the same: ink 0…1, cut close."""
        points = _middle_line(character).astype(np.float64)
        if character == "7" and self.barred_seven:
            points = np.vstack([points, _bar(points)])
        moved = self._moved(points, rng)
        size = HIGH + 2 * EDGE
        ink = np.zeros((size, round(size * 1.6)), np.uint8)
        pressure = self.pen * rng.uniform(0.97, 1.03)
        for x, y in moved:
            # The pen presses harder on the way down than at the end of a stroke.
            weight = pressure * (1 + 0.12 * np.sin(y / 23 + x / 31))
            cv2.circle(ink, (round(x * 16), round(y * 16)), round(weight * 16), (255,), -1, 8, 4)
        rows, columns = np.flatnonzero(ink.max(1) > 80), np.flatnonzero(ink.max(0) > 80)
        return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32) / 255

    def _moved(self, points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Where the pen really goes: leaning, stretched, and wavering in slow waves."""
        middle = points.mean(axis=0)
        lean, wide = self.lean + rng.normal(0, 0.04), self.wide * rng.uniform(0.93, 1.07)
        around = points - middle
        there = np.c_[around[:, 0] * wide - around[:, 1] * lean, around[:, 1]]
        turn = rng.normal(0, 0.035)
        there = there @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        for long in (95.0, 47.0):
            for axis in (0, 1):
                phase, way = rng.uniform(0, 2 * np.pi), rng.uniform(0, np.pi)
                along = around[:, 0] * np.cos(way) + around[:, 1] * np.sin(way)
                there[:, axis] += self.waver * long / 95 * np.sin(2 * np.pi * along / long + phase)
        return np.asarray(there - there.min(axis=0) + EDGE)


def person(number: int) -> Person:
    """The hand of invented person `number`; the same number always writes alike."""
    rng = np.random.default_rng(7000 + number)
    low = rng.uniform(0.6, 0.72)
    style = Style(
        height=(low, low + 0.14),
        grey=(24, 36),
        stray=rng.uniform(0.03, 0.07),
        comma=rng.uniform(0.24, 0.32),
        comma_foot=rng.uniform(0.98, 1.08),
        minus=rng.uniform(0.6, 0.85),
    )
    return Person(
        lean=rng.uniform(-0.05, 0.25),
        wide=rng.uniform(0.85, 1.1),
        waver=rng.uniform(1.8, 3.6),
        pen=rng.uniform(3.6, 5.2),
        barred_seven=bool(rng.integers(0, 2)),
        style=style,
    )


def _bar(points: np.ndarray) -> np.ndarray:
    """The short stroke across a seven."""
    y = points[:, 1].min() + 0.55 * np.ptp(points[:, 1])
    near = points[np.abs(points[:, 1] - y) < 3][:, 0].mean()
    return np.asarray(np.c_[np.arange(near - 20, near + 20), np.full(40, y)])


@cache
def _middle_line(character: str) -> np.ndarray:
    """The points of the middle line of a letter, x and y in px."""
    face = ImageFont.truetype(FONT, HIGH)
    page = Image.new("L", (2 * HIGH, 2 * HIGH), 0)
    ImageDraw.Draw(page).text((HIGH // 2, HIGH // 4), character, font=face, fill=255)
    rows, columns = np.nonzero(_thinned(np.asarray(page) > 127))
    return np.asarray(np.c_[columns, rows])


def _thinned(ink: np.ndarray) -> np.ndarray:
    """Thin ink to lines one px wide (Zhang and Suen 1984)."""
    ink = np.pad(ink, 1).astype(np.uint8)
    parts, labels, _boxes, middles = cv2.connectedComponentsWithStats(ink, connectivity=8)
    while True:
        before = int(ink.sum())
        for half in (0, 1):
            ink[_loose(ink, half)] = 0
        if int(ink.sum()) == before:
            break
    for part in range(1, parts):
        # A dot (Ё, Ä) may be thinned to nothing: its middle stays.
        if not ink[labels == part].any():
            x, y = middles[part]
            ink[round(y), round(x)] = 1
    return ink[1:-1, 1:-1].astype(bool)


def _loose(ink: np.ndarray, half: int) -> np.ndarray:
    """The px of an edge that may go in this half step without breaking a line."""
    shifts = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
    around = [np.roll(ink, (-dy, -dx), (0, 1)) for dy, dx in shifts]
    count = np.sum(around, axis=0)
    steps = sum((a == 0) & (b == 1) for a, b in zip(around, [*around[1:], around[0]], strict=True))
    up, right, down, left = around[0], around[2], around[4], around[6]
    third, fourth = (
        (up * right * down, right * down * left)
        if half == 0
        else (
            up * right * left,
            up * down * left,
        )
    )
    loose = (ink == 1) & (count >= 2) & (count <= 6) & (steps == 1) & (third == 0) & (fourth == 0)
    return np.asarray(loose)
