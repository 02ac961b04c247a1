"""Tables in files: CSV (in an encoding that a person has chosen), XLSX and other workbooks, DBF;
and writing them.

Encodings are never guessed: look-alike code pages give plausible nonsense, so `preview` shows the
same lines in each and a person chooses.

Every file comes from outside. The functions that read are for the limited child alone
(`outside.py` runs them there), and sizes are checked before anything is unpacked or laid out in
memory.
"""

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import dbfread
from python_calamine import CalamineError, CalamineWorkbook

from examday.confined import is_machine
from examday.domain.errors import Invalid
from examday.domain.messages import N_

T = TypeVar("T")
ENCODINGS: dict[str, str] = {"utf-8-sig": "UTF-8", "cp1251": "Windows-1251", "cp866": "DOS (866)"}
MAX_BYTES, MAX_UNPACKED, MAX_ROWS, MAX_COLUMNS, MAX_CELL = (
    20 * 2**20,
    300 * 2**20,
    50_000,
    200,
    4_000,
)
MAX_CELLS = 1_500_000
"""Cells of the whole table, empty ones included."""
CELL_AT = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([A-Za-z]{1,9})([0-9]{1,19})["'](?:[^>]*[^/>])?>"""
)
"""A cell of a worksheet that is not closed at once: office programs write empty ones far beyond a
table's end."""
UNREADABLE = (
    CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
)
DELIMITERS = ";\t,"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DBF_VERSIONS = {0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x83, 0x8B, 0xF5, 0xFB}


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


