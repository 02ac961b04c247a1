"""Comparison of a transcription with cells: does this text produce what was read?

The machine's reading is the second opinion, never the answer: the outcome for each answer is that
both agree, that they differ at a cell, that the machine itself is unsure there, or that it could
not read the place at all.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from examday.braille.cells import BLANK, Cell
from examday.braille.encode import NoBraille
from examday.braille.joining import HYPHEN
from examday.braille.languages import deletes, encode_in
from examday.braille.page import DOUBTFUL
from examday.braille.tables import (
    ALPHABETS,
    LOWER,
    NUMBER,
    OPERATIONS,
    PUNCTUATION,
    SEPARATOR,
    SET_APART,
    SIGNS,
)

AGREE, DIFFERS, UNSURE, UNREADABLE = "agree", "differs", "machine unsure", "unreadable"

_TOLERATED = 0.02
"""Nats of what the rules leave to the writer: hardly dearer than an exact match."""
_LOST = 5.0
"""Nats of a cell that only one side has: about what one surely seen wrong dot costs (ln 199)."""
_BLANK_LOST = 2.0
"""Nats of a blank that only one side has: blanks are inferred from gaps, so they are less sure."""
_SUREST = 0.995
"""No dot counts as surer than this: the network is over-confident on rubbed-out dots."""
_TOO_DOUBTFUL = 0.4
"""Share of doubtful cells from which an answer is unreadable: such an opinion would be noise."""

_BEFORE_OPERATION = {sign[0] for sign in (*OPERATIONS.values(), *SET_APART.values())}
_BEFORE_PLAIN_OPERATION = {sign[0] for sign in OPERATIONS.values()}
_LETTERS = {name: {cells[0] for cells in table.values()} for name, table in ALPHABETS.items()}
_PAUSES = {PUNCTUATION[","][0], PUNCTUATION[";"][0]}


@dataclass(frozen=True)
class Edit:
    """One difference between the typed text and the cells read."""

    at: int
    """Index in the machine's cells: the place to look at."""
    place: int
    """Index in the Braille of the typed text, because a tolerated cell shifts the two against each
    other."""
    typed: int | None
    """Dots; None where the typed text has no cell, which is another thing than a blank one."""
    read: int | None
    unsure: bool
    """The machine doubts this cell: such a difference accuses nobody."""


@dataclass(frozen=True)
class Outcome:
    """What the comparison of one answer says."""

    verdict: str
    edits: tuple[Edit, ...] = ()
    untypable: str | None = None
    """A character that has no Braille: it cannot have stood on the paper."""

    @property
    def at(self) -> int | None:
        """The first differing cell, counted from 1 in the machine's cells."""
        return self.edits[0].at + 1 if self.edits else None


def compare(
    text: str,
    cells: Sequence[Cell],
    language: str = "ru",
    optional: Collection[int] = (),
) -> Outcome:
    """Compare typed text with the cells read; text without Braille is an outcome too.

    `optional`: indices of hyphens at line ends, which may only break a word.

    Not counted, because the rules leave them to the writer or pupils do so: capital signs, blanks
    after comma and semicolon and before operations, dot 6 before a slash or punctuation, deletion
    marks, outer blanks.
    """
    try:
        typed = encode_in(language, text.strip(), "none")
    except NoBraille as error:
        return Outcome(DIFFERS, (), error.character)
    seen = _trimmed(cells)
    if _unreadable([cell for _, cell in seen], bool(typed)):
        return Outcome(UNREADABLE)
    edits = tuple(_Alignment(typed, seen, language, optional).edits())
    if not edits:
        return Outcome(AGREE)
    return Outcome(UNSURE if all(edit.unsure for edit in edits) else DIFFERS, edits)


def _trimmed(cells: Sequence[Cell]) -> list[tuple[int, Cell]]:
    """Return the cells with their index, without outer blanks."""
    seen = list(enumerate(cells))
    while seen and seen[0][1].dots == BLANK:
        seen.pop(0)
    while seen and seen[-1][1].dots == BLANK:
        seen.pop()
    return seen


def _unreadable(cells: list[Cell], something_typed: bool) -> bool:
    """Tell whether too much is doubtful, or nothing was read where something was typed."""
    written = [cell for cell in cells if cell.dots != BLANK]
    if not written:
        return something_typed
    return sum(cell.confidence < DOUBTFUL for cell in written) > _TOO_DOUBTFUL * len(written)


