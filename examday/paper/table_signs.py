"""Find the cells of a workbook of which its library does not tell.

These are cells that hold an error, formulas that were saved without a value, and merged cells.

Only for the limited child (`outside.py`), as everything that opens a foreign file.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree

from examday.domain.plan.signs import NO_VALUE

if TYPE_CHECKING:
    from xlrd.book import Book

Signs = dict[tuple[int, int], str]
"""(row, column), both from 0 → the sign that stands there instead of a value, which the library
gives as an empty cell."""
Ranges = list[tuple[tuple[int, int], tuple[int, int]]]
"""First and last cell of each merged range: its value stands in the first, and the others look
empty."""
ERROR = "#N/A"
"""Sign for an error whose own name the file does not tell: an empty cell would take something
away."""
MAX_RANGES = 20_000
"""Merged ranges at most: more of them are no table made by people."""
_AT = re.compile(r"([A-Z]+)([0-9]+)")
"""Letters of the column, number of the row: by these alone the file says where a cell stands."""
_WORTH = re.compile(rb"""\bt\s*=\s*["']e["']|<(?:\w+:)?f[\s>/]""")
"""Beginning of an error cell or of a formula: only sheets with one are parsed a second time."""
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"


def signs_of(path: Path, sheet: str) -> tuple[Signs, Ranges | None]:
    """The signs of one sheet; merged ranges only where the workbook's library does not tell them."""
    if not zipfile.is_zipfile(path):
        return _xls(path, sheet), None
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.bin" in archive.namelist():
            # Refused as a whole: an empty cell takes something away, so an error must not look
            # like one.
            raise ValueError("errors in the binary XLSB look like empty cells: save it as XLSX")
        if "content.xml" in archive.namelist():
            with archive.open("content.xml") as content:
                return _ods(content, sheet)
        part = _part(archive, sheet)
        if part is None or not _worth(archive, part):
            return {}, None
        with archive.open(part) as page:
            return _xlsx(page), None


def _xls(path: Path, sheet: str) -> Signs:
    """Error cells of the old binary format."""
    # Loaded for such a workbook alone: it takes longer to load than most tables to read.
    import xlrd

    with closing(_Open(xlrd.open_workbook(str(path), on_demand=True))) as opened:
        page = opened.book.sheet_by_name(sheet)
        return {
            (row, column): xlrd.error_text_from_code.get(page.cell_value(row, column), ERROR)
            for row in range(page.nrows)
            for column, kind in enumerate(page.row_types(row))
            if kind == xlrd.XL_CELL_ERROR
        }


class _Open:
    """A workbook that is given back at the end."""

    def __init__(self, book: "Book") -> None:
        self.book = book

    def close(self) -> None:
        self.book.release_resources()


def _part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The file of a sheet inside an XLSX workbook."""
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return None
    with archive.open("xl/workbook.xml") as book:
        known = {
            row.get("name"): row.get(_RELATION)
            for _event, row in ElementTree.iterparse(book)  # noqa: S314
            if _name(row) == "sheet"
        }
    with archive.open("xl/_rels/workbook.xml.rels") as links:
        targets = {
            row.get("Id"): row.get("Target", "")
            for _event, row in ElementTree.iterparse(links)  # noqa: S314
            if _name(row) == "Relationship"
        }
    target = targets.get(known.get(sheet), "")
    part = target[1:] if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    return part if part in names else None


def _worth(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether there is any error or formula in the sheet at all."""
    kept = b""
    with archive.open(part) as page:
        while block := page.read(2**20):
            if _WORTH.search(kept + block):
                return True
            # A tag may be cut by the end of a block.
            kept = block[-64:]
    return False


def _xlsx(page: IO[bytes]) -> Signs:
    """Errors and formulas without a value of one XLSX sheet."""
    found: Signs = {}
    row = column = -1
    for event, element in ElementTree.iterparse(page, ("start", "end")):  # noqa: S314
        name = _name(element)
        if event == "start" and name == "row":
            row, column = int(element.get("r", row + 2)) - 1, -1
        elif event == "start" and name == "c":
            at = _AT.fullmatch(element.get("r", "").upper())
            row, column = (int(at[2]) - 1, _column(at[1])) if at else (row, column + 1)
        elif event == "end" and name == "c":
            sign = _sign(element)
            if sign:
                found[row, column] = sign
        elif event == "end" and name == "row":
            element.clear()
    return found


def _sign(cell: ElementTree.Element) -> str:
    parts = {_name(part): part for part in cell}
    value = parts["v"].text if "v" in parts else None
    if cell.get("t") == "e":
        return value or ERROR
    saved = value is not None or (cell.get("t") == "str" and "v" in parts)
    return NO_VALUE if "f" in parts and not saved and "is" not in parts else ""


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _ods(content: IO[bytes], sheet: str) -> tuple[Signs, Ranges]:
    """Errors, formulas without a value and merged cells of one sheet of an ODS workbook."""
    found: Signs = {}
    merged: Ranges = []
    for row, column, cell in _ods_cells(content, sheet):
        spread = (
            int(cell.get(_TABLE + "number-rows-spanned", 1)),
            int(cell.get(_TABLE + "number-columns-spanned", 1)),
        )
        if spread != (1, 1) and len(merged) < MAX_RANGES:
            merged.append(((row, column), (row + spread[0] - 1, column + spread[1] - 1)))
        if cell.get(_CALC + "value-type") == "error":
            found[row, column] = "".join(cell.itertext()).strip() or ERROR
        elif cell.get(_TABLE + "formula") and cell.get(_OFFICE + "value-type") is None:
            found[row, column] = NO_VALUE
    return found, merged


def _ods_cells(content: IO[bytes], sheet: str) -> Iterator[tuple[int, int, ElementTree.Element]]:
    """Every cell that is written down, with its place; of repeated ones the first."""
    here, row, column = False, 0, 0
    for event, element in ElementTree.iterparse(content, ("start", "end")):  # noqa: S314
        if element.tag == _TABLE + "table":
            here, row = event == "start" and element.get(_TABLE + "name") == sheet, 0
        elif not here:
            continue
        elif element.tag == _TABLE + "table-row":
            column = 0
            if event == "end":
                row += int(element.get(_TABLE + "number-rows-repeated", 1))
                element.clear()
        elif event == "end" and element.tag in (
            _TABLE + "table-cell",
            _TABLE + "covered-table-cell",
        ):
            yield row, column, element
            column += int(element.get(_TABLE + "number-columns-repeated", 1))


def _name(element: ElementTree.Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]
