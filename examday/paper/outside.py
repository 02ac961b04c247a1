"""Tables from outside: the same as `tables`, read in a limited child. The only way a foreign table
is opened."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, cast

from examday import confined
from examday.domain.errors import DomainError, MachineTrouble
from examday.domain.messages import N_
from examday.paper import tables
from examday.paper.tables import BadTable, Table

BUDGET = confined.Budget(cpu_s=20, memory_mb=1024, answer_mb=64, written_mb=0, wall_s=120)
"""A plan of 50,000 rows takes about 2 seconds and 300 MB."""
SHOWN_CELLS = 12
MAX_NOTE = 2 * 2**20
"""Bytes of the table about one work that the regional centre sends."""
TOO_MUCH = {
    "cpu": N_("Reading the table took too much time and was stopped."),
    "memory": N_(
        "The table takes far too much memory; often a single cell lies far outside of it."
    ),
    "answer": N_("The table holds far too much text."),
}


@dataclass(frozen=True)
class Look:
    """First sight of a table. `previews`: encoding → first lines; the key "" when the file carries its own encoding.
    `unreadable`: encodings in which some byte means nothing."""

    previews: dict[str, list[list[str]]]
    sheets: list[str] = field(default_factory=list)
    unreadable: frozenset[str] = frozenset()


class LookJson(TypedDict):
    """First sight of a table on its way out of the child."""

    previews: dict[str, list[list[str]]]
    sheets: list[str]
    unreadable: list[str]


class TableJson(TypedDict):
    """A table on its way out of the child."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def look(path: Path, sheet: str = "") -> Look:
    """The names of the sheets and the first lines, in each possible encoding or of one sheet."""
    told = cast(LookJson, _run("child_look", {"path": str(path), "sheet": sheet}))
    return Look(told["previews"], told["sheets"], frozenset(told["unreadable"]))


def read(path: Path, encoding: str, sheet: str) -> Table:
    """The whole table, as `tables.read`. BadTable for whatever is wrong with it, MachineTrouble
    otherwise."""
    order = {"path": str(path), "encoding": encoding, "sheet": sheet}
    told = cast(TableJson, _run("child_read", order))
    return Table(told["header"], [(line, cells) for line, cells in told["rows"]])


def read_note(content: bytes) -> list[list[str]]:
    """A short CSV table whose sender writes UTF-8 or Windows-1251: its rows."""
    if len(content) > MAX_NOTE:
        raise BadTable(
            N_("The file is too large: more than %(limit)s MB."),
            params={"limit": MAX_NOTE // 2**20},
        )
    return cast(list[list[str]], _run("child_note", {}, content))


def _run(name: str, arguments: Mapping[str, object], data: bytes | None = None) -> object:
    try:
        return confined.run(f"examday.paper.outside:{name}", arguments, BUDGET, data)
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
        raise BadTable(bad.message, advice=bad.advice, code=bad.code, params=bad.params) from bad


def child_look(path: str, sheet: str) -> LookJson:
    """The child's part of `look`."""
    file = Path(path)
    if not tables.needs_encoding(file):
        table = tables.read(file, sheet=sheet)
        lines = [table.header[:SHOWN_CELLS], *(cells[:SHOWN_CELLS] for _, cells in table.rows[:5])]
        return {"previews": {"": lines}, "sheets": tables.sheets(file), "unreadable": []}
    previews = {encoding: tables.preview(file, encoding) for encoding in tables.ENCODINGS}
    return {
        "previews": previews,
        "sheets": [],
        "unreadable": [encoding for encoding in previews if not tables.readable(file, encoding)],
    }


def child_read(path: str, encoding: str, sheet: str) -> TableJson:
    """The child's part of `read`."""
    table = tables.read(Path(path), encoding, sheet)
    return {"header": table.header, "rows": table.rows}


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
            tables.check_row(len(rows) + 1, row, len(rows) + 1)
            rows.append(row)
    except csv.Error as error:
        raise BadTable(
            N_("Line %(line)s is not a proper table line."), params={"line": len(rows) + 1}
        ) from error
    return rows
