"""Rows of the plan's files: every problem of a row at once, row by row.

Verbatim where the trade says so, tolerant where office programs spoil things: leading zeros of
fixed-length codes are put back, "е" for "ё" and capitals do not matter in words. Nothing here
looks at what is already in the plan.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.plan.cells import read_cell
from examday.domain.plan.columns import Column, FileKind, Values, find_columns


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell (or in the whole row when `column` is empty). `message` is a
    msgid."""

    column: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class ParsedRow:
    """One row: `values` by column key, only for columns that the file has."""

    line: int
    values: Values
    problems: tuple[Problem, ...] = ()

    @property
    def good(self) -> bool:
        """True when nothing is wrong with the row by itself."""
        return not self.problems


@dataclass(frozen=True)
class ParsedFile:
    """A whole file. `missing` and `unknown` are column titles; with a missing column no row is
    read."""

    kind: FileKind
    rows: tuple[ParsedRow, ...]
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()


def parse(
    kind: FileKind, header: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]]
) -> ParsedFile:
    """Read all rows: (line number, cells as text). Empty rows are left out; each row carries all
    its problems."""
    found = find_columns(kind, header)
    missing, twice = _missing(kind, found), _twice(found)
    unknown = tuple(
        title for place, title in enumerate(header) if title.strip() and place not in found
    )
    if missing or twice:
        return ParsedFile(kind, (), missing, unknown, twice)
    parsed = [
        _row(found, line, cells) for line, cells in rows if any(cell.strip() for cell in cells)
    ]
    return ParsedFile(kind, tuple(_mark_repeats(kind, parsed)), (), unknown)


def _missing(kind: FileKind, found: Mapping[int, Column]) -> tuple[str, ...]:
    """Titles of the columns that the file must have and has not."""
    there = {column.key for column in found.values()}
    return tuple(
        column.title for column in kind.columns if column.required and column.key not in there
    )


def _twice(found: Mapping[int, Column]) -> tuple[str, ...]:
    """Titles of the columns that the file has more than once."""
    there = Counter(column.key for column in found.values())
    return tuple(sorted({column.title for column in found.values() if there[column.key] > 1}))


def _row(found: Mapping[int, Column], line: int, cells: Sequence[str]) -> ParsedRow:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for place, column in found.items():
        cell = cells[place] if place < len(cells) else ""
        try:
            values[column.key] = read_cell(column, cell)
        except Invalid as error:
            problems.append(Problem(column.title, error.message, error.params))
    return ParsedRow(line, values, tuple(problems))


def _mark_repeats(kind: FileKind, rows: Iterable[ParsedRow]) -> Iterable[ParsedRow]:
    """The same thing in two rows is a mistake of the file, even when both say the same."""
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        key = tuple(_key_part(row.values.get(name, _default(kind, name))) for name in kind.key)
        earlier = first.setdefault(key, row.line)
        if row.good and earlier != row.line:
            yield ParsedRow(
                row.line,
                row.values,
                (
                    Problem(
                        "", N_("The same entry stands in line %(line)s already."), {"line": earlier}
                    ),
                ),
            )
        else:
            yield row


def _key_part(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _default(kind: FileKind, name: str) -> object:
    return next((column.default for column in kind.columns if column.key == name), None)
