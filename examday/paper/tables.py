"""Read and write tables in files.

CSV (in an encoding that a person has chosen), XLSX and other workbooks, DBF.

Encodings are never guessed: look-alike code pages give plausible nonsense, so `preview` shows the
same lines in each and a person chooses. Only a byte order mark decides by itself.

What cannot be read is never empty: such a cell carries a sign (`domain/plan/signs.py`).

Every file comes from outside. The functions that read are for the limited child alone (`outside.py`
runs them there), and sizes are checked before anything is unpacked or laid out in memory.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from examday.domain.messages import N_
from examday.paper.table_dbf import read_dbf
from examday.paper.table_kind import encodings_of, kind_of
from examday.paper.table_shape import (
    FORMULA,
    BadTable,
    Table,
    check_cells,
    check_row,
    headed,
    limited,
    other_encoding,
    readable_header,
    take,
    typed,
)
from examday.paper.table_workbook import read_workbook

DELIMITERS = ";\t,"
"""The semicolon first: it is what Russian office programs write."""
_SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.I)
"""No row of the table: Excel writes this line to say what separates the cells, and obeys it."""


def preview(path: Path, encoding: str, lines: int = 6) -> list[list[str]]:
    """Return the first lines as they read in this encoding, for a person to judge.

    Wrong characters are shown as «�».
    """
    if kind_of(path) == "dbf":
        header, rows = read_dbf(path, encoding, errors="replace")
        return [header, *(cells for _, cells in take(rows, lines - 1))]
    with path.open(
        encoding=encoding,
        errors="replace",
        newline="",
    ) as source:
        # Enough for the first lines, however large the file is.
        text = source.read(64 * 1024)
    first, rest, delimiter = _separated(text)
    found: list[list[str]] = [[] for _ in range(first - 1)]
    reader = csv.reader(io.StringIO(rest, newline=""), delimiter=delimiter)
    return [*found, *take(reader, lines)]


def _separated(text: str) -> tuple[int, str, str]:
    """Number of the first line of the table, the text from there on, its separator.

    A line «sep=;» is not of the table: it tells the office program how to read the others.
    """
    first, _, rest = text.partition("\n")
    told = _SEPARATOR_LINE.fullmatch(first)
    return (2, rest, told[1]) if told else (1, text, _delimiter(text))


def readable(path: Path, encoding: str) -> bool:
    """Whether every byte of the file means something in this encoding.

    Not that it reads well: that is for a person.
    """
    try:
        if kind_of(path) == "dbf":
            limited(read_dbf(path, encoding, errors="strict")[1])
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
        return read_workbook(path, sheet)
    # Encodings are never guessed: a person must have chosen one.
    if encoding not in encodings_of(path):
        raise BadTable(N_("Choose the encoding in which the names read well."))
    if kind == "dbf":
        header, rows = read_dbf(path, encoding, errors="replace")
        return Table(readable_header(header), limited(rows))
    return _read_csv(path, encoding)


def _read_csv(path: Path, encoding: str) -> Table:
    line, cells_read = 1, 0
    try:
        with path.open(
            encoding=encoding,
            errors="replace",
            newline="",
        ) as source:
            first, rest, delimiter = _separated(source.readline())
            # The first line is of the table itself and is read once more.
            if rest:
                source.seek(0)
            reader = csv.reader(source, delimiter=delimiter, strict=True)
            header = readable_header(headed(next(reader, [])))
            rows: list[tuple[int, list[str]]] = []
            line = reader.line_num + first
            for cells in reader:
                check_row(line, cells, len(rows) + 1)
                cells_read += len(cells)
                check_cells(cells_read)
                rows.append((line, [typed(cell) for cell in cells]))
                line = reader.line_num + first
    except UnicodeError as error:  # UTF-16 that ends in the middle of a letter
        raise other_encoding(line) from error
    except csv.Error as error:
        raise BadTable(
            N_("Line %(line)s is not a proper table line."),
            params={"line": line},
            advice=N_("Look at the quotation marks in this line and send the file again."),
        ) from error
    return Table(header, rows, first)


def _delimiter(text: str) -> str:
    """The separator that occurs most often in the first line; «;» when there is none."""
    lines = [line for line in text.splitlines()[:25] if any(sign in line for sign in DELIMITERS)]
    return max(DELIMITERS, key=lambda sign: max((line.count(sign) for line in lines), default=0))


def safe(cell: str) -> str:
    """A cell that no office program takes for a formula."""
    return "'" + cell if cell.startswith(FORMULA) else cell


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
        # Cut, because XLSX allows 31 characters in the name of a sheet.
        page = book.create_sheet(name[:31])
        for row in (header, *rows):
            page.append([safe(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
