"""Compare two rows of cells: how alike they are, and which kind of slip explains a difference."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from examday.reading import network
from examday.reading.field import Field, decide, hypotheses, within
from examday.reading.glyph import CLASSES, DIGITS
from examday.reading.hand import Hand

GAP_COST = 5.0  # a cell without partner costs as much as a pair with chance e^-5 of being the same
FLOOR = 1e-6
"""Keeps the odds finite where the network leaves a pair of cells no chance at all."""
SLIPS = {"any": 0.5, "alike": 0.35, "swapped": 0.15}
"""Shares of the kinds of slips where a row has as many characters as was settled: one character taken
for another, for one that people take for it, and two neighbours that changed places."""
ALIKE = (
    *("ИЙ", "ЕЁ", "ШЩ", "ЦЩ", "ЬЪ", "ПЛ", "ЛД", "ГТ"),
    *("CG", "OQ", "UV", "MN"),
    *("17", "56", "38", "49"),
)
"""What people take for each other within words and within numbers. The network takes others, as a long И
for Л: a doubt between those speaks less of a slip."""
UNLIKE = 0.02  # chance of being the same: below it the cells themselves are named, above it the hand may explain it


@dataclass(frozen=True)
class Likeness:
    """How alike two rows of cells are.

    `same[i, j]`: chance (by the network, before any prior) that cell i of the one and cell j of the
    other hold the same character; `texts`: both rows as read once they are known to be of one kind;
    `choices`: how many characters compete in such a row.
    """

    same: np.ndarray
    texts: tuple[str, str]
    choices: int = len(DIGITS)
    chances: np.ndarray | None = None
    """Of a row beside settled text: chance of every class in each cell (cells, classes)."""

    @property
    def agreement(self) -> float:
        """Return the chance that both rows say the same.

        It stands at even odds between that and one cell, any cell, holding any other character. 0
        when the rows have different numbers of cells, 1 for two blank rows.

        By Bayes: where two cells are the same with chance s among K characters, their pictures are
        (1 − s) / (K − 1) / s times as likely under two characters as under one. A doubtful letter,
        one of many in a word and with many others to be, says less than a doubtful digit. Beside
        settled text the other is what a person may have made of it, see SLIPS.
        """
        rows, columns = self.same.shape
        if rows != columns:
            return 0.0
        if not rows:
            return 1.0
        chance = np.clip(self.same.diagonal(), FLOOR, 1)
        odds = {"any": ((1 - chance) / (max(1, self.choices - 1) * chance)).mean()}
        if self.chances is not None:
            odds |= _of_people(self.same, chance, self.chances, self.texts[0])
        share = sum(SLIPS[kind] for kind in odds)
        return float(1 / (1 + sum(SLIPS[kind] * odds[kind] for kind in odds) / share))


def _of_people(
    same: np.ndarray, chance: np.ndarray, chances: np.ndarray, text: str
) -> dict[str, float]:
    """How many times as likely the row is after one slip of each kind than without any.

    Only of the kinds that can happen to this text. `chance`: of every settled character in its cell.
    """
    alike = [
        chances[at, CLASSES.index(other)] / chance[at]
        for at, character in enumerate(text)
        for pair in ALIKE
        if character in pair and (other := pair.replace(character, "")) in CLASSES
    ]
    swapped = [
        same[at, at + 1] * same[at + 1, at] / (chance[at] * chance[at + 1])
        for at, (one, next_one) in enumerate(pairwise(text))
        if one != next_one
    ]
    found = {"alike": alike, "swapped": swapped}
    return {kind: float(np.mean(odds)) for kind, odds in found.items() if odds}


def likeness(one: Field, other: Field, alphabet: str) -> Likeness:
    """Compare two rows of the same alphabet.

    Both are first taken for numbers or for words together, as what the two hands wrote is meant to
    be one thing; 0 against О cannot then raise a false alarm.
    """
    if not len(one.scores) or not len(other.scores):
        return Likeness(np.zeros((len(one.scores), len(other.scores))), (one.text, other.text))
    kinds = hypotheses(alphabet)
    kind, numbers = decide(np.concatenate([one.scores, other.scores]), kinds)
    first, second = within(one.scores, numbers), within(other.scores, numbers)
    texts = (
        "".join(CLASSES[c] for c in first.argmax(1)),
        "".join(CLASSES[c] for c in second.argmax(1)),
    )
    if kind == "mixed":  # a number beside a word: each is shown as it reads alone, not ВЗД0Х
        texts = "".join(cell.char for cell in one.cells), "".join(cell.char for cell in other.cells)
    return Likeness(np.exp(first) @ np.exp(second).T, texts, len(numbers))


def settled_likeness(
    field: Field,
    text: str,
    alphabet: str,
    hand: Hand,
) -> Likeness:
    """Compare settled text with a row of ink, given what is known of the hand that wrote it.

    `same[i, j]`: settled character i beside cell j. A character outside the alphabet is like
    nothing.
    """
    if not len(field.scores):
        return Likeness(np.zeros((len(text), 0)), (text, field.text))
    numbers = hypotheses(alphabet)
    kind = "digits" if any(c.isdigit() for c in text) else "letters"
    allowed = numbers.get(kind, np.unique(np.concatenate(list(numbers.values()))))
    chances = hand.applied(np.exp(within(field.scores, allowed)), field.scores, allowed)
    rows = [chances[:, CLASSES.index(c)] if c in CLASSES else np.zeros(len(chances)) for c in text]
    same = np.stack(rows) if rows else np.zeros((0, len(chances)))
    return Likeness(same, (text, field.text), len(allowed), chances)


def slip(like: Likeness) -> str:
    """Name the kind of slip between two rows that differ.

    One of omitted, added, doubled, transposed, substituted, comma, minus or rewritten (more than
    two cells differ).
    """
    one, other = like.texts
    if not one or not other:
        return "omitted" if not other else "added"
    wrong = _wrong_cells(like)
    if 0 < len(wrong) <= 2:
        return "transposed" if _crossed(like.same, wrong) else "substituted"
    return _slip_of(like, _Edits.of(like))


def _wrong_cells(like: Likeness) -> list[int]:
    """The cells that differ where both rows have the same number of characters."""
    if len(like.texts[0]) != len(like.texts[1]):
        return []
    return [i for i in range(len(like.same)) if like.same[i, i] < UNLIKE]


@dataclass(frozen=True)
class _Edits:
    """What makes the other row out of the one.

    Characters that are `gone`, places that are `new`, and how many cells `changed`.
    """

    gone: list[str]
    new: list[int]
    changed: int

    @staticmethod
    def of(like: Likeness) -> _Edits:
        gone, new, changed = [], [], 0
        for i, j in _steps(like.same):
            if i is None:
                new += [j] if j is not None else []
            elif j is None:
                gone.append(like.texts[0][i])
            else:
                changed += bool(like.same[i, j] < UNLIKE)
        return _Edits(gone, new, changed)


def _slip_of(like: Likeness, edits: _Edits) -> str:
    """The kind of slip by what is gone, new and changed."""
    other = like.texts[1]
    if len(edits.gone) + len(edits.new) + edits.changed > 2:
        return "rewritten"
    signs = {*edits.gone, *(other[j] for j in edits.new)}
    if "," in signs:
        return "comma"
    if "-" in signs:
        return "minus"
    if edits.gone:
        return "rewritten" if edits.new else "omitted"
    if edits.new:
        return "doubled" if all(_repeats(other, j) for j in edits.new) else "added"
    return "substituted"


def _repeats(text: str, at: int) -> bool:
    return text[at] in text[max(0, at - 1) : at] + text[at + 1 : at + 2]


def _crossed(same: np.ndarray, wrong: list[int]) -> bool:
    """Whether the two wrong cells are neighbours that hold each other's character."""
    return (
        len(wrong) == 2
        and wrong[1] == wrong[0] + 1
        and min(same[wrong[0], wrong[1]], same[wrong[1], wrong[0]]) >= UNLIKE
    )


