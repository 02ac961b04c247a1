"""What is known of one person's writing: cells whose character people have settled.

A network trained on strangers errs on the letters that this person writes in a way of their own.
Cells whose meaning is known are examples for the cells still to be judged. Only likeness is
used: an example makes its own character more likely where a cell looks like it, and nothing else
less likely than the network found it beside the others.

Nothing is stored: examples are read from the pages of the same day each time they are needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from examday.reading import network
from examday.reading.field import Field
from examday.reading.glyph import CLASSES

NEARNESS = 0.03
"""Difference of cosines over which an example's weight falls to a third. Chosen on hands for
measuring (1,423 letters of twelve people, each judged by the others of its hand)."""
WEIGHT = 8.0
"""How much the likest example counts beside the network's own answer. 16 is better with hundreds
of examples, worse with thirty; chosen for sheets of one day."""
KNOWN = network.NEVER / 2
"""Log-probability: below it the row's alphabet forbade the class, and the example says nothing of it."""

_NONE = 1e-12
"""Likeness to no example: without it a share of nothing would be divided by nothing."""


@dataclass(frozen=True)
class Hand:
    """Examples of one hand.

    `scores` (n, classes): log-probabilities of their cells within the alphabet of the row;
    `classes` (n,): what they show; `places`: "sheet/field" of each, so that a field is never judged
    by its own cells.
    """

    scores: np.ndarray
    classes: np.ndarray
    places: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.classes)

    def without(self, place: str) -> Hand:
        """The same hand without the cells of one field of one sheet."""
        keep = np.array([at != place for at in self.places], bool)
        return Hand(
            self.scores[keep],
            self.classes[keep],
            tuple(at for at in self.places if at != place),
        )

    def applied(
        self,
        chances: np.ndarray,
        scores: np.ndarray,
        allowed: np.ndarray,
    ) -> np.ndarray:
        """The chances (cells, classes) of a row once its hand is known; rows go on summing to 1.

        `scores`: the row's log-probabilities; `allowed`: the classes that may stand in it. Marks
        and struck-out cells are told by their geometry and get no examples.
        """
        letters = np.array([c for c in allowed if CLASSES[c].isalnum()], int)
        usable = self._comparable(letters)
        if not len(letters) or not len(usable):
            return chances
        near = np.exp((_directions(scores, letters) @ usable.directions.T - 1) / NEARNESS)
        likest = np.zeros_like(chances)
        for c in np.unique(usable.classes):
            likest[:, c] = near[:, usable.classes == c].max(axis=1)
        # Where a cell is like examples of two characters they share the word, because being like
        # both decides nothing.
        spoken = likest**2 / np.maximum(likest.sum(axis=1, keepdims=True), _NONE)
        # Examples share out only what the network gave to letters and digits together.
        out = chances + WEIGHT * chances[:, letters].sum(axis=1, keepdims=True) * spoken
        return np.asarray(out / out.sum(axis=1, keepdims=True))

    def _comparable(self, letters: np.ndarray) -> _Comparable:
        """The examples that were judged among all of `letters`: others have no score for some."""
        if not len(self) or not len(letters):
            return _Comparable(np.zeros((0, len(letters))), np.zeros(0, int))
        good = np.isin(self.classes, letters) & (self.scores[:, letters] > KNOWN).all(axis=1)
        return _Comparable(_directions(self.scores[good], letters), self.classes[good])


@dataclass(frozen=True)
class _Comparable:
    """Examples as directions in the space of the network's answers."""

    directions: np.ndarray
    classes: np.ndarray

    def __len__(self) -> int:
        return len(self.classes)


NOBODY = Hand(np.zeros((0, len(CLASSES))), np.zeros(0, int), ())
"""A hand of which nothing is known: its cells are judged by the network alone."""


def examples(sheet: str, fields: Mapping[str, Field], texts: Mapping[str, str]) -> Hand:
    """Return the cells of `fields` whose settled text is known.

    One cell a character, else the field tells nothing of which cell shows what. `sheet` names the
    page among those of the hand.
    """
    found = [NOBODY]
    found += [
        _of_field(f"{sheet}/{name}", fields[name], text)
        for name, text in texts.items()
        if name in fields and len(fields[name].scores) == len(text) > 0
    ]
    return together(found)


def together(hands: Iterable[Hand]) -> Hand:
    """One hand of several sheets."""
    known = [hand for hand in hands if len(hand)]
    if not known:
        return NOBODY
    return Hand(
        np.concatenate([hand.scores for hand in known]),
        np.concatenate([hand.classes for hand in known]),
        tuple(place for hand in known for place in hand.places),
    )


def _of_field(place: str, field: Field, text: str) -> Hand:
    # Marks and struck-out cells give no examples: they are told by their geometry.
    kept = [i for i, c in enumerate(text) if c in CLASSES and c.isalnum()]
    numbers = np.array([CLASSES.index(text[i]) for i in kept], int)
    return Hand(field.scores[kept], numbers, (place,) * len(kept))


def _directions(scores: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """Unit vectors (cells, letters): which characters a cell looks like, however sure."""
    centred = scores[:, letters] - scores[:, letters].mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    # A cell that is equally like all characters has no direction.
    return np.asarray(centred / np.maximum(lengths, 1e-9))
