"""Cover sheets for scanning: a printed sheet whose code names the work that lies behind it.

Notebooks and print-outs lie under no form and bear at most a label on their first page. A cover
sheet in front of them speaks for every page up to the next cover sheet. It does so only while
nothing that was seen in between speaks for another work.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

OURS = "EXAMDAY-"
"""Begins each square code of our own print-outs: by it a reader knows that they speak for no
form."""
COVER_MARK = f"{OURS}WORK"
"""Tells our code from those of forms and labels. It never changes, because sheets printed with it
are in use."""
# In groups: a reader of forms takes twelve digits in a row for the number of a form.
_TEXT = re.compile(COVER_MARK + r" ([0-9a-f]{8}(?:-[0-9a-f]{8}){3})")

INTERRUPTED, FILE_BEFORE = "cover-interrupted", "file-before"
BY_TIME = "order-by-time"
DIFFERS, UNKNOWN, ON_SHEET = "cover-differs", "cover-unknown", "cover-on-sheet"
SEVERAL = "several"
"""Stands for the work of a page that speaks for more than one, or for one that cannot be told: such
a page goes to a person."""


def cover_text(booklet_id: str) -> str:
    """Return the text of the code on the cover sheet of a work. `booklet_id`: 32 hex digits."""
    groups = [booklet_id[start : start + 8] for start in range(0, 32, 8)]
    return f"{COVER_MARK} {'-'.join(groups)}"


def work_of_cover(codes: Iterable[str]) -> str:
    """Return the id of the work that the codes of a page name as its cover sheet.

    "" where none does, `SEVERAL` where two cover sheets are on one picture.
    """
    found = {match[1].replace("-", "") for code in codes if (match := _TEXT.fullmatch(code))}
    return next(iter(found), "") if len(found) < 2 else SEVERAL


@dataclass(frozen=True)
class Before:
    """What is known of a page that came before another one.

    `cover`: the work that it names as a cover sheet, or ""; `work`: the work, or the number, that
    anything else on it speaks for, or ""; `unread`: it stands for a file that nobody has read;
    `by_time`: the time in the names of two files alone says that it came before.
    """

    cover: str = ""
    work: str = ""
    unread: bool = False
    by_time: bool = False


@dataclass(frozen=True)
class Reach:
    """The work that the nearest cover sheet names, and why it may not speak for the page."""

    work: str = ""
    doubt: str = ""


def reach(before: Iterable[Before]) -> Reach:
    """Tell which cover sheet speaks for a page. `before`: the pages before it, the nearest first."""
    others: set[str] = set()
    for page in before:
        # The file that was not read may hold the next cover sheet.
        if page.unread:
            return Reach(doubt=FILE_BEFORE)
        others |= {page.work} - {""}
        if page.cover:
            doubt = BY_TIME if page.by_time else ""
            return Reach(page.cover, INTERRUPTED if others - {page.cover} else doubt)
    return Reach()


NAMES = 4096
"""Names of files that are remembered with what they say: a stack is gone through for each of its pages."""


@dataclass(frozen=True)
class Series:
    """Place of a file among those that a scanner numbers: the name round the number, the number."""

    before: str
    number: int
    after: str

    @property
    def previous(self) -> "Series":
        """The place of the file whose number is one less."""
        return Series(self.before, self.number - 1, self.after)


@lru_cache(NAMES)
def series_of(name: str) -> Series | None:
    """Return the place of a file by its name: its last number counts. None without one.

    Files that are named by the time have no place: one that was lost could not be seen.
    """
    found = None if moment_of(name) else re.fullmatch(r"(.*?)(\d{1,9})(\D*)", name, re.DOTALL)
    return Series(found[1], int(found[2]), found[3].casefold()) if found else None


@dataclass(frozen=True)
class Moment:
    """When a file was scanned, by its name: the name round the time, and the time's digits."""

    before: str
    digits: str
    after: str

    def follows(self, other: "Moment | None") -> bool:
        """Whether this file bears a later time than the other one, in a name of the same pattern."""
        alike = other is not None and (self.before, self.after) == (other.before, other.after)
        return alike and other is not None and other.digits < self.digits


_DAY = r"(20\d\d)(?P<s>[-_. ]?)(0[1-9]|1[0-2])(?P=s)(0[1-9]|[12]\d|3[01])"
_HOUR = r"([01]\d|2[0-3])(?P<t>[-_.: ]?)([0-5]\d)(?:(?P=t)([0-5]\d)(?:[-_.]?(\d{3}))?)?"
_MOMENT = re.compile(rf"(|.*?\D){_DAY}[-_. T]*{_HOUR}(\D*)", re.DOTALL)


@lru_cache(NAMES)
def moment_of(name: str) -> Moment | None:
    """Return the moment by which a file is named, such as 20261129_1305.jpg; None for other names.

    What may be a time is one: four digits behind a day are no number of a page.
    """
    found = _MOMENT.fullmatch(name)
    if found is None:
        return None
    before, *parts, after = found.groups("")
    return Moment(before, "".join(part for part in parts if part.isdigit()), after.casefold())
