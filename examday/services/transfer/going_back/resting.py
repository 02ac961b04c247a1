"""What rests on «copied» and on a verification: once something does, neither is taken back."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import selectinload

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, NotFound
from examday.domain.messages import N_, Msgid
from examday.domain.scans.pages import COPY
from examday.domain.transfer.duties import COPIER, VERIFIER
from examday.services.scans.pictures import pages_of
from examday.services.scans.works import work_sheets
from examday.services.transfer import signatures
from examday.services.transfer.assignments import holder, my_parts
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet, Seat

DONE_AT: Mapping[str, tuple[State, ...]] = {
    COPIER: (State.COPIED, State.COPY_SCANNED),
    VERIFIER: (State.VERIFIED,),
}
"""By part. On a work that stands further later records rest, so it is not offered; «copied» leads a
step further at once where all sheets of an earlier copy stay."""


class SomethingRests(Conflict):
    """Later records rest on the step: taking it back would leave them without it."""

    code = "rests-on-it"
    message = N_("This cannot be taken back any more: %(what)s.")
    advice = N_("Nothing was changed. The head of the point can reopen the work with a reason.")


@dataclass(frozen=True)
class Statement:
    """What the actor has stated of a work, and can take back."""

    booklet: Booklet
    part: str


LISTED = 30
"""Works that are looked at: a slip is noticed soon, and each costs queries of its own."""


def mine(uow: UnitOfWork) -> list[Statement]:
    """Return what the actor has stated last and can take back now, the oldest first: of the works that
    were taken last.
    """
    pairs = [(part, state) for part, states in DONE_AT.items() for state in states]
    rows = uow.session.execute(
        select(Booklet, Assignment.part)
        .join(Assignment, Assignment.booklet_id == Booklet.id)
        .where(
            Assignment.person_id == uow.actor.person_id,
            Assignment.version == Booklet.version,
            # In pairs, and not afterwards: works that are a step further would use up the list.
            tuple_(Assignment.part, Booklet.state).in_(pairs),
            # Said twice: by pairs alone SQLite looks through the works of all days.
            Booklet.state.in_([state for _part, state in pairs]),
            # Only sheets of an earlier version can stay: all other scanned copies would use it up too.
            or_(Booklet.state != State.COPY_SCANNED, Booklet.version > 1),
        )
        .order_by(Assignment.at.desc())
        .limit(LISTED)
        .options(selectinload(Booklet.exam), selectinload(Booklet.seat).selectinload(Seat.room))
    )
    found = [Statement(b, p) for b, p in rows if not rests(uow, b, p)]
    return sorted(found, key=lambda one: one.booklet.since)


def question(uow: UnitOfWork, booklet_id: str, part: str) -> Statement:
    """Return what would be taken back; NotFound for whoever does not hold the part.

    SomethingRests when it is too late.
    """
    booklet = uow.get(Booklet, booklet_id)
    if part not in DONE_AT or part not in my_parts(uow, booklet):
        raise NotFound()
    if what := rests(uow, booklet, part):
        raise SomethingRests(params={"what": Msgid(what)})
    return Statement(booklet, part)


def rests(uow: UnitOfWork, booklet: Booklet, part: str) -> str:
    """Return the msgid of what holds the step fast; "" while it can be taken back."""
    if booklet.state not in DONE_AT[part]:
        return N_("the work is at another step by now")
    if part == COPIER and _scanned(uow, booklet):
        return N_("sheets of the copy have been scanned")
    if part == COPIER and booklet.state == State.COPY_SCANNED:
        return _rests_on_what_stays(uow, booklet)
    if part == VERIFIER and signatures.counting(uow, [booklet])[booklet.id]:
        return N_("somebody has signed, or an absence is recorded")
    return ""


def _rests_on_what_stays(uow: UnitOfWork, booklet: Booklet) -> str:
    """Return the msgid of what holds a copy of which all sheets stay; "" while nothing does."""
    if work_sheets.lack_of(uow, booklet, COPY):
        return N_("somebody has let the work pass without the sheets that are missing")
    return N_("somebody verifies the copy") if holder(uow, booklet, VERIFIER) else ""


def _scanned(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Whether a sheet of this copy came in; what stands of an earlier one was there before."""
    return any(page.version == booklet.version for page in pages_of(uow, booklet, COPY))
