"""Verification by answer: one task on all copies that wait, the same answers beside each other.

The eye that has seen five sevens sees the one that is a one. What is confirmed here stands in the
draft of each work; what was taken out, and everything that is no short answer, waits at its desk.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from examday.domain.custody.kit import has_short_form
from examday.domain.transfer.answers import Value
from examday.domain.transfer.duties import VERIFIER
from examday.domain.transfer.fields import is_short
from examday.services.scans.showing.places import places
from examday.services.transfer import drafts, offers, readings
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam

LEAST = 3
"""Copies of one exam from which on it is worth while: two are as quick one after the other."""


@dataclass(frozen=True)
class Tile:
    """One answer on one copy. `seen`: what the page showed, so that nothing else is confirmed."""

    booklet: Booklet
    page_id: str
    seen: str


@dataclass(frozen=True)
class Group:
    """The copies on which one and the same value must stand."""

    value: Value
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Answers:
    """One task on all copies of an exam.

    `field`: "" when no task is left; `open`: field → copies on which nobody has looked at it, in
    the order of the form.
    """

    exam: Exam
    field: str
    groups: tuple[Group, ...]
    open: Mapping[str, int]


@dataclass(frozen=True)
class Copy:
    """One copy that the actor holds: what must stand on it, and what is still to be looked at."""

    booklet: Booklet
    values: Mapping[str, Value]
    content: str
    pages: Mapping[str, str]
    """Short answer → the page with its measured place, where nothing is said of it yet: what is not
    measured cannot be laid side by side."""

    def seen(self, field: str) -> str:
        """Return what the page shows of this answer: it is sent back with the «same»."""
        return f"{self.content[:16]}.{self.pages[field]}"


def exams(uow: UnitOfWork) -> list[tuple[Exam, int]]:
    """Return the exams of which enough copies wait for the actor, with their number."""
    found: dict[str, list[Booklet]] = {}
    for offer in offers.offers(uow, "verify"):
        found.setdefault(offer.booklet.exam_id, []).append(offer.booklet)
    return [
        (works[0].exam, len(works))
        for works in found.values()
        if len(works) >= LEAST and has_short_form(works[0].exam.kind, works[0].exam.subject)
    ]


def answers(
    uow: UnitOfWork,
    exam_id: str,
    field: str = "",
    after: str = "",
) -> Answers:
    """Return one task on all copies of the exam that the actor holds.

    The task that was asked for, else the first open one behind `after`. Of the machine nothing is
    shown: it is heard after the own answer, at the desk.
    """
    exam, copies = uow.get(Exam, exam_id), list(_copies(uow, exam_id))
    open_: dict[str, int] = {}
    for f in sorted({f for copy in copies for f in copy.pages}, key=int):
        open_[f] = sum(f in copy.pages for copy in copies)
    behind = [f for f in open_ if not after or int(f) > int(after)]
    chosen = field if field in open_ else next(iter(behind), "")
    return Answers(exam, chosen, _groups(copies, chosen) if chosen else (), open_)


def _copies(uow: UnitOfWork, exam_id: str) -> Iterator[Copy]:
    for offer in offers.offers(uow, "verify"):
        if offer.held and offer.booklet.exam_id == exam_id:
            yield copy_of(uow, offer.booklet)


def copy_of(uow: UnitOfWork, booklet: Booklet) -> Copy:
    """Return one copy with the short answers whose places were measured and are still open."""
    settled = readings.settled(uow, booklet)
    said = drafts.checks(uow, booklet, VERIFIER)
    # Only places that were measured: a reckoned one may show the neighbouring row.
    pages = {
        f: place.page_id
        for f, place in places(uow, booklet, "copy").items()
        if is_short(f) and place.box is not None and place.measured and f not in said
    }
    return Copy(booklet, readings.values_of(settled), settled.sha256, pages)


def _groups(copies: list[Copy], field: str) -> tuple[Group, ...]:
    """Gather the copies by what must stand there, the most frequent value first."""
    found: dict[Value, list[Tile]] = {}
    for copy in copies:
        if field in copy.pages:
            tile = Tile(copy.booklet, copy.pages[field], copy.seen(field))
            found.setdefault(copy.values[field], []).append(tile)
    groups = [Group(value, tuple(tiles)) for value, tiles in found.items()]
    return tuple(sorted(groups, key=lambda group: (-len(group.tiles), group.value.text)))