class _Alignment:
    """Least-cost alignment of typed cells with read cells.

    A dot that the machine doubts costs little to disagree with.
    """

    def __init__(
        self,
        typed: Sequence[int],
        seen: list[tuple[int, Cell]],
        language: str,
        optional: Collection[int] = (),
    ) -> None:
        self.typed = typed
        self.seen = seen
        self.language = language
        self.optional = optional
        self.alphabet = _alphabets(typed)

    def edits(self) -> list[Edit]:
        """Return the real differences from left to right; tolerated ones are left out."""
        found: list[Edit] = []
        i = len(self.typed)
        j = len(self.seen)
        back = self._table()
        while i or j:
            step = back[i][j]
            typed = self.typed[i - 1] if step != "read" else None
            read = self.seen[j - 1][1] if step != "typed" else None
            i = i - (typed is not None)
            j = j - (read is not None)
            if not self._tolerated(i, j, step):
                at = self.seen[min(j, len(self.seen) - 1)][0] if self.seen else 0
                dots = read.dots if read else None
                found.append(Edit(at, i, typed, dots, self._unsure(typed, read)))
        return found[::-1]

    def _table(self) -> list[list[str]]:
        """Return the way back from each pair of places: "both", "typed" or "read"."""
        rows = len(self.typed) + 1
        columns = len(self.seen) + 1
        cost = [[0.0] * columns for _ in range(rows)]
        back = [["both"] * columns for _ in range(rows)]
        for i in range(rows):
            for j in range(columns):
                ways = []
                if i and j:
                    ways.append((cost[i - 1][j - 1] + self._both(i - 1, j - 1), "both"))
                if i:
                    ways.append((cost[i - 1][j] + self._only_typed(i - 1, j), "typed"))
                if j:
                    ways.append((cost[i][j - 1] + self._only_read(i, j - 1), "read"))
                if ways:
                    cost[i][j], back[i][j] = min(ways)
        return back

    def _both(self, i: int, j: int) -> float:
        """Return the cost of laying a typed cell over one that was read."""
        typed = self.typed[i]
        cell = self.seen[j][1]
        if typed == cell.dots:
            return 0.0
        if self._same_sign(typed, cell.dots):
            return _TOLERATED
        if BLANK in (typed, cell.dots):
            return _LOST + _BLANK_LOST
        return min(0.5 + dot_cost(typed, cell), _LOST + _BLANK_LOST)

    def _only_typed(self, i: int, j: int) -> float:
        """Return the cost of a cell that was typed and not read."""
        if self._tolerated(i, j, "typed"):
            return _TOLERATED
        return _BLANK_LOST if self.typed[i] == BLANK else _LOST

    def _only_read(self, i: int, j: int) -> float:
        """Return the cost of a cell that was read and not typed."""
        if self._tolerated(i, j, "read"):
            return _TOLERATED
        cell = self.seen[j][1]
        return _BLANK_LOST if cell.dots == BLANK else 1.0 + (_LOST - 1.0) * cell.confidence

    def _tolerated(
        self,
        i: int,
        j: int,
        step: str,
    ) -> bool:
        """Tell whether the rules leave this step to the writer."""
        if step == "both":
            typed = self.typed[i]
            read = self.seen[j][1].dots
            return typed == read or self._same_sign(typed, read)
        return self._free_typed(i, j) if step == "typed" else self._free_read(i, j)

    def _same_sign(self, typed: int, read: int) -> bool:
        """Tell whether two cells are capital and small sign of one alphabet: case is no difference."""
        return self.language == "ru" and any({typed, read} == set(pair) for pair in SIGNS.values())

    def _free_typed(self, i: int, j: int) -> bool:
        """Tell whether a writer may leave this cell out.

        Dot 6, the blank before an operation, the blank of a dash at a line end.
        """
        typed = self.typed[i]
        following = self.typed[i + 1] if i + 1 < len(self.typed) else -1
        if typed == BLANK and self._ends_line(j - 1) and i and self.typed[i - 1] == HYPHEN:
            return True
        if typed == SEPARATOR and following not in _LETTERS["la"] and self.language == "ru":
            return True
        return typed == BLANK and following in _BEFORE_OPERATION and i + 2 < len(self.typed)

    def _ends_line(self, j: int) -> bool:
        """Tell whether a cell read is a hyphen at a line end."""
        return 0 <= j < len(self.seen) and self.seen[j][0] in self.optional

    def _free_read(self, i: int, j: int) -> bool:
        """Tell whether a writer may add this cell.

        These are a sign in force, a deletion, a blank after a pause, and the hyphen that breaks a
        word at a line end.
        """
        if self._ends_line(j):
            return True
        read = self.seen[j][1].dots
        following = self.seen[j + 1][1].dots if j + 1 < len(self.seen) else -1
        before = self.seen[j - 1][1].dots if j else -1
        if deletes(self.language, read):
            return True
        if read == BLANK:
            return before in _PAUSES or following in _BEFORE_PLAIN_OPERATION
        return self._is_sign(i, read, following)

    def _is_sign(
        self,
        i: int,
        read: int,
        following: int,
    ) -> bool:
        """Tell whether this is a capital sign of the alphabet in force, before a letter or a sign."""
        alphabet = self.alphabet[min(i, len(self.alphabet) - 1)] if self.alphabet else "ru"
        signs = SIGNS[alphabet] if self.language == "ru" else (*SIGNS["la"], SIGNS["ru"][0])
        return read in signs and (following in _LETTERS[alphabet] or following in signs)

    def _unsure(self, typed: int | None, read: Cell | None) -> bool:
        """Tell whether the machine doubts the cell, or hardly prefers it to the typed one."""
        if read is None:
            return False
        return read.confidence < DOUBTFUL or (
            typed is not None and read.p is not None and dot_cost(typed, read) < 1.5
        )


def _alphabets(typed: Sequence[int]) -> list[str]:
    """Return the alphabet in force at each typed cell and after the last."""
    alphabets, now = [], "ru"
    number = False
    for i, cell in enumerate(typed):
        following = typed[i + 1] if i + 1 < len(typed) else -1
        for name, signs in SIGNS.items():
            if (
                cell in signs
                and following in _LETTERS[name]
                and not (number and cell in LOWER.values())
            ):
                now = name
        number = cell == NUMBER or (number and cell in _LETTERS["ru"])
        alphabets.append(now)
    return [*alphabets, now]


def dot_cost(typed: int, cell: Cell) -> float:
    """Return how much dearer the typed dots are than those read, in nats.

    The logarithm of the ratio of their chances.
    """
    cost = 0.0
    for dot in range(6):
        if (typed ^ cell.dots) >> dot & 1:
            chance = cell.p[dot] if cell.p else (1.0 if cell.dots >> dot & 1 else 0.0)
            surest = min(max(chance, 1 - chance), _SUREST)
            cost += math.log(surest / (1 - surest))
    return cost
