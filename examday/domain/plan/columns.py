"""Columns of the plan's files: which there are, by which names they are known, what a cell of them
may hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from examday.domain.messages import N_

KINDS: dict[str, str] = {
    "exams": N_("Exams"),
    "rooms": N_("Rooms"),
    "candidates": N_("Candidates"),
    "seating": N_("Seating"),
    "staff": N_("Staff and duties"),
}
"""In the order in which they are imported: each may refer to the earlier ones."""

Words = Mapping[str, str]
Values = Mapping[str, Any]
"""Values of a row by column key; the kind of the column says what each may be."""


@dataclass(frozen=True)
class Column:
    """One column. `length`: most characters of a text, exact digits of a code; `words`: normalised
    word → value."""

    key: str
    title: str
    also: tuple[str, ...] = ()
    kind: str = "text"
    required: bool = False
    length: int = 0
    most: int = 0
    default: object = None
    words: Words = field(default_factory=dict)
    example: str = ""


@dataclass(frozen=True)
class FileKind:
    """One sort of file: its columns, and the columns that tell one row from another."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


def plain(text: str) -> str:
    """A word or column name for comparison: small letters, «е» for «ё», single blanks, no outer
    dots."""
    return " ".join(text.replace("\xa0", " ").lower().replace("ё", "е").split()).strip(" .:*")


def find_columns(kind: FileKind, header: Sequence[str]) -> dict[int, Column]:
    """Which column of the file is which; names, synonyms, keys and ten-letter DBF names are
    accepted."""
    names: dict[str, Column] = {}
    for column in kind.columns:
        for name in (column.title, *column.also, column.key, column.key[:10]):
            names.setdefault(plain(name), column)
    return {
        place: names[plain(title)] for place, title in enumerate(header) if plain(title) in names
    }


def guess_kind(kinds: Iterable[FileKind], header: Sequence[str]) -> str:
    """The kind of file whose columns the header covers best: a proposal, a person decides."""
    best, score = "", (0, 0.0)
    for kind in kinds:
        found = {column.key for column in find_columns(kind, header).values()}
        missing = sum(column.required and column.key not in found for column in kind.columns)
        this = (len(found) - 10 * missing, len(found) / len(kind.columns))
        if found and (not best or this > score):
            best, score = kind.name, this
    return best
