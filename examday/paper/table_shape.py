"""Define what every table is made of.

That is the table itself, its limits, the text of a cell, and the refusal of what is no table.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.plan.signs import DIGITS_LOST, NO_VALUE

T = TypeVar("T")
# Bytes of the file and unpacked, rows, columns, characters of a cell: far above the largest
# region, far below what a laptop's memory can lay out.
MAX_BYTES, MAX_UNPACKED, MAX_ROWS, MAX_COLUMNS, MAX_CELL = (
    20 * 2**20,
    300 * 2**20,
    50_000,
    200,
    4_000,
)
MAX_CELLS = 1_500_000
"""Empty ones included: a sheet with one far cell has millions, for which a laptop has no memory."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that an office program would run (OWASP, «CSV injection»). Candidates'
tables come from many hands."""
MOST_DIGITS = 10**15
"""Office programs keep fifteen digits of a number; what comes after them is made up."""
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
"""What exporters write to keep the zeros of a code: the text between the quotes is the value."""


class BadTable(Invalid):
    """The file cannot be read as a table."""

    code = "bad-table"
    message = N_("The file cannot be read as a table.")
    advice = N_("Save it again as CSV, XLSX or DBF and send the new file. Nothing was changed.")


@dataclass(frozen=True)
class Table:
    """The header and the rows: (line number in the file, cells as text)."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    head_line: int = 1
    """Counted in the file, so that a message names the line that people see."""

    @property
    def lines(self) -> list[tuple[int, list[str]]]:
        """All lines, the first included."""
        return [(self.head_line, self.header), *self.rows]

    def headed(self, line: int) -> "Table":
        """The same table with this line as its header; what stands above it is left out."""
        header = next((cells for number, cells in self.lines if number == line), None)
        if header is None:
            raise BadTable(N_("There is no line %(line)s in the table."), params={"line": line})
        return replace(
            self,
            header=header,
            rows=[(number, cells) for number, cells in self.rows if number > line],
            head_line=line,
        )


def readable_header(header: list[str]) -> list[str]:
    """The column names, or BadTable where they cannot be read: the encoding is another one.

    A single row that cannot be read is the row's own matter.
    """
    if any("\ufffd" in name for name in header):
        raise other_encoding(1)
    return header


def other_encoding(line: int) -> BadTable:
    """Return the refusal of an encoding in which a line cannot be read."""
    return BadTable(
        N_("In this encoding the file cannot be read (after line %(line)s)."),
        params={"line": line},
        advice=N_("Choose the encoding in which the names read well."),
    )


def headed(header: list[str]) -> list[str]:
    """The column names, or BadTable when no table has so many or such long ones."""
    check_row(1, header, 1)
    return header


def limited(rows: Iterable[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Take the rows, or raise BadTable where they hold more cells than a plan can have."""
    taken: list[tuple[int, list[str]]] = []
    cells_read = 0
    for line, cells in rows:
        check_row(line, cells, len(taken) + 1)
        cells_read += len(cells)
        check_cells(cells_read)
        taken.append((line, cells))
    return taken


def check_cells(count: int) -> None:
    """Raise BadTable above the limit of cells."""
    if count > MAX_CELLS:
        raise BadTable(
            N_("More than %(limit)s cells."),
            params={"limit": MAX_CELLS},
            advice=N_("Split the file and send the parts one after another."),
        )


def check_row(line: int, cells: Sequence[str], count: int) -> None:
    """BadTable when this is one line too many, or no table has a line like it."""
    if count > MAX_ROWS:
        raise BadTable(
            N_("More than %(limit)s rows."),
            params={"limit": MAX_ROWS},
            advice=N_("Split the file and send the parts one after another."),
        )
    if len(cells) > MAX_COLUMNS:
        raise BadTable(
            N_("Line %(line)s has more than %(limit)s columns."),
            params={"line": line, "limit": MAX_COLUMNS},
        )
    if any(len(cell) > MAX_CELL for cell in cells):
        raise BadTable(N_("Line %(line)s is not a proper table line."), params={"line": line})


def text_of(value: object) -> str:
    """Return a cell as text.

    Whole floats lose «.0», dates and times come as ISO, yes/no as words of the files.
    """
    if value is None:
        return ""
    # Before numbers: in Python True is one.
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, int | float) and abs(value) >= MOST_DIGITS:
        return DIGITS_LOST
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return typed(str(value))


def typed(cell: str) -> str:
    """Text of a cell. A formula is not its value; only ="text" says what it is worth."""
    told = _TEXT_FORMULA.fullmatch(cell)
    if told:
        return told[1]
    return NO_VALUE if cell.startswith("=") else _unsafe(cell)


def take(rows: Iterable[T], count: int) -> Iterator[T]:
    """Yield the first `count` rows."""
    for number, row in enumerate(rows):
        if number >= count:
            return
        yield row


def _unsafe(cell: str) -> str:
    """What `safe` was given: our own exports come back unchanged."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
