"""Columns of the plan's files.

Which there are, by which names they are known, and what a cell of them may hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from examday.domain.identity import clean, fold
from examday.domain.messages import N_
from examday.domain.plan.day import DOCUMENT_NAMES, FEATURE_NAMES

KINDS: dict[str, str] = {
    "exams": N_("Exams"),
    "rooms": N_("Rooms"),
    "candidates": N_("Candidates"),
    "seating": N_("Seating"),
    "staff": N_("Staff and duties"),
}
"""In the order in which they are imported, because each refers to earlier ones: a seat to its room,
a duty to its person."""

IN_SENTENCE: dict[str, str] = {
    "exams": N_("a list of exams"),
    "rooms": N_("a list of rooms"),
    "candidates": N_("a list of candidates"),
    "seating": N_("a seating"),
    "staff": N_("a list of staff"),
}
"""For the middle of a sentence («this looks like …»), where the headings above cannot stand."""

Words = Mapping[str, str]
Values = Mapping[str, Any]
"""Values of a row by column key. The kind of the column says what each may be, which no type here
can."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column.

    `length`: most characters of a text, exact digits of a code; `words`: word as `named` makes it →
    value; `said`: value → the word that files are written with. `likely`: part of a word that
    people use → values that may be meant, to be asked about. `code`: what is in the cell tells one
    thing from another.
    """

    key: str
    title: str
    also: tuple[str, ...] = ()
    """Names that schools use; accepted, and never written."""
    kind: str = "text"
    required: bool = False
    """Without it the table is refused as a whole: every row would be wrong for the same reason."""
    length: int = 0
    """More is refused and never cut: half a code is another code."""
    most: int = 0
    units: tuple[str, ...] = ()
    """Words that may stand behind a number: «280 лк». Another unit means that columns have moved."""
    before: tuple[str, ...] = ()
    """Words that may stand before a code («ауд. 201»): without them two spellings would be two
    rooms."""
    default: object = None
    words: Words = field(default_factory=dict)
    said: Words = field(default_factory=dict)
    likely: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Asked about and never taken by itself: a guess would stand in the plan as a fact."""
    code: bool = False
    example: str = ""


@dataclass(frozen=True)
class FileKind:
    """One sort of file: its columns, and the columns that tell one row from another."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """Two rows with the same key are a mistake of the table, whichever comes first: neither can be
    taken for the right one."""


PERSONAL = frozenset({"surname", "name", "patronymic", "document"})
"""They tell who a candidate is: whoever reads or copies answers knows a number alone."""
CUT = 10
"""Letters of a column name that the DBF format has room for: longer names come cut."""
REASONS = "Почему не принято"
"""The column that the program adds to a table with mistakes: passed over on the way back, so that
it can be sent in again as it is."""


def plain(text: str) -> str:
    """Return a word or column name in the form for comparison.

    It has small letters, «е» for «ё», single blanks and no outer dots.
    """
    return " ".join(clean(text).lower().replace("ё", "е").split()).strip(" .:*")


@lru_cache(maxsize=20_000)
def named(text: str) -> str:
    """A column name for comparison: as `plain`, and look-alike letters, «_» and blanks are one."""
    return fold(plain(" ".join(text.replace("_", " ").split())))


def find_columns(kind: FileKind, header: Sequence[str]) -> dict[int, Column]:
    """Which column of the file is which.

    Names, synonyms and keys are accepted, and what the DBF format leaves of them where that can
    only be one.
    """
    whole = {
        named(name): column
        # Reversed, so that of two columns with one synonym the first of the description counts.
        for column in reversed(kind.columns)
        for name in (column.key, *column.also, column.title)
    }
    cut = _cut(whole)
    found = {
        # The whole name first: a cut one is only a guess at what DBF has left.
        place: whole.get(named(title)) or cut.get(_joined(title))
        for place, title in enumerate(header)
    }
    return {place: column for place, column in found.items() if column is not None}


def _joined(title: str) -> str:
    """A name of exactly so many letters as fit into DBF, with «_» for blanks; "" for others."""
    tight = "_".join(named(title).split())
    # Nine, because a cut behind a blank loses that blank too.
    return tight if CUT - 1 <= len(tight) <= CUT else ""


def _cut(whole: Mapping[str, Column]) -> dict[str, Column]:
    """Names cut to ten letters, with and without «_», that mean one column only."""
    meant: dict[str, dict[str, Column]] = {}
    for name, column in whole.items():
        for tight in ("_".join(name.split()), "".join(name.split())):
            if len(tight) > CUT:
                meant.setdefault(tight[:CUT].rstrip("_"), {})[column.key] = column
    return {
        # Two columns with the same ten letters: neither is taken, a person is asked.
        name: next(iter(columns.values()))
        for name, columns in meant.items()
        if len(columns) == 1
    }


COLUMN_NAMES: dict[str, str] = {
    **FEATURE_NAMES,
    **DOCUMENT_NAMES,
    "date": N_("Exam date"),
    "kind": N_("Form of the exam"),
    "subject": N_("Subject code"),
    "site_code": N_("Code of the exam point"),
    "site_name": N_("Name of the exam point"),
    "region": N_("Region code"),
    "tasks": N_("Number of short answers"),
    "long_tasks": N_("Tasks with long answers"),
    "start": N_("Start"),
    "enlarge_at": N_("Time of enlarging"),
    "minutes": N_("Duration, min"),
    "speaking": N_("Speaking part"),
    "braille_at": N_("Where Braille is transferred"),
    "subject_name": N_("Name of the subject, where its code has none (ГВЭ)"),
    "training": N_("Training"),
    "number": N_("Room"),
    "room": N_("Room"),
    "purpose": N_("Purpose"),
    "seats": N_("Places"),
    "code": N_("Candidate code"),
    "candidate": N_("Candidate code"),
    "surname": N_("Surname"),
    "name": N_("Name"),
    "patronymic": N_("Patronymic"),
    "document": N_("Identity document"),
    "school_code": N_("School code"),
    "needs": N_("Special conditions"),
    "place": N_("Place"),
    "medium": N_("Form of the answers"),
    "form_code": N_("Form number"),
    "login": N_("Login"),
    "role": N_("Role"),
    "teaches": N_("Teaches subjects"),
}
"""Column key → words for a form. Files keep their own titles, which are Russian: office programs
and the regional systems know the columns by them."""


def form_name(column: Column) -> str:
    """Name a column as a form calls it (a msgid)."""
    return COLUMN_NAMES.get(column.key, column.title)


def report_name(kind: FileKind, key: str) -> str:
    """Name a changed column in a report: by its title in the file, else in a form (a msgid)."""
    # A candidate's kit follows the needs: the report names its form although the file of candidates
    # has no such column.
    titles = {column.key: column.title for column in kind.columns}
    return titles.get(key) or COLUMN_NAMES.get(key, key)
