"""Where a table begins and what it is.

The row of column names is where it begins; all of them together tell the kind of table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from examday.domain.messages import N_, Msgid
from examday.domain.plan.columns import FileKind, find_columns, plain

FIRST_ROWS = 25
"""Letterheads and titles stand above the table and rarely fill a page: further down nothing is
looked for."""
LEAST_NAMES = 2
"""One known word is chance: «Аудитория» also stands in titles."""
TOTALS = ("всего", "итого", "итог", "общее количество", "общее число", "общий итог")
"""How offices begin a line of sums, which would else become a candidate «Итого»."""

Lines = Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True)
class Guess:
    """What a table seems to be.

    `missing`: titles of columns that it needs and has not; `kind` is "" where nothing, or not one
    kind alone, fits.
    """

    kind: str = ""
    missing: tuple[str, ...] = ()
    known: int = 0

    @property
    def sure(self) -> bool:
        """True when the table has every column that its kind needs."""
        return bool(self.kind) and not self.missing


def guess(kinds: Iterable[FileKind], header: Sequence[str]) -> Guess:
    """The kind that explains most of the columns.

    A missing one counts against it as a column that is not known does.
    """
    ranked = sorted((_rank(kind, header) for kind in kinds), key=lambda row: row[0], reverse=True)
    (best, found), (second, other) = ranked[0], ranked[1]
    if found.known < LEAST_NAMES:
        return Guess()
    # Two kinds fit equally well: a person says which.
    if best == second and other.known:
        return Guess(known=found.known)
    return found


def _rank(kind: FileKind, header: Sequence[str]) -> tuple[tuple[float, ...], Guess]:
    there = {column.key for column in find_columns(kind, header).values()}
    missing = tuple(
        column.title for column in kind.columns if column.required and column.key not in there
    )
    share = len(there) / len(kind.columns)
    # A table's own kind finds many columns and lacks few; of two alike the smaller kind is meant, as
    # more of it is there.
    return (len(there) - len(missing), -len(missing), share), Guess(kind.name, missing, len(there))


def find_header(kinds: Iterable[FileKind], lines: Lines) -> int | None:
    """Line number of the row that holds most column names; None where no row holds two."""
    every = tuple(kinds)
    best, line = LEAST_NAMES - 1, None
    for number, cells in lines[:FIRST_ROWS]:
        known = max(
            len({column.key for column in find_columns(kind, cells).values()}) for kind in every
        )
        if known > best:
            best, line = known, number
    return line


def no_entry(header: Sequence[str], cells: Sequence[str], lacks: bool) -> Msgid | None:
    """Why a row seems to be none of the entries; None where it may be one.

    `lacks`: a cell that an entry needs is empty.
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return None
    first = plain(filled[0])
    # A sum taken for an entry would make a candidate «Итого».
    if any(first == word or first.startswith((word + " ", word + ":")) for word in TOTALS):
        return N_("This looks like a line of totals, not like an entry. Leave it out?")
    if first == plain(next(filter(None, header), "")) and len(filled) > 1:
        return N_("The column names stand here again. Leave the line out?")
    # Passed over: office forms number their columns under the header (1, 2, 3 …), which is no
    # entry.
    if len(filled) > 2 and filled == [str(number + 1) for number in range(len(filled))]:
        return N_("The columns are numbered here. Leave the line out?")
    if lacks and len(filled) == 1:
        return N_("There is only one cell in this line: a heading or a note? Leave it out?")
    return None
