"""Read the text of one row from its cells.

The whole row decides whether it holds digits or letters, never one cell.

О and 0, З and 3, Ч and 4, Б and 6 look alike; a row is a number or a word. No dictionary and no
likely letter pairs are used: a wrong word has to be read as it stands (domain.md, section 1: blank
stays blank, wrong stays wrong).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from examday.reading import network
from examday.reading.cells import THROUGH, Row
from examday.reading.glyph import CLASSES, CROSSED
from examday.reading.marks import Body, Mark, marks_in

# Log odds: no task asks for digits and letters in one row, but a candidate may write so
MIXED_COST = 10.0
AGAINST_SIZE = 9.0  # log odds: a mark as high as a character is one, whatever its shape
# Logarithm of the odds against a word of one, two, more letters: answers are rarely А
WORD_COST = 0.0, 5.0, 3.0, 1.0
CROSSED_COST = 1.5  # log odds: struck-out cells are rare, a letter is likelier
CROSS_OR_X = 4.0  # and where the alphabet has the letter X or Х, a cross is mostly that letter


@dataclass(frozen=True)
class Cell:
    """One character as read: `char`, `confidence` 0…1, and `place`, the cell's index in the row."""

    char: str
    confidence: float
    place: int


@dataclass(frozen=True)
class Field:
    """One row as read.

    `text` without struck-out cells; `kind` digits, letters or mixed; `mark` None, "blank",
    "crossed_out", "through_cells"; `scores` (n, classes): log-probabilities of the filled cells
    within the alphabet, before the row decided; `row` is where it stands.
    """

    text: str
    confidence: float
    cells: tuple[Cell, ...]
    kind: str
    mark: str | None
    scores: np.ndarray
    row: Row


@lru_cache(maxsize=64)
def limits(alphabet: str) -> np.ndarray:
    """Return what a piece may be by the field's alphabet, before its size is looked at.

    Shape (classes,), logarithms of odds; not to be written to, since all rows of an alphabet share it.
    """
    allowed = np.full(len(CLASSES), network.NEVER)
    allowed[[CLASSES.index(c) for c in alphabet]] = 0
    allowed[network.GROUPS["crossed"]] = -(
        CROSS_OR_X if {"X", "Х"} & set(alphabet) else CROSSED_COST
    )
    allowed.flags.writeable = False
    return allowed


def sized(scores: np.ndarray, found: list[Mark | None], alphabet: str) -> np.ndarray:
    """The log-probabilities with what geometry says of each piece.

    A mark has the chance that geometry gives it; what is left goes to the other characters, a
    struck-out cell included, as the network shares it out among them.
    """
    out = scores.copy()
    marks = network.GROUPS["marks"]
    for row, mark in enumerate(found):
        if mark is None or mark.char not in alphabet + CROSSED:
            continue
        if not mark.char:
            out[row, marks] -= AGAINST_SIZE
        else:
            out[row, marks] = network.NEVER
            out[row] = network.log_softmax(out[row]) + np.log1p(-mark.chance)
            out[row, CLASSES.index(mark.char)] = np.log(mark.chance)
    return network.log_softmax(out)


@lru_cache(maxsize=64)
def hypotheses(alphabet: str) -> Mapping[str, np.ndarray]:
    """Return the class numbers by kind of row.

    The kinds are "digits" and "letters", each with comma and minus; only what the alphabet has.
    Words are written without separators (domain.md, section 7 [43][44]), but one that stands there
    all the same is read as it stands.
    """
    digits = [CLASSES.index(c) for c in alphabet if c.isdigit()]
    letters = [CLASSES.index(c) for c in alphabet if c.isalpha()]
    others = [CLASSES.index(c) for c in alphabet if c in ",-"] + [CLASSES.index(CROSSED)]
    kinds = {"digits": digits and digits + others, "letters": letters and letters + others}
    return {kind: np.array(numbers) for kind, numbers in kinds.items() if numbers}


def decide(scores: np.ndarray, kinds: Mapping[str, np.ndarray]) -> tuple[str, np.ndarray]:
    """Choose the kind of the row and the classes it may hold.

    The best characters of every cell under each kind decide.
    """
    best = {kind: float(scores[:, numbers].max(axis=1).sum()) for kind, numbers in kinds.items()}
    if len(best) > 1:
        best["letters"] -= WORD_COST[min(len(scores), 3)]
    every = np.unique(np.concatenate(list(kinds.values())))
    mixed = float(scores[:, every].max(axis=1).sum()) - MIXED_COST
    kind = max(best, key=lambda name: best[name])
    return ("mixed", every) if mixed > best[kind] else (kind, kinds[kind])


def within(scores: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Log-probabilities once only `numbers` can stand in the row."""
    only = np.full_like(scores, network.NEVER)
    only[:, numbers] = scores[:, numbers]
    return network.log_softmax(only)


def read_row(
    row: Row,
    raw: np.ndarray,
    alphabet: str,
    line: Body | None = None,
) -> Field:
    """The text of a row.

    `raw` are the network's logits of its filled cells, in order; `alphabet` may be any string;
    `line`: where the writer's characters stand in the other rows.
    """
    filled = row.filled
    if not filled:
        return Field("", 1.0, (), "blank", "blank", np.zeros((0, len(CLASSES))), row)
    kinds = hypotheses(alphabet)
    warmth = network.calibration()["temperature"]
    scores = network.log_softmax(raw.astype(np.float64) / warmth + limits(alphabet))
    found = marks_in([piece.stroke for piece in row.pieces], line)
    scores = sized(scores, [found[i] for i in filled], alphabet)
    kind, numbers = decide(scores, kinds)
    final = within(scores, numbers)
    best = final.argmax(axis=1)
    cells = tuple(
        Cell(CLASSES[c], float(np.exp(final[i, c])), filled[i]) for i, c in enumerate(best)
    )
    # What was struck out is no part of the answer, and is not copied.
    text = "".join(cell.char for cell in cells if cell.char != CROSSED)
    mark = "through_cells" if row.through >= THROUGH else "crossed_out" if not text else None
    # Every cell must be right, so the chances multiply; the floor keeps the logarithm finite.
    sure = float(np.exp(sum(np.log(max(cell.confidence, 1e-9)) for cell in cells)))
    return Field(text, sure, cells, kind, mark, scores, row)


def without_struck(field: Field) -> Field:
    """The row as if the struck-out cells were empty."""
    kept = [i for i, cell in enumerate(field.cells) if cell.char != CROSSED]
    if len(kept) == len(field.cells):
        return field
    return replace(field, cells=tuple(field.cells[i] for i in kept), scores=field.scores[kept])
