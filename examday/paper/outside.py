"""Tables from outside: the same as `tables`, read in a limited child.

The only way a foreign table is opened.
"""

from __future__ import annotations

import csv
import io
import shutil
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypedDict, cast

from examday import confined
from examday.domain.errors import DomainError, MachineTrouble
from examday.domain.messages import N_
from examday.paper import table_kind, table_shape, table_workbook, tables
from examday.paper.table_shape import BadTable, Table

BUDGET = confined.Budget(
    cpu_s=20,
    memory_mb=1024,
    answer_mb=64,
    written_mb=0,
    wall_s=120,
)
"""A plan of 50,000 rows takes about 2 seconds and 300 MB: ten times that is no plan."""
UNPACKING = replace(BUDGET, written_mb=320)
"""Unpacking writes files; reading a table never does."""
MOST_FILES = 50
"""Files of an archive at most: a plan has five tables, with copies for several points."""
SHOWN_LINES, SHOWN_LETTERS = 25, 120
"""Enough to see what a table is; the whole of it would be sent through a pipe for a preview."""
MAX_NOTE = 2 * 2**20
"""Bytes of the table about one work that the regional centre sends: a work has some hundred lines,
and a file comes from outside."""
TOO_MUCH = {
    "cpu": N_("Reading the table took too much time and was stopped."),
    "memory": N_(
        "The table takes far too much memory; often a single cell lies far outside of it."
    ),
    "answer": N_("The table holds far too much text."),
}
"""Limit that a child ran into → sentence. They blame the table: an honest plan is far below all
of them."""


@dataclass(frozen=True)
class Look:
    """First sight of a table.

    `previews`: encoding → first lines; the key "" when the file carries its own encoding.
    `unreadable`: encodings in which some byte means nothing; `hidden`: sheets that the office
    program does not show; `code_page`: the encoding that the file says it has.
    """

    previews: dict[str, list[list[str]]]
    sheets: list[str] = field(default_factory=list)
    unreadable: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    code_page: str = ""


class LookJson(TypedDict):
    """First sight of a table on its way out of the child."""

    previews: dict[str, list[list[str]]]
    sheets: list[str]
    unreadable: list[str]
    hidden: list[str]
    code_page: str


class TableJson(TypedDict):
    """A table on its way out of the child."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    head_line: int


def look(path: Path, sheet: str = "") -> Look:
    """The names of the sheets and the first lines, in each possible encoding or of one sheet."""
    told = cast(LookJson, _run("child_look", {"path": str(path), "sheet": sheet}))
    return Look(
        told["previews"],
        told["sheets"],
        frozenset(told["unreadable"]),
        frozenset(told["hidden"]),
        told["code_page"],
    )


def read(path: Path, encoding: str, sheet: str) -> Table:
    """The whole table, as `tables.read`.

    BadTable for whatever is wrong with it, MachineTrouble otherwise.
    """
    order = {"path": str(path), "encoding": encoding, "sheet": sheet}
    told = cast(TableJson, _run("child_read", order))
    rows = [(line, cells) for line, cells in told["rows"]]
    return Table(told["header"], rows, told["head_line"])


def read_note(content: bytes) -> list[list[str]]:
    """A short CSV table whose sender writes UTF-8 or Windows-1251: its rows."""
    if len(content) > MAX_NOTE:
        raise BadTable(
            N_("The file is too large: more than %(limit)s MB."),
            params={"limit": MAX_NOTE // 2**20},
        )
    return cast(list[list[str]], _run("child_note", {}, content))


def _run(
    name: str,
    arguments: Mapping[str, object],
    data: bytes | None = None,
    budget: confined.Budget = BUDGET,
) -> object:
    try:
        return confined.run(f"examday.paper.outside:{name}", arguments, budget, data)
    except MachineTrouble as trouble:
        raise MachineTrouble(
            N_("This computer could not read the table just now; the file is not at fault."),
            params=trouble.params,
        ) from trouble
    except confined.Overrun as over:
        raise BadTable(
            TOO_MUCH.get(str(over.params["what"])),
            code="table-too-much",
            advice=N_(
                "Open the table, delete what lies after its end, or copy the rows into a new table, "
                "and send that. Nothing was changed."
            ),
        ) from over
    except confined.Crashed as crash:
        raise BadTable() from crash
    except DomainError as bad:
        raise BadTable(
            bad.message,
            advice=bad.advice,
            code=bad.code,
            params=bad.params,
        ) from bad


def child_look(path: str, sheet: str) -> LookJson:
    """The child's part of `look`."""
    file = Path(path)
    # A workbook says in which encoding it is: there is one preview.
    if not table_kind.needs_encoding(file):
        table = tables.read(file, sheet=sheet)
        return {
            "previews": {"": _shown(cells for _, cells in table.lines[:SHOWN_LINES])},
            "sheets": table_workbook.sheets(file),
            "unreadable": [],
            "hidden": sorted(table_workbook.hidden_sheets(file)),
            "code_page": "",
        }
    previews = {
        encoding: _shown(tables.preview(file, encoding, SHOWN_LINES))
        for encoding in table_kind.encodings_of(file)
    }
    return {
        "previews": previews,
        "sheets": [],
        "unreadable": [encoding for encoding in previews if not tables.readable(file, encoding)],
        "hidden": [],
        "code_page": table_kind.code_page(file),
    }


