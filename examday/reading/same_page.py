"""Whether two pictures show one page that lies under no form: of a print-out or a notebook.

Marks of the writing are paired between both pictures and tell how one lies on the other; then each
spot that holds writing is looked for at its place of the other picture, as `ink_match` does under a
form. Another page has other words at these places, even where its lines stand alike. Pages of lists and
tables under one heading are alike in most spots: so strokes are looked for that one of them has alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

WIDE = 1000  # px, width at which both are compared: a typed letter is ten px high
FEATURES = 2000
FEWEST_PAIRS = 25  # marks that agree on one way to lie: fewer may agree by chance, as letters are like each other
RATIO = 0.85  # of the best to the second best likeness of two marks: letters are like each other
NEAR_PX = 4.0  # how far a paired mark may be off: paper that was bent in the feeder
# size of one picture in the other: cut margins change the width by no more
SMALLEST, LARGEST = 0.7, 1.4
# px, side of a spot: four letters wide, a line and a half high, so that each holds a stroke to
# compare
SPOT = 40
LEAST_ROWS = 6  # px: lower than any letter; of the cut edge of a line nothing is to be told
# px, how far a spot may be off: less than a letter, so that none is compared with the next
NEAR = 6
# darkness of ink; share of a spot that it covers at least: of less nothing can be compared
DARK, LEAST_INK = 0.25, 0.03
FEWEST = 12  # spots with writing below which nothing is concluded: few may agree by chance
SAME = 0.78  # median fit from which both show one page: the same again gives 0.88 and more, blurred too
# Another one in the same layout gives 0.7 at most, where few words come again and again.
# Squares in which strokes are compared: px of their side, and from one to the next.
CLOSE, STEP = 24, 12
LETTER = 0.06  # share of such a square that ink covers: a digit alone in it is enough
# Of the darkest: what belongs to a stroke; and what is no ink in its place.
STROKE, GONE = 0.5, 0.35
REACH = np.ones((5, 5), np.uint8)  # px by which a stroke may be moved, thinner or thicker
LACKS = 0.1  # share of a square's strokes that the other picture lacks: another digit lacks more
# Squares that may lack strokes: a stain covers two. Lists that differ in a digit a line lack some in 0.14 % and
# more, whichever is looked for; one page in 0.02 % at most, for a hair, a fold or a note hides strokes of one
# picture alone.
LEAST_OTHER, OTHER = 2, 0.001
ADDED, MORE = 0.15, 8  # what the other may have more: share of its squares, or signs: a fold is one
SIGN = 6  # px: dust is lower, and comes and goes between two scans


@dataclass(frozen=True)
class Look:
    """What two pictures of a page are compared by.

    `ink`: darkness of each place, WIDE px wide; `spots`: corners of the squares with writing;
    `points` (n, 2) px and `marks` (n, 32): where there are marks of the writing, and what they look
    like.
    """

    ink: np.ndarray
    spots: Sequence[tuple[int, int]]
    points: np.ndarray
    marks: np.ndarray


def look_at(grey: np.ndarray) -> Look:
    """Take down what tells a page from others. `grey`: uint8 H x W, a whole page, any way up."""
    ink = _ink(grey)
    finder = cv2.ORB.create(
        FEATURES,
        scaleFactor=1.3,
        nlevels=4,
        patchSize=41,
        fastThreshold=10,
    )
    found, marks = finder.detectAndCompute((255 * ink).astype(np.uint8), None)
    return Look(
        ink,
        _spots(ink),
        np.array([point.pt for point in found], float).reshape(-1, 2),
        np.zeros((0, 32), np.uint8) if marks is None else marks,
    )


def same_page(first: Look, second: Look) -> bool | None:
    """Tell whether both pictures show the same page. None when there is too little writing to tell."""
    if min(len(first.spots), len(second.spots)) < FEWEST:
        return None
    way = _way(first, second)
    if way is None:
        return False
    there = cv2.warpAffine(second.ink, way, first.ink.shape[::-1])
    if likeness(first, there) <= SAME:
        return False
    back = cv2.invertAffineTransform(way)
    here = cv2.warpAffine(first.ink, back, second.ink.shape[::-1])
    if _holds_all(first.ink, there):
        return _adds_little(second.ink, here)
    return _holds_all(second.ink, here) and _adds_little(first.ink, there)


def likeness(first: Look, laid: np.ndarray) -> float:
    """Median of how well the writing of each spot is found at its place, from -1 to 1."""
    fits = []
    for x, y in first.spots:
        top, end = _rows(first.ink[y : y + SPOT, x : x + SPOT])
        wanted = first.ink[y + top : y + end, x : x + SPOT]
        near = laid[max(0, y + top - NEAR) : y + end + NEAR, max(0, x - NEAR) : x + SPOT + NEAR]
        where, what = (cv2.GaussianBlur(part, (0, 0), 1.2) for part in (near, wanted))
        fits.append(float(cv2.matchTemplate(where, what, cv2.TM_CCOEFF_NORMED).max()))
    return float(np.median(fits))


def _holds_all(ink: np.ndarray, laid: np.ndarray) -> bool:
    """Whether what is written on a picture stands on the other, laid on it, to the last stroke."""
    corners = _corners(ink)
    spare = max(LEAST_OTHER, OTHER * len(corners))
    wanted, there = (cv2.GaussianBlur(part, (0, 0), 1.2) for part in (ink, laid))
    near = cv2.dilate(there, REACH)
    for x, y in corners:
        strokes = wanted[y : y + CLOSE, x : x + CLOSE]
        around = there[y - NEAR : y + CLOSE + NEAR, x - NEAR : x + CLOSE + NEAR]
        fits = cv2.matchTemplate(around, strokes, cv2.TM_CCOEFF_NORMED)
        _, _, _, (right, down) = cv2.minMaxLoc(fits)
        place, top = x - NEAR + right, y - NEAR + down
        gone = near[top : top + CLOSE, place : place + CLOSE] < GONE * strokes
        spare -= gone[strokes > STROKE * strokes.max()].mean() > LACKS
        if spare < 0:
            return False
    return True


def _adds_little(ink: np.ndarray, laid: np.ndarray) -> bool:
    """Whether a picture shows little that is not on the other, laid on it, which it holds whole.

    A fold, a hair, a note by hand. A page that goes on under the same heading adds more signs.
    """
    dark = (ink > DARK).astype(np.uint8)
    more = dark & (cv2.dilate(laid, REACH) < DARK * GONE)
    corners = _corners(ink)
    other = sum(more[y : y + CLOSE, x : x + CLOSE].mean() > LETTER for x, y in corners)
    if other <= ADDED * len(corners):
        return True
    _number, _of_each, sizes, _middles = cv2.connectedComponentsWithStats(more)
    return int((sizes[1:, cv2.CC_STAT_HEIGHT] >= SIGN).sum()) <= MORE


def _corners(ink: np.ndarray) -> list[tuple[int, int]]:
    """Top left corners of the small squares that hold a letter at least."""
    covered = cv2.boxFilter((ink > DARK).astype(np.float32), -1, (CLOSE, CLOSE), anchor=(0, 0))
    rows, columns = (range(SPOT, side - 2 * SPOT, STEP) for side in ink.shape)
    return [(x, y) for y in rows for x in columns if covered[y, x] >= LETTER]


def _rows(spot: np.ndarray) -> tuple[int, int]:
    """First row of a spot's writing, and the one behind its last.

    With the bare paper round a line each line would be like every other where lines stand far apart.
    """
    written = np.flatnonzero((spot > DARK).any(axis=1))
    top, end = max(0, int(written[0]) - 1), min(SPOT, int(written[-1]) + 2)
    return (top, end) if end - top >= LEAST_ROWS else (0, SPOT)


def _ink(grey: np.ndarray) -> np.ndarray:
    """How dark each place is against the paper round it, 0 … 1, float32, WIDE px wide."""
    scale = WIDE / min(grey.shape)
    small = cv2.resize(
        grey,
        None,
        fx=scale,
        fy=scale,
        interpolation=cv2.INTER_AREA,
    )
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    return np.clip(1 - small.astype(np.float32) / np.maximum(paper, 1), 0, 1)


def _spots(ink: np.ndarray) -> list[tuple[int, int]]:
    """Top left corners of the squares with writing, away from the edges of the picture."""
    dark = (ink > DARK).astype(np.float32)
    return [
        (x, y)
        for y in range(SPOT, ink.shape[0] - 2 * SPOT, SPOT)
        for x in range(SPOT, ink.shape[1] - 2 * SPOT, SPOT)
        if dark[y : y + SPOT, x : x + SPOT].mean() >= LEAST_INK
    ]


def _way(first: Look, second: Look) -> np.ndarray | None:
    """How the second lies on the first: 2x3, px of the second → px of the first. None: not at all."""
    if min(len(first.marks), len(second.marks)) < FEWEST_PAIRS:
        return None
    pairs = [
        best
        for best, next_best in cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(
            second.marks, first.marks, k=2
        )
        if best.distance < RATIO * next_best.distance
    ]
    if len(pairs) < FEWEST_PAIRS:
        return None
    there = second.points[[pair.queryIdx for pair in pairs]]
    here = first.points[[pair.trainIdx for pair in pairs]]
    way, agree = cv2.estimateAffinePartial2D(there, here, ransacReprojThreshold=NEAR_PX)
    if way is None or agree.sum() < FEWEST_PAIRS:
        return None
    size = float(np.hypot(way[0, 0], way[1, 0]))
    return np.asarray(way) if SMALLEST < size < LARGEST else None
