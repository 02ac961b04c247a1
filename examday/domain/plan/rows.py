"""Rows of the plan's files: every problem of a row at once, row by row.

Verbatim where the trade says so, tolerant where office programs spoil things: leading zeros of
fixed-length codes are put back, "е" for "ё" and capitals do not matter in words. Nothing here
looks at what is already in the plan.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from examday.domain.errors import Invalid
from examday.domain.identity import clean, fold, unseen
from examday.domain.messages import N_
from examday.domain.plan.cells import Unclear, pieces, read_cell
from examday.domain.plan.columns import (
    IN_SENTENCE,
    REASONS,
    Column,
    FileKind,
    Values,
    find_columns,
    named,
)
from examday.domain.plan.header import no_entry


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell (or in the whole row when `column` is empty).

    `message` is a msgid. `asked`: a person can answer it; `words` are then the words that are not
    clear, each with the values that may be meant.
    """

    column: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    asked: bool = False
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answers:
    """What a person has said about a table.

    `words`: column key and word → value that is meant; `leave_out`: lines that are no entries are
    passed over; `sure`: every line is an entry; `take_away`: what the table takes away may go.
    """

    words: Mapping[tuple[str, str], str] = field(default_factory=dict)
    leave_out: bool = False
    sure: bool = False
    take_away: bool = False


@dataclass(frozen=True)
class ParsedRow:
    """One row: `values` by column key, only for columns that the file has.

    `notes` tell what was left out of a cell without changing what is seen; `empty` are the columns
    whose cell is empty.
    """

    line: int
    values: Values
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    empty: frozenset[str] = frozenset()

    @property
    def good(self) -> bool:
        """True when nothing is wrong with the row by itself."""
        return not self.problems


@dataclass(frozen=True)
class ParsedFile:
    """A whole file.

    `missing` and `unknown` are column titles; with a missing column no row is read.
    """

    kind: FileKind
    rows: tuple[ParsedRow, ...]
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()


def parse(
    kind: FileKind,
    header: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    answers: Answers | None = None,
) -> ParsedFile:
    """Read all rows: (line number, cells as text).

    Empty rows are left out; each row carries all its problems.
    """
    found = find_columns(kind, header)
    missing, twice = _missing(kind, found), _twice(found)
    unknown = tuple(
        title
        for place, title in enumerate(header)
        if title.strip() and place not in found and named(title) != named(REASONS)
    )
    # Table programs keep hundreds of empty rows below the last entry.
    filled = [(line, cells) for line, cells in rows if any(cell.strip() for cell in cells)]
    # With a missing column every row would be wrong for the same reason; it is said once.
    if missing or twice:
        why = _no_table(kind, missing, twice)
        return ParsedFile(
            kind, tuple(ParsedRow(line, {}, (why,)) for line, _ in filled), missing, unknown, twice
        )
    given = answers or Answers()
    read = (_row(found, header, line, cells, given) for line, cells in filled)
    parsed = [row for row in read if row is not None]
    return ParsedFile(kind, tuple(_mark_repeats(kind, parsed)), (), unknown)


def _no_table(kind: FileKind, missing: Sequence[str], twice: Sequence[str]) -> Problem:
    """Why none of the rows can be read."""
    if missing:
        return Problem(
            "",
            N_("This looks like %(kind)s, but there is no column %(columns)s."),
            {
                "kind": IN_SENTENCE[kind.name],
                "columns": ", ".join(f"«{title}»" for title in missing),
            },
        )
    return Problem("", N_("Columns stand there twice: %(columns)s."), {"columns": ", ".join(twice)})


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


def _row(
    found: Mapping[int, Column],
    header: Sequence[str],
    line: int,
    cells: Sequence[str],
    answers: Answers,
) -> ParsedRow | None:
    """One row; None for a line that is no entry and is to be left out."""
    # CSV leaves out empty cells at the end of a row.
    there = {column: cells[place] if place < len(cells) else "" for place, column in found.items()}
    lacks = any(column.required and not cell.strip() for column, cell in there.items())
    strange = None if answers.sure else no_entry(header, cells, lacks)
    if strange:
        return (
            None if answers.leave_out else ParsedRow(line, {}, (Problem("", strange, asked=True),))
        )
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for column, cell in there.items():
        try:
            values[column.key] = read_cell(column, _answered(column, cell, answers))
        except Unclear as error:
            problems.append(
                Problem(column.title, error.message, error.params, True, error.proposals)
            )
        except Invalid as error:
            problems.append(Problem(column.title, error.message, error.params))
    # Remembered apart from values: an emptied cell takes something away, a default does not.
    empty = frozenset(column.key for column, cell in there.items() if not clean(cell))
    return ParsedRow(line, values, tuple(problems), tuple(_left_out(there)), empty)


def _left_out(there: Mapping[Column, str]) -> Iterable[Problem]:
    """Which cells hold characters that nobody sees: they do not count, and that is said."""
    for column, cell in there.items():
        signs = unseen(cell)
        if signs:
            yield Problem(
                column.title,
                N_("Invisible characters are left out: %(signs)s."),
                {"signs": ", ".join(signs)},
            )


def _answered(column: Column, cell: str, answers: Answers) -> str:
    """The cell with the words that a person has explained put into the words of the list."""
    meant = {
        named(word): value for (key, word), value in answers.words.items() if key == column.key
    }
    if not meant:
        return cell
    words = pieces(cell) if column.kind == "many" else [cell]
    return "; ".join(
        column.said.get(meant[named(word)], word) if named(word) in meant else word
        for word in words
    )


def _mark_repeats(kind: FileKind, rows: Iterable[ParsedRow]) -> Iterable[ParsedRow]:
    """The same thing in two rows is a mistake of the file, even when both say the same."""
    # Folded keys: «А-1» typed in Latin and in Russian letters is one candidate.
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        key = tuple(_key_part(row.values.get(name, _default(kind, name))) for name in kind.key)
        earlier = first.setdefault(key, row.line) if row.values else row.line
        if row.good and earlier != row.line:
            twice = N_("The same entry stands in line %(line)s already.")
            yield replace(row, problems=(Problem("", twice, {"line": earlier}),))
        else:
            yield row


def _key_part(value: object) -> object:
    return fold(value) if isinstance(value, str) else value


def _default(kind: FileKind, name: str) -> object:
    return next((column.default for column in kind.columns if column.key == name), None)