def _shown(lines: Iterable[list[str]]) -> list[list[str]]:
    return [[cell[:SHOWN_LETTERS] for cell in cells[: table_shape.MAX_COLUMNS]] for cells in lines]


def is_archive(path: Path) -> bool:
    """Whether this is a ZIP archive of files, and not a workbook (which is one too)."""
    return cast(bool, _run("child_is_archive", {"path": str(path)}))


def unpack(path: Path, folder: Path) -> list[tuple[str, Path]]:
    """The files of a ZIP archive, put into the folder under names of ours: (name, path)."""
    told = _run("child_unpack", {"path": str(path), "folder": str(folder)}, budget=UNPACKING)
    return [(name, folder / kept) for name, kept in cast(list[tuple[str, str]], told)]


def child_is_archive(path: str) -> bool:
    """The child's part of `is_archive`."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        # Members that every XLSX or ODS has: a workbook must not be unpacked into its parts.
        return not {"[Content_Types].xml", "mimetype", "content.xml"} & set(archive.namelist())


def child_unpack(path: str, folder: str) -> list[tuple[str, str]]:
    """The child's part of `unpack`."""
    found: list[tuple[str, str]] = []
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if not one.is_dir() and _shown_name(one)]
        if len(members) > MOST_FILES:
            raise BadTable(
                N_("More than %(limit)s files in the archive."), params={"limit": MOST_FILES}
            )
        # The sizes may lie: the child's limit on written bytes still holds.
        if sum(one.file_size for one in members) > table_shape.MAX_UNPACKED:
            raise BadTable(N_("The archive unpacks to far too much."))
        for number, one in enumerate(members):
            name = _shown_name(one)
            # Names of ours: «../» in an archive's name must lead nowhere.
            kept = f"unpacked-{number:02d}{Path(name).suffix.lower()[:8]}"
            with archive.open(one) as source, (Path(folder) / kept).open("xb") as out:
                shutil.copyfileobj(source, out)
            found.append((name, kept))
    return found


def _shown_name(member: zipfile.ZipInfo) -> str:
    """The file's own name; "" for what systems put into archives for themselves.

    Old archives hold Russian names in the DOS code page.
    """
    name = member.filename
    # Without the flag for UTF-8 Python reads the DOS page 437, where Russian DOS meant 866.
    if not member.flag_bits & 0x800:
        name = name.encode("cp437", "replace").decode("cp866", "replace")
    last = name.replace("\\", "/").rpartition("/")[2]
    return "" if last.startswith((".", "~$")) or "__MACOSX" in name else last


def child_read(path: str, encoding: str, sheet: str) -> TableJson:
    """The child's part of `read`."""
    table = tables.read(Path(path), encoding, sheet)
    return {"header": table.header, "rows": table.rows, "head_line": table.head_line}


def child_note() -> list[list[str]]:
    """The child's part of `read_note`: CSV with «;» or «,»."""
    content = sys.stdin.buffer.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", errors="replace")
    rows: list[list[str]] = []
    try:
        for row in csv.reader(
            io.StringIO(text, newline=""), delimiter=";" if ";" in text.partition("\n")[0] else ","
        ):
            table_shape.check_row(len(rows) + 1, row, len(rows) + 1)
            rows.append(row)
    except csv.Error as error:
        raise BadTable(
            N_("Line %(line)s is not a proper table line."), params={"line": len(rows) + 1}
        ) from error
    return rows
