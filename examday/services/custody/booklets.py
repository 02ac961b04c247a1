"""What every use case of a booklet shares.

Loading it, checking the right to act, moving it along the table.
"""

from functools import cache
from typing import Any

from sqlalchemy import Column, exists, or_, select
from sqlalchemy.orm import joinedload

from examday.domain.custody.lifecycle import (
    REOPENING,
    Medium,
    Move,
    State,
    WrongStep,
    move,
    wrong_step,
)
from examday.domain.errors import NotFound
from examday.domain.events import booklet_event
from examday.domain.identity import place_order
from examday.domain.people.roles import Role, forbidden
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import models
from examday.storage.tables import Booklet, Seat

FOR_PAGE = (
    joinedload(Booklet.seat).joinedload(Seat.room),
    joinedload(Booklet.seat).joinedload(Seat.candidate),
    joinedload(Booklet.exam),
    joinedload(Booklet.holder),
)
"""What a page shows of a booklet, read together with it: a list would ask four times for each
of its rows."""


def walk_order(booklet: Booklet) -> tuple[str, tuple[int, str]]:
    """The order in which people walk from seat to seat and read a list of works."""
    return booklet.seat.room.number, place_order(booklet.seat.place)


def require(uow: UnitOfWork, permission: str) -> None:
    """Raise Forbidden unless one of the actor's roles allows `permission`.

    The program itself may do what its tasks do.
    """
    if Role.SYSTEM not in uow.actor.roles and not uow.actor.may(permission):
        raise forbidden(permission)


def advance(
    uow: UnitOfWork,
    booklet: Booklet,
    action: str,
    **data: Any,
) -> Booklet:
    """Take one arrow of the transition table.

    Checks state and right, moves, records «booklet:<action>».
    """
    # State before right: «it is done already» helps more than «you may not».
    row = arrow(booklet, action)
    require(uow, row.permission)
    booklet.state, booklet.since = row.target, uow.now()
    # Counted up, never reused: a signature names its version for good.
    if action in REOPENING:
        booklet.version += 1
    uow.record(
        booklet_event(action),
        f"booklet:{booklet.id}",
        version=booklet.version,
        source=row.source,
        target=row.target,
        **data,
    )
    return booklet


def arrow(booklet: Booklet, action: str) -> Move:
    """Return the arrow for `action` from where the work stands.

    WrongStep where there is none: asked before what was entered is looked at, so that nobody
    corrects an entry for a step that cannot be taken any more.
    """
    state, medium = State(booklet.state), Medium(booklet.medium)
    try:
        return move(state, action, medium)
    except WrongStep:
        raise wrong_step(state, medium, booklet.id) from None


def not_now(booklet: Booklet, message: str, code: str) -> WrongStep:
    """Return the refusal of an act that the work does not allow at its step, in words of its own.

    As every wrong step it says whom the work waits for, and the page leads to the work.
    """
    known = wrong_step(State(booklet.state), Medium(booklet.medium), booklet.id)
    return WrongStep(message, code=code, params=known.params)


def for_page(uow: UnitOfWork, booklet_id: str) -> Booklet:
    """Return the booklet with its seat, room, candidate, exam and holder.

    They are read together because a page is drawn when the look at the data is over, and can read
    nothing more. NotFound when there is none.
    """
    found = uow.session.scalars(
        select(Booklet).where(Booklet.id == booklet_id).options(*FOR_PAGE)
    ).first()
    if found is None:
        raise NotFound()
    return found


def named(uow: UnitOfWork, kit: Booklet) -> bool:
    """Whether scans, the custody journal, notes of the commission or anything else name the kit."""
    return bool(
        uow.session.scalar(select(or_(*(exists().where(at == kit.id) for at in _naming()))))
    )


@cache
def _naming() -> tuple[Column[str], ...]:
    """The columns that name works: found, not listed, so that no later table is forgotten."""
    tables = [model.metadata.tables[str(model.__tablename__)] for model in models()]
    return tuple(
        key.parent
        for table in tables
        for key in table.foreign_keys
        if key.column.table is Booklet.__table__
    )
