"""A step taken by mistake is taken back while nothing rests on it: issued, enlarged, collected, and
that nobody came.

What the step made goes again; the step, its taking back and the reason stay in the ledger.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.events import Event, read_data
from examday.domain.messages import N_, Msgid
from examday.services.custody import journal, papers
from examday.services.custody.booklets import advance, arrow
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import NEWEST_FIRST, Booklet, EventRow, Item, Page


class SomethingRests(Conflict):
    """Later records rest on the step: taking it back would leave them without it."""

    code = "rests-on-it"
    message = N_("The step cannot be taken back any more: %(what)s.")
    advice = N_("Nothing was changed. The head of the point decides what to do with the kit.")


def rests_on(uow: UnitOfWork, booklet: Booklet, things: Sequence[Item]) -> Msgid | None:
    """Return what rests on the last step of custody, for which it cannot be taken back; None where
    nothing does.
    """
    if booklet.state == State.COLLECTED:
        pages = uow.session.scalar(select(Page.id).where(Page.booklet_id == booklet.id).limit(1))
        # A later version has readings of its own even where its picture has been taken back.
        if pages is not None or booklet.version > 1:
            return Msgid(N_("pages of the work have been scanned"))
        lines = journal.of_booklet(uow, booklet.id)
        packed = any(thing.parent_id for thing in things if thing.kind == Kind.ENVELOPE)
        if any(line.kind != "collect" for line in lines[:1]) or packed:
            return Msgid(N_("it has gone on to somebody else"))
    elif booklet.state == State.ISSUED:
        added = select(EventRow.seq).where(
            EventRow.kind.in_((Event.CUSTODY_EXTRA, Event.CUSTODY_RECORD)),
            EventRow.subject == f"booklet:{booklet.id}",
        )
        if uow.session.scalar(added.limit(1)) is not None:
            return Msgid(N_("more paper was added to the kit"))
    return None


def take_back(
    uow: UnitOfWork,
    booklet_id: str,
    reason: str,
    row_version: int | None = None,
) -> Booklet:
    """Take the last step of custody back, with a reason.

    SomethingRests when paper was added, pages came in, or the work has gone from hand to hand since.
    """
    booklet = papers.load_here(uow, booklet_id, row_version)
    arrow(booklet, "take_back")
    why, state = journal.need_reason(reason), State(booklet.state)
    things = papers.of_booklet(uow, booklet.id)
    what = rests_on(uow, booklet, things)
    if what is not None:
        raise SomethingRests(params={"what": what})
    if state is State.COLLECTED:
        gone = _uncollect(uow, booklet, things)
    elif state is State.ENLARGED:
        gone = _unenlarge(things)
    else:
        # Where nobody came nothing was issued.
        gone = [] if state is State.ABSENT else _unissue(uow, booklet, things)
    codes = papers.codes(gone)
    for thing in gone:
        uow.session.delete(thing)
    return advance(uow, booklet, "take_back", reason=why, items=codes)


def _uncollect(uow: UnitOfWork, booklet: Booklet, things: Iterable[Item]) -> list[Item]:
    """The envelope goes; what lay in it lies before the candidate again."""
    envelopes = [thing for thing in things if thing.kind == Kind.ENVELOPE]
    for thing in things:
        thing.parent_id = None
    # Before its envelope may go, nothing must lie in it any more.
    uow.session.flush()
    booklet.counts = {}
    return envelopes


def _unenlarge(things: Iterable[Item]) -> list[Item]:
    """The enlarged sheets go, with those of additional forms."""
    return [thing for thing in things if thing.kind == Kind.ENLARGED_SHEET]


def _unissue(uow: UnitOfWork, booklet: Booklet, things: Iterable[Item]) -> list[Item]:
    """The things of the kit go; a number that nobody had planned is free again."""
    issued = uow.session.scalars(
        select(EventRow)
        .where(EventRow.kind == Event.BOOKLET_ISSUE, EventRow.subject == f"booklet:{booklet.id}")
        .order_by(*NEWEST_FIRST)
    ).first()
    # Entries of earlier versions do not say it: the number then stays planned.
    if issued is not None and not read_data(issued.data).get("planned", True):
        booklet.code = None
    booklet.holder_id = None
    return list(things)
