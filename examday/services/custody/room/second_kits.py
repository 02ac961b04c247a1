"""The kit that a seat waits for after a spoiled one: what keeps it there, and how it goes again."""

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import ColumnElement, Select, or_, select

from examday.domain.custody.lifecycle import State
from examday.domain.errors import NotFound
from examday.domain.events import Event, read_data
from examday.domain.messages import N_, Msgid
from examday.services.board import unanswered
from examday.services.custody import journal
from examday.services.custody.booklets import named
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import NEWEST_FIRST, Booklet, EventRow, Page
from examday.storage.tables_appeal import Appeal


def hold(uow: UnitOfWork, booklet_id: str) -> None:
    """Hold a spoiled kit together with the kit that its seat has now; nothing where it is not spoiled.

    In the order of their ids, as whoever holds several works: a stack of scans may show the numbers
    of both.
    """
    # Columns alone: a row that was looked at before would be refused as changed.
    seat = select(Booklet.seat_id).where(Booklet.id == booklet_id, Booklet.state == State.SPOILED)
    both = select(Booklet.id).where(
        Booklet.seat_id == seat.scalar_subquery(),
        or_(Booklet.id == booklet_id, Booklet.state != State.SPOILED),
    )
    for key in sorted(uow.session.scalars(both)):
        # Taken out of the plan while we waited for it: `hindrance` says so.
        with suppress(NotFound):
            uow.hold(Booklet, key)


def at_seat(uow: UnitOfWork, spoiled: Booklet) -> Booklet | None:
    """Return the kit that the seat of a spoiled one has now; None where it has none."""
    return uow.session.scalars(_now_at(spoiled)).first()


def hindrance(uow: UnitOfWork, spoiled: Booklet) -> Msgid | None:
    """Return why the kit after a spoiled one cannot go again; None where nothing was done with it."""
    there = at_seat(uow, spoiled)
    if there is None or (of := spoiled_before(uow, there)) == "":
        return Msgid(N_("the plan of this seat has been changed since"))
    if of == spoiled.id and there.state == State.ABSENT:
        return Msgid(N_("it is recorded that the candidate did not come for the kit after it"))
    if of != spoiled.id or there.state != State.REGISTERED:
        return Msgid(N_("the seat has gone on with another kit"))
    return next(_keeping(uow, there, spoiled), None)


def remove(uow: UnitOfWork, there: Booklet, spoiled: Booklet, why: str) -> None:
    """Take a kit out of the seat for which the spoiled one comes back; nothing may keep it there."""
    uow.session.delete(there)
    # The seat has one kit at a time: the other one must be gone first.
    uow.session.flush()
    # Of the kit itself: an alarm about the spoiled one's own number is answered by it.
    uow.record(Event.CUSTODY_TAKE_BACK, f"booklet:{there.id}", replaces=spoiled.id, reason=why)


def spoiled_before(uow: UnitOfWork, booklet: Booklet) -> str:
    """Return the id of the spoiled kit that this one replaces; "" where it replaces none."""
    row = uow.session.scalars(
        select(EventRow)
        .where(EventRow.kind == Event.CUSTODY_REPLACE, EventRow.subject == f"booklet:{booklet.id}")
        .order_by(*NEWEST_FIRST)
    ).first()
    return read_data(row.data).get("replaces", "") if row is not None else ""


def _now_at(spoiled: Booklet) -> Select[Booklet]:
    return select(Booklet).where(Booklet.seat_id == spoiled.seat_id, Booklet.state != State.SPOILED)


def _keeping(uow: UnitOfWork, there: Booklet, spoiled: Booklet) -> Iterator[Msgid]:
    """What would be left without its work."""
    if _any(uow, Page.booklet_id == there.id):
        yield Msgid(N_("pages of the kit after it have been scanned"))
    if journal.of_booklet(uow, there.id):
        # A kit that somebody took over never comes back to its plan; one that was collected may.
        yield Msgid(N_("the kit after it was collected once and stands in the custody journal"))
    if there.hold or _any(uow, Appeal.booklet_id == there.id):
        yield Msgid(N_("an appeal is about the kit after it"))
    if named(uow, there):
        yield Msgid(N_("records name the kit after it, for example notes of the commission"))
    alarms = unanswered.of_thing(uow, f"booklet:{there.id}")
    # The spoiled kit's own number was right, it was only not to be spoiled: no alarm about it
    # stands in the way.
    if any(alarm.other != spoiled.id for alarm in alarms):
        yield Msgid(N_("an alarm about the kit after it is not answered: enter the right number"))


def _any(uow: UnitOfWork, condition: ColumnElement[bool]) -> bool:
    return uow.session.scalar(select(1).where(condition).limit(1)) is not None