def _steps(same: np.ndarray) -> list[tuple[int | None, int | None]]:
    """Cheapest way to lay the rows on each other: pairs of cells, None for a cell without partner."""
    rows, columns = same.shape
    costs = -np.log(np.maximum(same, FLOOR))
    total = np.zeros((rows + 1, columns + 1))
    total[:, 0], total[0, :] = np.arange(rows + 1) * GAP_COST, np.arange(columns + 1) * GAP_COST
    for i in range(rows):
        for j in range(columns):
            total[i + 1, j + 1] = min(
                total[i, j] + costs[i, j], total[i, j + 1] + GAP_COST, total[i + 1, j] + GAP_COST
            )
    out: list[tuple[int | None, int | None]] = []
    i, j = rows, columns
    while i or j:
        if i and j and np.isclose(total[i, j], total[i - 1, j - 1] + costs[i - 1, j - 1]):
            i, j = i - 1, j - 1
            out.append((i, j))
        elif i and np.isclose(total[i, j], total[i - 1, j] + GAP_COST):
            i -= 1
            out.append((i, None))
        else:
            j -= 1
            out.append((None, j))
    return out[::-1]


def bound() -> float:
    """Agreement below which two rows are shown to a person (models/calibration.json)."""
    return float(network.calibration()["same_bound"])
