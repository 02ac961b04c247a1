"""Sheets as an uneven feeder gives them, with the way from the sheet to the picture known."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from sheet_photo import PX, Move

SLIP, STRETCH, WAVE, BOW, ASKEW, PULL = "slip", "stretch", "wave", "bow", "askew", "pull"
KINDS = SLIP, STRETCH, WAVE, BOW, ASKEW, PULL
FAX = 0.72  # of the median grey: what is darker becomes black, as in a fax
# rounds that look for a place on the picture, each of which halves what is left at least
CLOSER = 20


@dataclass
class Feed:
    """What each line across the run was moved by: along the run, across it (px), and its turn (radians)."""

    along: np.ndarray
    across: np.ndarray = field(default_factory=lambda: np.zeros(1))
    turn: np.ndarray = field(default_factory=lambda: np.zeros(1))


def feed(kind: str, long: int, rng: np.random.Generator) -> Feed:
    """A feed of `long` lines: one of `KINDS`, of a strength at random."""
    line, still = np.arange(long, dtype=float), np.zeros(long)
    begins, way = rng.uniform(0.2, 0.85) * long, rng.choice([-1.0, 1.0])
    since = line - begins
    if kind == SLIP:
        soft = rng.choice([0.02, 3.0, 10.0]) * PX
        slip = way * rng.uniform(0.8, 3.0) * PX / (1 + np.exp(-np.clip(since / soft, -50, 50)))
        return Feed(slip, still, still)
    if kind == STRETCH:
        knots = np.sort(np.r_[0, rng.uniform(0, long, 3), long])
        moved = np.r_[0, np.cumsum(np.diff(knots) * rng.uniform(-0.012, 0.012, 4))]
        return Feed(np.interp(line, knots, moved), still, still)
    if kind == WAVE:
        wave = rng.uniform(0.3, 1.0) * PX * np.sin(line / (rng.uniform(6, 25) * PX))
        return Feed(wave, still, still)
    if kind == BOW:
        return Feed(still, way * rng.uniform(0.5, 2.5) * PX * (2 * line / long - 1) ** 2, still)
    if kind == ASKEW:
        turn = way * rng.uniform(0.003, 0.014) * np.clip(since / (30 * PX), 0, 1)
        return Feed(still, -np.cumsum(turn), turn)
    held = np.clip(since, 0, rng.uniform(20, 70) * PX)
    return Feed(
        way * rng.uniform(0.01, 0.04) * held, rng.uniform(-0.02, 0.02) * held, 1e-5 * way * held
    )


def fed(page: np.ndarray, how: Feed) -> tuple[np.ndarray, Move]:
    """Picture a sheet of `PX` px a mm that ran through so, and the way from its mm to px of the picture."""
    high, wide = page.shape
    line, column = np.arange(high, dtype=float), np.arange(wide, dtype=np.float32) - wide / 2
    along, across, turn = (
        np.broadcast_to(part, (high,)) for part in (how.along, how.across, how.turn)
    )
    from_y = (line + along)[:, None] + turn[:, None] * column
    from_x = column + wide / 2 + across[:, None]
    picture = cv2.remap(
        page,
        from_x.astype(np.float32),
        from_y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )

    def there(mm: np.ndarray) -> np.ndarray:
        x, y = (np.asarray(mm, float) * PX).T
        best_x, low = x, y
        for _ in range(3):
            low, up = y - 8 * PX, y + 8 * PX
            for _ in range(CLOSER):
                middle = (low + up) / 2
                at = middle + np.interp(middle, line, along)
                at += np.interp(middle, line, turn) * (best_x - wide / 2)
                low, up = np.where(at < y, middle, low), np.where(at < y, up, middle)
            best_x = x - np.interp(low, line, across)
        return np.stack([best_x, low], axis=1)

    return picture, there


def faxed(page: np.ndarray) -> np.ndarray:
    """The page in black and white alone."""
    return np.where(page > FAX * np.median(page), 255, 0).astype(np.uint8)
