"""The works that wait for somebody: what the actor could do next, and why not."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, Select, false, func, select

from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import DomainError
from examday.domain.transfer import signing
from examday.domain.transfer.duties import (
    ARBITER,
    COPIER,
    FIRST,
    PART_RULES,
    SECOND,
    VERIFIER,
    apart_from,
)
from examday.services.braille import eligibility
from examday.services.braille.notebook import receipt
from examday.services.rules import in_force
from examday.services.transfer import assignments, hands
from examday.services.transfer.crew import may_take, staffing
from examday.services.transfer.crew.waiting import FOR_LINES, longest_waiting, to_read
from examday.services.transfer.hands import PartOfWork
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet

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


MOST = 100
"""Works of one kind that are offered at once, those that wait longest; the page says so when more
wait."""
A_FEW = 5
"""Works that are read at first where one is wanted: colleagues may be faster with some of them."""
LOOKED_AT = 500
"""Works that are looked at where hardly one of them is for the actor: a page must come all the same."""


def offers(uow: UnitOfWork, kind: str, most: int = MOST) -> list[Offer]:
    """Return the work of one kind that the actor could do now, at most so many: what is held
    already first, then the longest waiting.
    """
    return list(islice(in_turn(uow, kind, most), most))


def in_turn(
    uow: UnitOfWork,
    kind: str,
    first: int,
    crew_of: Callable[..., staffing.Crew] = staffing.crew,
    looked_at: int = LOOKED_AT,
) -> Iterator[Offer]:
    """Yield the same one after the other, so that whoever wants a few reads no more works than that;
    `first`: how many that is; `crew_of`: reads who is there;
    `looked_at`: works that are looked at in vain.
    """
    parts = [p for p in KINDS[kind] if uow.actor.may(PART_RULES[p].permission)]
    if not parts:
        return
    step = select(Booklet).where(Booklet.state == PART_RULES[parts[0]].state, uow.written_here)
    if set(parts) & set(eligibility.TRANSCRIBING) and not uow.actor.may(eligibility.READS):
        step = step.where(Booklet.medium != Medium.BRAILLE)
    crew: staffing.Crew = ()
    # Begun work first: half a key-in blocks the work for everybody else.
    for held, query in (
        (True, step.where(_held(uow, parts))),
        (False, step.where(*_free(uow, parts))),
    ):
        for booklets in longest_waiting(uow, query.options(*FOR_LINES), looked_at, first):
            crew = crew or crew_of(uow)
            yield from (one for one in _fitting(uow, booklets, parts, crew) if one.held == held)


def _copied_in_this_role(uow: UnitOfWork) -> list[str]:
    """Return the kinds of works whose copy the actor may sign by the rules of some exam day."""
    return sorted(
        medium
        for medium in Medium
        if any(
            signing.may_copy(rules.signers(medium), uow.actor.roles) for rules in in_force.sets(uow)
        )
    )


def beyond(uow: UnitOfWork, kind: str) -> bool:
    """Return whether more works stand at this step than `offers` looks at."""
    rule = PART_RULES[KINDS[kind][0]]
    at_step = select(Booklet.id).where(Booklet.state == rule.state, uow.written_here)
    longest = at_step.order_by(Booklet.since)
    return uow.session.scalar(longest.offset(LOOKED_AT).limit(1)) is not None


def _of_version() -> Select[str]:
    """The parts that somebody has of a work's present version."""
    return select(Assignment.id).where(
        Assignment.booklet_id == Booklet.id, Assignment.version == Booklet.version
    )


def _held(uow: UnitOfWork, parts: Collection[str]) -> ColumnElement[bool]:
    """That the actor has one of these parts, and has not simply handed in the key-in that it is."""
    me = uow.actor.person_id
    mine = _of_version().where(Assignment.person_id == me, Assignment.part.in_(parts)).exists()
    # Who has read a work may copy or check it later: that key-in is handed in, this part is not.
    return mine & to_read(me) if {FIRST, SECOND} & set(parts) else mine


def _free(uow: UnitOfWork, parts: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    """That one of these parts is free, and that the actor has none that bars them in any case."""
    barring = {*parts, *(other for part in parts for other in apart_from(part, "two_together"))}
    mine = _of_version().where(
        Assignment.person_id == uow.actor.person_id, Assignment.part.in_(barring)
    )
    taken = _of_version().where(Assignment.part.in_(parts)).with_only_columns(func.count())
    barred = Booklet.medium.not_in(_copied_in_this_role(uow)) if COPIER in parts else false()
    return ~barred, ~mine.exists(), taken.scalar_subquery() < len(parts)


def _fitting(
    uow: UnitOfWork,
    booklets: Sequence[Booklet],
    parts: list[str],
    crew: staffing.Crew,
) -> Iterator[Offer]:
    """What the actor could do of these works, without those in a closed package."""
    # Those that one was given, too: the desk would be refused, and the next work never comes up.
    closed = receipt.packages(uow, booklets) if booklets[0].state in receipt.READ_AT else {}
    # Asked once for all works: one query for each would make the page slow.
    ids = [b.id for b in booklets]
    taken, handed_in = hands.taken(uow, ids), hands.handed_in(uow, ids)
    again = hands.taken_back(uow, ids)
    for booklet in booklets:
        offer = booklet.id not in closed and _offer(
            uow, booklet, parts, taken, handed_in, again, crew
        )
        if offer:
            yield offer


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
    for offer in in_turn(uow, kind, A_FEW):
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
