"""One hand a sheet, for measuring.

A hand is a person's letters, digits dealt out, one pen, one way of writing marks.

Letters come from one run of recording, the nearest thing to a person that the sets have; letters
the run lacks are lent by others. No set names who wrote a digit, so digits are dealt like cards: a
sheet keeps a few pictures of each and no picture comes back before the pack is through.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from ink_data import RUN_GAP_S, Hands, load, pen
from sheet_paper import Style

from examday.reading.glyph import CLASSES

LEAST_LETTERS = 20  # in a run that counts as a hand: fewer letters do not show one
# pictures of a character a sheet has to choose from: nobody writes a letter twice alike
OF_EACH = 3


@dataclass
class Dealer:
    """Deals hands from the measuring part of the character sets; `part`: only one half of them."""

    folder: Path
    part: int | None = None

    def __post_init__(self) -> None:
        _, measure = load(self.folder)
        step = slice(self.part, None, 2) if self.part is not None else slice(None)
        self.rng = np.random.default_rng(31 + (self.part or 0))
        self.decks: dict[str, list[np.ndarray]] = {}
        self.pictures = {}
        for number in np.unique(measure.y):
            pool = measure.x[(measure.y == number) & (measure.source != "font-glyphs")]
            self.pictures[CLASSES[number]] = (
                pool[step] if len(pool) else measure.x[measure.y == number]
            )
        self.people = self._runs(measure)[step]

    def _runs(self, measure: Hands) -> list[dict[str, list[np.ndarray]]]:
        """Letters by person, in the order of recording."""
        with np.load(self.folder / "cyrillic-capitals.npz") as data:
            pictures, letters, ids = data["x"], data["y"], data["g"]
        mine = {picture.tobytes() for picture in measure.x[measure.source == "cyrillic-capitals"]}
        order = np.argsort(seconds := np.array([int(g[:8], 16) for g in ids]), kind="stable")
        runs: list[dict[str, list[np.ndarray]]] = []
        last = 0
        for at in order:
            if pictures[at].tobytes() not in mine:
                continue
            if not runs or seconds[at] - last > RUN_GAP_S:
                runs.append({})
            last = seconds[at]
            runs[-1].setdefault(str(letters[at]), []).append(pictures[at])
        return [run for run in runs if sum(map(len, run.values())) >= LEAST_LETTERS]

    def hand(self, hard: bool) -> SheetHand:
        """The next hand. A hard one may have a thin or pale pen, write small or over the borders."""
        person = self.people[int(self.rng.integers(len(self.people)))]
        glyphs = {c: person.get(c) or [self.card(c) for _ in range(OF_EACH)] for c in self.pictures}
        return SheetHand(glyphs, style(self.rng, hard))

    def card(self, character: str) -> np.ndarray:
        if not self.decks.get(character):
            pool = self.pictures[character]
            self.decks[character] = [pool[i] for i in self.rng.permutation(len(pool))]
        return self.decks[character].pop()


def style(rng: np.random.Generator, hard: bool) -> Style:
    """How one person holds the pen and writes marks."""
    size = float(rng.uniform(0.5, 0.95) if hard else rng.uniform(0.68, 0.88))
    return Style(
        height=(size - 0.08, size + 0.08),
        grey=(90, 120) if hard and rng.random() < 0.4 else (18, 45),
        thin=hard and rng.random() < 0.4,
        stray=0.09 if hard else 0.05,
        comma=float(rng.uniform(0.26, 0.5) * size),
        comma_foot=float(rng.uniform(0.88, 1.08)),
        lean=float(rng.normal(0.35, 0.3)),
        minus=float(rng.uniform(0.35, 0.95)),
    )


@dataclass
class SheetHand:
    """One person with one pen: draws a character as ink, float 0…1."""

    glyphs: dict[str, list[np.ndarray]]
    style: Style

    def __call__(self, character: str, rng: np.random.Generator) -> np.ndarray:
        if character in ",-":
            return self._mark(character, rng)
        pictures = self.glyphs[character]
        ink = pen(pictures[int(rng.integers(len(pictures)))], rng, 0.0)
        thinner = cv2.erode(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)))
        # What a thin pen leaves is as black as any: a stroke that would vanish was thin before.
        whole = (thinner > 0.5).sum() > 0.4 * (ink > 0.5).sum()
        return _tight(thinner if self.style.thin and whole else ink)

    def _mark(self, character: str, rng: np.random.Generator) -> np.ndarray:
        canvas, width = (
            np.zeros((120, 120), np.uint8),
            9 if self.style.thin else int(rng.integers(12, 32)),
        )
        if character == "-":
            points = [
                (12.0, 60 + rng.normal(0, 6)),
                (60.0, 60 + rng.normal(0, 3)),
                (108.0, 60 + rng.normal(0, 6)),
            ]
        else:
            across = self.style.lean * 80 + rng.normal(0, 6)
            bow = rng.normal(0, 6)
            points = [(60 + across / 2, 20), (60 + bow, 60), (60 - across / 2, 100)]
        cv2.polylines(canvas, [np.array(points, np.int32)], False, (255,), width, cv2.LINE_AA)
        return _tight(canvas.astype(np.float32) / 255)


def _tight(ink: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero((ink > 0.3).any(1)), np.flatnonzero((ink > 0.3).any(0))
    if not len(rows):
        return np.ones((8, 4), np.float32)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