def kind_of(path: Path) -> str:
    """What the bytes are: "workbook", "dbf" or "csv". BadTable when the file is empty or too
    large."""
    size = path.stat().st_size
    if not size:
        raise BadTable(N_("The file is empty."))
    if size > MAX_BYTES:
        raise BadTable(
            N_("The file is too large: %(size)s MB, at most %(limit)s MB."),
            params={"size": size // 2**20, "limit": MAX_BYTES // 2**20},
        )
    with path.open("rb") as source:
        head = source.read(32)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "workbook"
    if len(head) == 32 and head[0] in _DBF_VERSIONS and 1 <= head[2] <= 12 and 1 <= head[3] <= 31:
        return "dbf"
    return "csv"


def needs_encoding(path: Path) -> bool:
    """Workbooks carry their own; CSV and DBF need a person to choose."""
    return kind_of(path) != "workbook"


def sheets(path: Path) -> list[str]:
    """Names of a workbook's sheets; empty for other files."""
    return [] if kind_of(path) != "workbook" else list(_workbook(path).sheet_names)


def preview(path: Path, encoding: str, lines: int = 6) -> list[list[str]]:
    """The first lines as they read in this encoding, wrong characters shown as «�»: for a person
    to judge."""
    if kind_of(path) == "dbf":
        header, rows = _dbf(path, encoding, errors="replace")
        return [header, *(cells for _, cells in _take(rows, lines - 1))]
    with path.open(encoding=encoding, errors="replace", newline="") as source:
        text = source.read(64 * 1024)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    return [cells[:12] for cells in _take(reader, lines)]


def readable(path: Path, encoding: str) -> bool:
    """Does every byte of the file mean something in this encoding? Not that it reads well: that is
    for a person."""
    try:
        if kind_of(path) == "dbf":
            _limited(_dbf(path, encoding, errors="strict")[1])
        else:
            with path.open(encoding=encoding, newline="") as source:
                while source.read(2**20):
                    pass
    except (UnicodeDecodeError, BadTable):
        return False
    return True


def read(path: Path, encoding: str = "utf-8-sig", sheet: str = "") -> Table:
    """The whole table. BadTable says in which line it stops making sense."""
    kind = kind_of(path)
    if kind == "workbook":
        return _read_workbook(path, sheet)
    if encoding not in ENCODINGS:
        raise BadTable(N_("Choose the encoding in which the names read well."))
    if kind == "dbf":
        header, rows = _dbf(path, encoding, errors="strict")
        return Table(header, _limited(rows))
    return _read_csv(path, encoding)


def _read_csv(path: Path, encoding: str) -> Table:
    header: list[str] = []
    line, cells_read = 1, 0
    try:
        with path.open(encoding=encoding, newline="") as source:
            delimiter = _delimiter(source.readline())
            source.seek(0)
            reader = csv.reader(source, delimiter=delimiter, strict=True)
            header = _headed(next(reader, []))
            rows: list[tuple[int, list[str]]] = []
            line = reader.line_num + 1
            for cells in reader:
                check_row(line, cells, len(rows) + 1)
                cells_read += len(cells)
                _check_cells(cells_read)
                rows.append((line, [_unsafe(cell) for cell in cells]))
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise BadTable(
            N_("In this encoding the file cannot be read (after line %(line)s)."),
            params={"line": line},
            advice=N_("Choose the encoding in which the names read well."),
        ) from error
    except csv.Error as error:
        raise BadTable(
            N_("Line %(line)s is not a proper table line."),
            params={"line": line},
            advice=N_("Look at the quotation marks in this line and send the file again."),
        ) from error
    return Table(header, rows)


def _delimiter(text: str) -> str:
    """The separator that occurs most often in the first line; «;» when there is none."""
    first = text.splitlines()[0] if text else ""
    return max(DELIMITERS, key=first.count)


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
                    raise BadTable(N_("The workbook unpacks to far too much."))
                _no_far_cells(archive)
        return CalamineWorkbook.from_path(str(path))
    except UNREADABLE as error:
        if isinstance(error, OSError) and is_machine(error):
            raise
        raise BadTable() from error


def _no_far_cells(archive: zipfile.ZipFile) -> None:
    """BadTable when a cell lies beyond the largest table: the library makes room for everything
    before such a cell. Cells that this look does not find (other formats, other encodings) still
    meet the child's limit of memory."""
    for member in archive.infolist():
        kept = b""
        with archive.open(member) as sheet:
            while block := sheet.read(2**20):
                for letters, digits in CELL_AT.findall(kept + block):
                    if int(digits) > MAX_ROWS + 1 or _column(letters) > MAX_COLUMNS:
                        raise _far(f"{letters.decode().upper()}{int(digits)}")
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


def _read_workbook(path: Path, sheet: str) -> Table:
    book = _workbook(path)
    names = book.sheet_names
    if not names or (sheet and sheet not in names):
        raise BadTable(N_("The workbook has no such sheet."))
    rows = [[_text(value) for value in row] for row in _filled(book, sheet or names[0])]
    return Table(_headed(rows[0] if rows else []), _limited(enumerate(rows[1:], 2)))


def _filled(book: CalamineWorkbook, sheet: str) -> Sequence[Sequence[object]]:
    """The cells of a sheet; BadTable before any are laid out when there are too many."""
    try:
        page = book.get_sheet_by_name(sheet)
        if page.total_height > MAX_ROWS + 1 or page.total_width > MAX_COLUMNS:
            raise _far(f"{page.total_width} × {page.total_height}")
        return page.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise BadTable() from error


def _dbf(
    path: Path, encoding: str, errors: str
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    try:
        table = dbfread.DBF(
            path,
            encoding=encoding.removesuffix("-sig"),
            char_decode_errors=errors,
            ignore_missing_memofile=True,
        )
        if table.header.recordlen < 2:  # the library would go round in circles for ever
            raise BadTable
        return _headed(list(table.field_names)), _dbf_rows(table)
    except (BadTable, MemoryError):
        raise
    except Exception as error:  # the library raises whatever a damaged header leads to
        raise BadTable() from error


def _dbf_rows(table: dbfread.DBF) -> Iterator[tuple[int, list[str]]]:
    line = 1
    try:
        for line, record in enumerate(table, 2):
            yield line, [_text(value) for value in record.values()]
    except UnicodeDecodeError as error:
        raise BadTable(
            N_("In this encoding the file cannot be read (after line %(line)s)."),
            params={"line": line},
            advice=N_("Choose the encoding in which the names read well."),
        ) from error
    except MemoryError:
        raise
    except Exception as error:  # the library raises whatever a damaged record leads to
        raise BadTable() from error


def _headed(header: list[str]) -> list[str]:
    """The column names, or BadTable when no table has so many or such long ones."""
    check_row(1, header, 1)
    return header


def _limited(rows: Iterable[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    taken: list[tuple[int, list[str]]] = []
    cells_read = 0
    for line, cells in rows:
        check_row(line, cells, len(taken) + 1)
        cells_read += len(cells)
        _check_cells(cells_read)
        taken.append((line, cells))
    return taken


def _check_cells(count: int) -> None:
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


def _text(value: object) -> str:
    """A cell as text: whole floats lose «.0», dates and times come as ISO, yes/no as words of the
    files."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return _unsafe(str(value))


def _take(rows: Iterable[T], count: int) -> Iterator[T]:
    for number, row in enumerate(rows):
        if number >= count:
            return
        yield row


def safe(cell: str) -> str:
    """A cell that no office program takes for a formula."""
    return "'" + cell if cell.startswith(FORMULA) else cell


def _unsafe(cell: str) -> str:
    """What `safe` was given: our own exports come back unchanged."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV as office programs here open it: UTF-8 with BOM, semicolons."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in (header, *rows))
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(sheets: dict[str, tuple[Sequence[str], Iterable[Sequence[str]]]]) -> bytes:
    """A workbook of text cells (leading zeros stay), one sheet per entry: name → (header, rows)."""
    # A heavy library, and the readers in the child have no use for it.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, (header, rows) in sheets.items():
        page = book.create_sheet(name[:31])
        for row in (header, *rows):
            page.append([safe(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
