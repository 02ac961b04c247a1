"""Tables of the plan as files: archives are opened, first lines looked at, rows parsed."""

import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from examday.domain.errors import NotFound
from examday.domain.plan.cells import reads_well
from examday.domain.plan.header import Guess, find_header, guess
from examday.domain.plan.rows import Answers, ParsedFile, parse
from examday.paper import outside, table_kind
from examday.paper.table_shape import Table
from examday.services.plan.file_columns import file_kinds

MEMO_ENDINGS = frozenset({".dbt", ".fpt"})
"""Files with the long texts of a DBF: they belong to a table and are none themselves."""


@dataclass(frozen=True)
class Look:
    """A table as a person sees it before choosing.

    `previews`: encoding → first lines; one entry with the key "" when the file carries its own
    encoding. `unreadable`: encodings in which some byte means nothing; `hidden`: sheets that the
    office program does not show. Proposals: the `encoding` that alone makes sense, the line of the
    column names, and what the table holds.
    """

    previews: dict[str, list[list[str]]]
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""
    unreadable: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    encoding: str = ""
    head: int = 0
    guess: Guess = Guess()


def unfold(named: Iterable[tuple[str, Path]], work: Path) -> list[tuple[str, Path]]:
    """Return the tables among files that came together.

    Archives are opened into `work`, and the memo file of a DBF is laid beside it.
    """
    flat: list[tuple[str, Path]] = []
    for number, (name, path) in enumerate(named):
        if outside.is_archive(path):
            place = work / f"archive-{number:02d}"
            place.mkdir(mode=0o700)
            inside = outside.unpack(path, place)
            flat.extend((f"{name}/{each}", kept) for each, kept in inside)
        else:
            flat.append((name, path))
    memos = {_stem(name): path for name, path in flat if path.suffix.lower() in MEMO_ENDINGS}
    tables_only = [row for row in flat if row[1].suffix.lower() not in MEMO_ENDINGS]
    return [(name, _with_memo(name, path, memos, work)) for name, path in tables_only]


def _with_memo(
    name: str,
    path: Path,
    memos: Mapping[str, Path],
    work: Path,
) -> Path:
    """The table, in a folder of its own with its memo file where both were sent."""
    memo = memos.get(_stem(name))
    if memo is None or memo.with_suffix("") == path.with_suffix(""):
        return path
    beside = work / f"pair-{secrets.token_hex(16)}"
    # The DBF library looks for the memo file beside the table, under the same name.
    os.link(path, beside.with_suffix(path.suffix.lower()))
    os.link(memo, beside.with_suffix(memo.suffix.lower()))
    return beside.with_suffix(path.suffix.lower())


def _stem(name: str) -> str:
    return name.rpartition(".")[0].casefold()


def look(path: Path, sheet: str = "") -> Look:
    """First lines in each possible encoding (or of one sheet), with what they seem to be."""
    seen = outside.look(path, sheet)
    heads = {
        name: find_header(file_kinds().values(), _numbered(lines))
        for name, lines in seen.previews.items()
    }
    encoding = _sensible(seen, heads)
    lines = seen.previews.get(encoding, [])
    head = heads.get(encoding) or 0
    return Look(
        seen.previews,
        seen.sheets,
        sheet or (seen.sheets[0] if seen.sheets else ""),
        seen.unreadable,
        seen.hidden,
        encoding,
        head,
        guess(file_kinds().values(), lines[head - 1]) if head else Guess(),
    )


def _numbered(lines: list[list[str]]) -> list[tuple[int, list[str]]]:
    return list(enumerate(lines, 1))


def _sensible(seen: outside.Look, heads: Mapping[str, int | None]) -> str:
    """The one encoding in which the table makes sense; "" where several do, or none."""
    if len(seen.previews) == 1:
        return next(iter(seen.previews))
    # Only where column names of the plan appear can the encoding be right.
    named = [name for name, head in heads.items() if head is not None] or list(heads)
    read = [
        name
        for name in named
        if all(reads_well(cell) for line in seen.previews[name] for cell in line)
    ]
    for found in (named, read):
        if len(found) == 1:
            return found[0]
    # plain letters and digits only, which every encoding reads alike: nothing is to be asked
    if len({str(seen.previews[name]) for name in named}) == 1:
        return named[0]
    # What a DBF says of itself decides between two encodings that both read well, never alone.
    return seen.code_page if seen.code_page in read else ""


def table(path: Path, encoding: str = "", sheet: str = "") -> Table:
    """All lines of the table as they stand."""
    return outside.read(path, encoding, sheet)


def parsed(
    path: Path,
    kind: str,
    encoding: str = "",
    sheet: str = "",
    head: int = 0,
    answers: Answers | None = None,
) -> ParsedFile:
    """All rows of the table as the chosen kind, in the chosen encoding.

    NotFound for an unknown kind. `head`: the line of the column names; 0 where it is to be found.
    """
    if kind not in file_kinds():
        raise NotFound()
    whole = table(path, encoding, sheet)
    line = head or find_header(file_kinds().values(), whole.lines)
    if line is not None and line != whole.head_line:
        whole = whole.headed(line)
    return parse(file_kinds()[kind], whole.header, whole.rows, answers)


def encodings() -> dict[str, str]:
    """The encodings of tables: codec → name."""
    return {**table_kind.ENCODINGS, **table_kind.BY_MARK}
