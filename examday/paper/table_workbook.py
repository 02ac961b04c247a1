"""Workbooks: XLSX, XLS, ODS. Only for the limited child."""

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from examday.confined import is_machine
from examday.domain.messages import N_
from examday.domain.plan.signs import MERGED
from examday.paper.hurt_zip import HURT_ZIP
from examday.paper.table_kind import kind_of
from examday.paper.table_shape import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_UNPACKED,
    BadTable,
    Table,
    headed,
    limited,
    text_of,
)
from examday.paper.table_signs import Ranges, signs_of

CELL_AT = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([A-Za-z]{1,9})([0-9]{1,19})["'](?:[^>]*[^/>])?>"""
)
"""A cell of a worksheet that is not closed at once: office programs write empty ones far beyond a
table's end."""
UNREADABLE = (
    *HURT_ZIP,
    CalamineError,
    OSError,
    RuntimeError,
)
"""What the library and the archive raise at damaged workbooks; anything else is a fault of ours
and must show."""


def sheets(path: Path) -> list[str]:
    """Names of a workbook's sheets, those that people see first; empty for other files."""
    if kind_of(path) != "workbook":
        return []
    hidden = hidden_sheets(path)
    return sorted(_workbook(path).sheet_names, key=lambda name: name in hidden)


def hidden_sheets(path: Path) -> frozenset[str]:
    """Sheets that the office program does not show."""
    return frozenset(
        sheet.name
        for sheet in _workbook(path).sheets_metadata
        if sheet.visible != SheetVisibleEnum.Visible
    )


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                # A few kilobytes may unpack to gigabytes; the sizes are checked before anything is
                # unpacked.
                if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
                    raise BadTable(N_("The workbook unpacks to far too much."))
                _no_far_cells(archive)
        return CalamineWorkbook.from_path(str(path))
    except UNREADABLE as error:
        # Trouble of the computer says nothing of the file.
        if isinstance(error, OSError) and is_machine(error):
            raise
        raise BadTable() from error


def _no_far_cells(archive: zipfile.ZipFile) -> None:
    """Raise BadTable when a cell lies beyond the largest table.

    The library makes room for everything before such a cell. Cells that this look does not find
    (other formats, other encodings) still meet the child's limit of memory.
    """
    for member in archive.infolist():
        kept = b""
        with archive.open(member) as sheet:
            while block := sheet.read(2**20):
                for letters, digits in CELL_AT.findall(kept + block):
                    if int(digits) > MAX_ROWS + 1 or _column(letters) > MAX_COLUMNS:
                        raise _far(f"{letters.decode().upper()}{int(digits)}")
                # A tag may be cut by the end of a block: its beginning goes with the next one.
                kept = block[block.rfind(b"<") :][:4096] if b"<" in block else b""


def _column(letters: bytes) -> int:
    """Number of a column from its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - ord("A") + 1
    return number


def _far(cell: str) -> BadTable:
    return BadTable(
        N_(
            "Cell %(cell)s lies far outside: at most %(rows)s rows and %(columns)s columns are read."
        ),
        params={"cell": cell, "rows": MAX_ROWS, "columns": MAX_COLUMNS},
        code="far-cell",
        advice=N_(
            "Open the table, delete the rows and columns after its end, save it and send it again. "
            "Nothing was changed."
        ),
    )


def read_workbook(path: Path, sheet: str) -> Table:
    """Read one sheet of a workbook, the first where none is named; BadTable says what is wrong."""
    book = _workbook(path)
    names = book.sheet_names
    if not names or (sheet and sheet not in names):
        raise BadTable(N_("The workbook has no such sheet."))
    # Not a hidden sheet before it: people mean the first one that they see.
    chosen = sheet or sheets(path)[0]
    filled, ranges = _filled(book, chosen)
    rows = [[text_of(value) for value in row] for row in filled]
    signs, more = _signs(path, chosen)
    for (row, column), sign in signs.items():
        if row < len(rows) and column < MAX_COLUMNS:
            rows[row].extend([""] * (column + 1 - len(rows[row])))
            rows[row][column] = sign
    _spread(rows, [*ranges, *(more or [])])
    return Table(headed(rows[0] if rows else []), limited(enumerate(rows[1:], 2)))


def _filled(book: CalamineWorkbook, sheet: str) -> tuple[Sequence[Sequence[object]], Ranges]:
    """Return the cells of a sheet and its merged ranges.

    BadTable when there are too many, before any are laid out.
    """
    try:
        page = book.get_sheet_by_name(sheet)
        # One row more than the limit, because the header is no entry.
        if page.total_height > MAX_ROWS + 1 or page.total_width > MAX_COLUMNS:
            raise _far(f"{page.total_width} × {page.total_height}")
        # The empty area stays: signs and merged ranges count from the corner of the sheet.
        return page.to_python(skip_empty_area=False), page.merged_cell_ranges or []
    except CalamineError as error:
        raise BadTable() from error


def _signs(path: Path, sheet: str) -> tuple[dict[tuple[int, int], str], Ranges | None]:
    """The cells that could not be read. A sheet whose cells cannot be looked at is not taken."""
    try:
        return signs_of(path, sheet)
    except MemoryError:
        # Only the parent of the limited child can judge what it means.
        raise
    except Exception as error:  # the libraries raise whatever a damaged workbook leads to
        if isinstance(error, OSError) and is_machine(error):
            raise
        raise BadTable() from error


def _spread(rows: list[list[str]], ranges: Ranges) -> None:
    """A cell merged downwards says the same for each of its lines.

    Merged over several columns, it cannot be told which column it means.
    """
    for (top, left), (bottom, right) in ranges[:MAX_ROWS]:
        if top >= len(rows) or left >= len(rows[top]) or not rows[top][left].strip():
            continue
        for row in range(top, min(bottom + 1, len(rows))):
            for column in range(left, min(right + 1, MAX_COLUMNS)):
                if (row, column) != (top, left):
                    rows[row].extend([""] * (column + 1 - len(rows[row])))
                    # Down: the same entry for each line, as people mean it. Across: a guess, so it
                    # is none.
                    rows[row][column] = rows[top][left] if right == left else MERGED
