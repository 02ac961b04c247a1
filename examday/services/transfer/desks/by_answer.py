"""Verification by answer: one task on all copies that wait, the same answers beside each other.

The eye that has seen five sevens sees the one that is a one. What is confirmed here stands in the
draft of each work; what was taken out, and everything that is no short answer, waits at its desk.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from examday.domain.custody.kit import has_short_form
from examday.domain.errors import Conflict, NotFound
from examday.domain.transfer.answers import Check, Seen, Value
from examday.domain.transfer.duties import VERIFIER
from examday.domain.transfer.fields import is_short
from examday.services.custody.booklets import require
from examday.services.scans.showing.places import places
from examday.services.transfer import assignments, drafts, offers, readings
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
class Confirmed:
    """How many answers were confirmed, and the seats whose work went on meanwhile."""

    done: int
    passed_over: tuple[str, ...]


@dataclass(frozen=True)
class _Copy:
    booklet: Booklet
    values: Mapping[str, Value]
    content: str
    pages: Mapping[str, str]
    """Short answer → the page with its measured place, where nothing is said of it yet."""

    def seen(self, field: str) -> str:
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


def take_all(uow: UnitOfWork, exam_id: str) -> int:
    """Take every copy of the exam that the actor may verify: pictures are shown to nobody else.

    A copy that a colleague has just taken is passed over. How many the actor holds then.
    """
    require(uow, "verify.decide")
    waiting = [o for o in offers.offers(uow, "verify") if o.booklet.exam_id == exam_id]
    # In the order of their ids: of two who take all at once neither waits for the other in a ring.
    free = sorted(o.booklet.id for o in waiting if not o.held)
    taken = sum(_take(uow, booklet_id) for booklet_id in free)
    return taken + len(waiting) - len(free)


def _take(uow: UnitOfWork, booklet_id: str) -> bool:
    # A colleague was faster, or the actor is needed for a signature: the others go on without it.
    try:
        assignments.take(uow, booklet_id, VERIFIER)
    except Conflict:
        return False
    return True


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


def confirm(uow: UnitOfWork, field: str, said: Mapping[str, str]) -> Confirmed:
    """Keep «the same» for this task of each work that the actor holds.

    `said`: booklet id → what the page showed of it. A work that is the actor's no more, or whose
    picture or values are others by now, is passed over and named.
    """
    require(uow, "verify.decide")
    passed, done = [], 0
    for booklet in uow.hold_all(Booklet, list(said)):
        if _keep(uow, booklet, field, said[booklet.id]):
            done += 1
        else:
            passed.append(booklet.seat.place)
    return Confirmed(done, tuple(passed))


def _keep(uow: UnitOfWork, booklet: Booklet, field: str, seen: str) -> bool:
    try:
        assignments.require_part(uow, booklet, VERIFIER)
    except (Conflict, NotFound):
        return False
    copy = _copy(uow, booklet)
    if field not in copy.pages or copy.seen(field) != seen:
        return False
    checks = {**drafts.checks(uow, booklet, VERIFIER), field: Check(Seen.OK)}
    drafts.save_checks(uow, booklet.id, checks)
    return True


def _copies(uow: UnitOfWork, exam_id: str) -> Iterator[_Copy]:
    for offer in offers.offers(uow, "verify"):
        if offer.held and offer.booklet.exam_id == exam_id:
            yield _copy(uow, offer.booklet)


def _copy(uow: UnitOfWork, booklet: Booklet) -> _Copy:
    settled = readings.settled(uow, booklet)
    said = drafts.checks(uow, booklet, VERIFIER)
    # Only places that were measured: a reckoned one may show the neighbouring row.
    pages = {
        f: place.page_id
        for f, place in places(uow, booklet, "copy").items()
        if is_short(f) and place.box is not None and place.measured and f not in said
    }
    return _Copy(booklet, readings.values_of(settled), settled.sha256, pages)


def _groups(copies: list[_Copy], field: str) -> tuple[Group, ...]:
    """Gather the copies by what must stand there, the most frequent value first."""
    found: dict[Value, list[Tile]] = {}
    for copy in copies:
        if field in copy.pages:
            tile = Tile(copy.booklet, copy.pages[field], copy.seen(field))
            found.setdefault(copy.values[field], []).append(tile)
    groups = [Group(value, tuple(tiles)) for value, tiles in found.items()]
    return tuple(sorted(groups, key=lambda group: (-len(group.tiles), group.value.text)))
