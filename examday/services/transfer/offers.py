"""The works that wait for somebody: what the actor could do next, and why not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from examday.domain.custody.lifecycle import State
from examday.domain.errors import DomainError
from examday.domain.transfer.duties import ARBITER, COPIER, FIRST, PART_RULES, SECOND, VERIFIER
from examday.services.braille.notebook import receipt
from examday.services.transfer import assignments, hands
from examday.services.transfer.crew import may_take, staffing
from examday.services.transfer.hands import PartOfWork
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet, Seat

KINDS: dict[str, tuple[str, ...]] = {
    "verify": (VERIFIER,),
    "settle": (ARBITER,),
    "copying": (COPIER,),
    "keyin": (FIRST, SECOND),
}
"""Kinds of work, the one nearest to the end first, so that works are finished before new ones are
begun."""


@dataclass(frozen=True)
class Offer:
    """One piece of work somebody can take, or holds already."""

    booklet: Booklet
    part: str
    held: bool = False


MOST = 500
"""Works of one step that are looked at: those that wait longest. The page says so when there are
more (`beyond`)."""


def offers(uow: UnitOfWork, kind: str) -> list[Offer]:
    """Return the work of one kind that the actor could do now: what is held already first, then the
    longest waiting. Of the works at this step the first `MOST` are looked at.
    """
    parts = [p for p in KINDS[kind] if uow.actor.may(PART_RULES[p].permission)]
    if not parts:
        return []
    booklets = _at_hand(uow, PART_RULES[parts[0]].state)
    # Asked once for all works: one query for each would make the page slow at 500.
    ids = [b.id for b in booklets]
    taken, handed_in = hands.taken(uow, ids), hands.handed_in(uow, ids)
    again = hands.taken_back(uow, ids)
    crew = staffing.crew(uow) if booklets else []
    found = [
        offer
        for b in booklets
        if (offer := _offer(uow, b, parts, taken, handed_in, again, crew)) is not None
    ]
    # Begun work first: half a key-in blocks the work for everybody else.
    return sorted(found, key=lambda offer: not offer.held)


def beyond(uow: UnitOfWork, kind: str) -> bool:
    """Return whether more works stand at this step than `offers` looks at."""
    rule = PART_RULES[KINDS[kind][0]]
    at_step = select(Booklet.id).where(Booklet.state == rule.state, uow.written_here)
    longest = at_step.order_by(Booklet.since)
    return uow.session.scalar(longest.offset(MOST).limit(1)) is not None


def _at_hand(uow: UnitOfWork, state: State) -> list[Booklet]:
    """Return the works at this step, the longest wait first, without those in a closed package."""
    works = uow.session.scalars(
        select(Booklet)
        .where(Booklet.state == state, uow.written_here)
        .order_by(Booklet.since)
        .limit(uow.at_once or MOST)
        .options(
            selectinload(Booklet.exam),
            selectinload(Booklet.seat).options(
                selectinload(Seat.room), selectinload(Seat.candidate)
            ),
        )
    ).all()
    # Those that one was given, too: the desk would be refused, and the next work never comes up.
    closed = receipt.packages(uow, works) if state in receipt.READ_AT else {}
    return [work for work in works if work.id not in closed]


def _offer(
    uow: UnitOfWork,
    booklet: Booklet,
    parts: list[str],
    taken: Mapping[PartOfWork, str],
    handed_in: Mapping[PartOfWork, set[str]],
    again: Collection[PartOfWork],
    crew: staffing.Crew,
) -> Offer | None:
    """Return the part of this booklet that the actor could do, if any: one of a booklet at most."""
    me = uow.actor.person_id
    keys = {part: (booklet.id, booklet.version, part) for part in parts}
    mine = next((part for part in parts if taken.get(keys[part]) == me), None)
    if mine is not None:
        done = mine in (FIRST, SECOND) and me in handed_in.get(keys[mine], ())
        done = done and keys[mine] not in again
        return None if done else Offer(booklet, mine, held=True)
    people = hands.by_part(booklet, taken, handed_in)
    free = (part for part in parts if keys[part] not in taken)
    fitting = next(
        (part for part in free if may_take.allows(uow, booklet, part, people, crew)), None
    )
    return Offer(booklet, fitting) if fitting else None


def next_work(uow: UnitOfWork, kind: str) -> Assignment | None:
    """Take the next work of this kind for the actor; None when there is none.

    A work that a colleague has just taken is passed over.
    """
    for offer in offers(uow, kind):
        try:
            return assignments.take(uow, offer.booklet.id, offer.part)
        except DomainError as error:
            # These three mean that a colleague was faster; anything else the person must be told.
            if error.code not in ("taken", "same-person", "wrong-step"):
                raise
    return None


def next_after(uow: UnitOfWork, kind: str) -> tuple[str, Assignment] | None:
    """Take what comes next for somebody who has just finished a work of this kind.

    The same kind first: hand and eye are in it; then the kinds nearest to the end of the way.
    Returns the kind and the part taken; None when nothing waits.
    """
    for one in sorted(KINDS, key=lambda other: other != kind):
        taken = next_work(uow, one)
        if taken is not None:
            return one, taken
    return None
