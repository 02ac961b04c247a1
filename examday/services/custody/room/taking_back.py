"""A step taken by mistake is taken back with a reason while nothing rests on it: issued, enlarged,
collected, paper added, a spoken answer recorded, nobody came, standard form chosen, kit spoiled.

What the step made goes again; the step, its taking back and the reason stay in the ledger. Paper
that was added after a step goes before the step itself.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from examday.domain.custody.kit import Kind, ThingState
from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.events import Event, read_data
from examday.domain.messages import N_, Msgid
from examday.services.custody import journal, papers, steps
from examday.services.custody.booklets import advance, arrow, require
from examday.services.custody.room import second_kits
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import NEWEST_FIRST, Booklet, EventRow, Item, Page


class SomethingRests(Conflict):
    """Later records rest on the step: taking it back would leave them without it."""

    code = "rests-on-it"
    message = N_("The step cannot be taken back any more: %(what)s.")
    advice = N_("Nothing was changed. The head of the point decides what to do with the kit.")


@dataclass(frozen=True)
class Added:
    """What was added last to the papers of a candidate who writes, all of it still there."""

    kind: Kind
    at: dt.datetime
    things: Sequence[Item]


_BEGUN_BY = {
    State.ISSUED: Event.BOOKLET_ISSUE,
    State.ENLARGED: Event.BOOKLET_ENLARGE,
    State.NOT_USED: Event.BOOKLET_CHOOSE_STANDARD,
    State.SPOILED: Event.BOOKLET_SPOIL,
}
"""By what a work came to its step: whatever was added before lies beneath it."""
_ENDED = (State.NOT_USED, State.SPOILED)
"""Steps that end a kit which somebody had: taken back, it goes to how far it had come."""
_ADDING = (Event.CUSTODY_EXTRA, Event.CUSTODY_RECORD, Event.CUSTODY_RECORD_ANEW)
_GONE_ON = N_("it has gone on to somebody else")


def added_last(uow: UnitOfWork, booklet: Booklet, things: Iterable[Item]) -> Added | None:
    """Return what was added since the last step of the work; None where that step is the last act."""
    state = State(booklet.state)
    if state not in steps.WRITING:
        return None
    there = {thing.code: thing for thing in things}
    for row in uow.session.scalars(
        select(EventRow)
        .where(
            EventRow.kind.in_((*_ADDING, _BEGUN_BY[state])),
            EventRow.subject == f"booklet:{booklet.id}",
        )
        .order_by(*NEWEST_FIRST)
    ):
        if row.kind == _BEGUN_BY[state]:
            return None
        codes = read_data(row.data).get("items")
        # Left out, because what was taken back or entered anew is not there any more.
        found = [there[code] for code in codes if code in there] if isinstance(codes, list) else []
        if found:
            return Added(Kind(found[0].kind), dt.datetime.fromisoformat(row.at), found)
    return None


def rests_on(uow: UnitOfWork, booklet: Booklet, things: Sequence[Item]) -> Msgid | None:
    """Return what rests on the last step of custody, for which it cannot be taken back; None where
    nothing does.
    """
    state = State(booklet.state)
    if state is State.COLLECTED:
        return _on_collecting(uow, booklet, things)
    if state in _ENDED and any(thing.parent_id for thing in things):
        return Msgid(N_("its papers lie in a packet"))
    if state is State.SPOILED and (kept := second_kits.hindrance(uow, booklet)) is not None:
        return kept
    begun = _last(uow, booklet, _BEGUN_BY.get(state))
    added = added_last(uow, booklet, things)
    since = added.at if added else dt.datetime.fromisoformat(begun.at) if begun else booklet.since
    # Whoever took it over counted it as it is since then.
    if any(
        line.at >= since and line.kind == "hand" for line in journal.of_booklet(uow, booklet.id)
    ):
        return Msgid(_GONE_ON)
    return None


def _holding(things: Sequence[Item]) -> str:
    """Id of a packet in which papers of the work lie, where they are taken out; "" for none."""
    own = {thing.id for thing in things}
    # A collected work lies in its own envelope, which is no packet.
    return next((t.parent_id for t in things if t.parent_id and t.parent_id not in own), "")


def _on_collecting(uow: UnitOfWork, booklet: Booklet, things: Iterable[Item]) -> Msgid | None:
    pages = uow.session.scalar(select(Page.id).where(Page.booklet_id == booklet.id).limit(1))
    # Asked beside the pages: a later version has readings of its own even where its picture has
    # been taken back.
    if pages is not None or booklet.version > 1:
        return Msgid(N_("pages of the work have been scanned"))
    lines = journal.of_booklet(uow, booklet.id)
    packed = any(thing.parent_id for thing in things if thing.kind == Kind.ENVELOPE)
    return Msgid(_GONE_ON) if packed or any(line.kind != "collect" for line in lines[:1]) else None


def replaced(uow: UnitOfWork, booklet: Booklet) -> Booklet | None:
    """Return the spoiled kit to which this one gives way where its spoiling is taken back; None
    where there is none, or where it cannot be taken back.
    """
    before = uow.session.get(Booklet, second_kits.spoiled_before(uow, booklet))
    if before is None or rests_on(uow, before, papers.of_booklet(uow, before.id)) is not None:
        return None
    return before


def take_back(
    uow: UnitOfWork,
    booklet_id: str,
    reason: str,
    row_version: int | None = None,
) -> Booklet:
    """Take the last step of custody back, with a reason; or the paper that was added since.

    SomethingRests when pages came in, the work has gone from hand to hand since, its papers are
    packed, or something was done with the kit that replaced a spoiled one.
    """
    # Before anything is asked about the kit after a spoiled one: a colleague may be about to issue it.
    second_kits.hold(uow, booklet_id)
    booklet = papers.load_here(uow, booklet_id, row_version)
    arrow(booklet, "take_back")
    why, state = journal.need_reason(reason), State(booklet.state)
    things = papers.of_booklet(uow, booklet.id)
    what = rests_on(uow, booklet, things)
    if what is not None:
        raise SomethingRests(params={"what": what, "package": _holding(things)})
    if state in _ENDED:
        return _take_up_again(uow, booklet, things, why)
    if (added := added_last(uow, booklet, things)) is not None:
        return _take_paper_back(uow, booklet, added, why)
    if state is State.COLLECTED:
        gone = _uncollect(uow, booklet, things)
    elif state is State.ENLARGED:
        gone = _unenlarge(things)
    else:
        # Where nobody came nothing was issued, so nothing can be given back.
        gone = [] if state is State.ABSENT else _unissue(uow, booklet, things)
    return advance(uow, booklet, "take_back", reason=why, items=papers.drop(uow, booklet, gone))


def _take_up_again(uow: UnitOfWork, booklet: Booklet, things: Iterable[Item], why: str) -> Booklet:
    """The candidate writes on with this kit; the second one, which was to replace it, goes."""
    spoiled = booklet.state == State.SPOILED
    second = second_kits.at_seat(uow, booklet) if spoiled else None
    ended = _last(uow, booklet, _BEGUN_BY[State(booklet.state)])
    was_enlarged = ended is not None and read_data(ended.data).get("source") == State.ENLARGED
    for thing in things:
        thing.state = ThingState.IN_USE
    if second is not None:
        second_kits.remove(uow, second, booklet, why)
    action = "take_back_enlarged" if was_enlarged else "take_back"
    gone = {"replacement": second.id} if second else {}
    return advance(uow, booklet, action, reason=why, **gone)


def _take_paper_back(uow: UnitOfWork, booklet: Booklet, added: Added, why: str) -> Booklet:
    """What was added goes again, and the work stays at its step."""
    require(uow, "custody.issue")
    codes = papers.drop(uow, booklet, added.things)
    # The page that this was pressed on is of before: pressed twice, it must not take a step as well.
    flag_modified(booklet, "state")
    uow.record(
        Event.CUSTODY_TAKE_BACK,
        f"booklet:{booklet.id}",
        thing=str(added.kind),
        items=codes,
        reason=why,
    )
    return booklet


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
    issued = _last(uow, booklet, Event.BOOKLET_ISSUE)
    # Entries of earlier versions do not say it: the number then stays planned.
    if issued is not None and not read_data(issued.data).get("planned", True):
        booklet.code = None
    booklet.holder_id, booklet.counts = None, {}
    return list(things)


def _last(uow: UnitOfWork, booklet: Booklet, kind: Event | None) -> EventRow | None:
    """Return the newest entry of this kind about a work."""
    return uow.session.scalars(
        select(EventRow)
        .where(EventRow.kind == kind, EventRow.subject == f"booklet:{booklet.id}")
        .order_by(*NEWEST_FIRST)
    ).first()
