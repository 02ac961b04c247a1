"""Taking a part of a transfer, giving it back, finding the next work: different people where it
counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from examday.domain.custody.lifecycle import STATE_NAMES, State
from examday.domain.errors import Conflict, DomainError, Forbidden, NotFound
from examday.domain.events import Event, read_data
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.transfer.duties import (
    ARBITER,
    COPIER,
    FIRST,
    PART_RULES,
    SECOND,
    VERIFIER,
    check_apart,
)
from examday.domain.transfer.readings import PART_OF_SOURCE
from examday.domain.transfer.signing import check_may_copy
from examday.services.braille import eligibility
from examday.services.custody.booklets import require
from examday.services.rules import rulesets
from examday.services.transfer import hands
from examday.services.transfer.hands import PartOfWork, done_by, everybody
from examday.services.transfer.readings import locked
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet, EventRow, Reading, Seat

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


def holder(uow: UnitOfWork, booklet: Booklet, part: str) -> Assignment | None:
    """Who has this part of the present version."""
    return uow.session.scalars(
        select(Assignment).where(
            Assignment.booklet_id == booklet.id,
            Assignment.version == booklet.version,
            Assignment.part == part,
        )
    ).first()


def my_parts(uow: UnitOfWork, booklet: Booklet) -> frozenset[str]:
    """The parts of the present version that the actor holds."""
    return frozenset(
        uow.session.scalars(
            select(Assignment.part).where(
                Assignment.booklet_id == booklet.id,
                Assignment.version == booklet.version,
                Assignment.person_id == uow.actor.person_id,
            )
        )
    )


def require_part(uow: UnitOfWork, booklet: Booklet, part: str) -> None:
    """The actor must hold the part, and the booklet must be at its step. Otherwise as if there
    were nothing to see."""
    require(uow, PART_RULES[part].permission)
    held = holder(uow, booklet, part)
    if held is None or held.person_id != uow.actor.person_id:
        raise NotFound()
    at_step(booklet, part)


def at_step(booklet: Booklet, part: str) -> None:
    """Conflict when the booklet is not where this part is done, or must not be worked on."""
    if booklet.state != PART_RULES[part].state:
        raise Conflict(
            N_("This part is not done now: the booklet is «%(state)s»."),
            code="wrong-step",
            params={"state": STATE_NAMES[State(booklet.state)]},
        )


def take(uow: UnitOfWork, booklet_id: str, part: str) -> Assignment:
    """Take a part; harmless when one has it already. Conflict when somebody else was faster,
    SamePerson when the duties must be apart."""
    booklet = locked(uow, booklet_id)
    require(uow, PART_RULES[part].permission)
    at_step(booklet, part)
    held = holder(uow, booklet, part)
    if held is not None and held.person_id == uow.actor.person_id:
        return held
    if held is not None:
        raise Conflict(
            N_("A colleague has taken this work already."),
            code="taken",
            advice=N_("Take the next one: the program offers it on «My work»."),
        )
    check(uow, booklet, part)
    row = uow.add(
        Assignment(
            booklet_id=booklet.id,
            version=booklet.version,
            part=part,
            person_id=uow.actor.person_id,
            at=uow.now(),
        )
    )
    uow.record(Event.PART_TAKE, f"booklet:{booklet.id}", part=part, version=booklet.version)
    return row


def check(uow: UnitOfWork, booklet: Booklet, part: str) -> None:
    """SamePerson when the actor has done something in this work that keeps them from `part`;
    Forbidden when whoever copies could not sign for the copy afterwards; Conflict when the rule of
    distribution keeps a Braille work from them."""
    _check_role(uow, booklet, part)
    eligibility.check(uow, booklet, part)
    check_apart(
        part,
        uow.actor.person_id,
        everybody(uow, booklet),
        settling=settling(booklet),
        earlier_hands=earlier_hands(uow, booklet),
    )


def release(uow: UnitOfWork, booklet_id: str, part: str) -> None:
    """Give a part back before handing in. Whoever may reopen works can do it for a colleague who
    has left. The draft stays its author's."""
    booklet = locked(uow, booklet_id)
    held = holder(uow, booklet, part)
    if held is None:
        return
    if held.person_id != uow.actor.person_id and not uow.actor.may("reopen"):
        raise Forbidden()
    at_step(booklet, part)
    if part in (FIRST, SECOND) and done_by(uow, booklet)[part]:
        raise Conflict(
            N_("This reading has been handed in and cannot be given back."),
            code="handed-in",
            advice=N_(
                "If something is wrong with it, the head of the point can reopen the booklet."
            ),
        )
    uow.session.delete(held)
    uow.record(
        Event.PART_RELEASE,
        f"booklet:{booklet.id}",
        part=part,
        version=booklet.version,
        person=held.person_id,
    )


def settling(booklet: Booklet) -> str:
    """Who settles differences, by the rule set of the exam date: "third_person" or "two_together"."""
    return rulesets.for_date(booklet.exam.date).text("settling")


def earlier_hands(uow: UnitOfWork, booklet: Booklet) -> set[str]:
    """Who had a part in the versions that a re-transfer after a defect has replaced; nobody when
    there was none."""
    if booklet.version == 1:
        return set()
    event = uow.session.scalars(
        select(EventRow)
        .where(
            EventRow.subject == f"booklet:{booklet.id}", EventRow.kind == Event.BOOKLET_RETRANSFER
        )
        .order_by(EventRow.seq.desc())
        .limit(1)
    ).first()
    if event is None:
        return set()
    replaced = read_data(event.data)["version"]
    people = uow.session.scalars(
        select(Reading.person_id)
        .where(
            Reading.booklet_id == booklet.id,
            Reading.version < replaced,
            Reading.source.in_(PART_OF_SOURCE),
        )
        .union(
            select(Assignment.person_id).where(
                Assignment.booklet_id == booklet.id, Assignment.version < replaced
            )
        )
    )
    return {person for person in people if person}


def offers(uow: UnitOfWork, kind: str, most: int = 500) -> list[Offer]:
    """The work of one kind that the actor could do now: what is held already first, then the
    longest waiting."""
    parts = [p for p in KINDS[kind] if uow.actor.may(PART_RULES[p].permission)]
    if not parts:
        return []
    booklets = uow.session.scalars(
        select(Booklet)
        .where(Booklet.state == PART_RULES[parts[0]].state)
        .order_by(Booklet.since)
        .limit(most)
        .options(selectinload(Booklet.exam), selectinload(Booklet.seat).selectinload(Seat.room))
    ).all()
    ids = [b.id for b in booklets]
    taken, handed_in = hands.taken(uow, ids), hands.handed_in(uow, ids)
    found = [
        offer for b in booklets if (offer := _offer(uow, b, parts, taken, handed_in)) is not None
    ]
    return sorted(found, key=lambda offer: not offer.held)


def _offer(
    uow: UnitOfWork,
    booklet: Booklet,
    parts: list[str],
    taken: Mapping[PartOfWork, str],
    handed_in: Mapping[PartOfWork, set[str]],
) -> Offer | None:
    """The part of this booklet that the actor could do, if any: one of a booklet at most."""
    me = uow.actor.person_id
    keys = {part: (booklet.id, booklet.version, part) for part in parts}
    mine = next((part for part in parts if taken.get(keys[part]) == me), None)
    if mine is not None:
        done = mine in (FIRST, SECOND) and me in handed_in.get(keys[mine], ())
        return None if done else Offer(booklet, mine, held=True)
    people = hands.by_part(booklet, taken, handed_in)
    free = (part for part in parts if keys[part] not in taken)
    fitting = next((part for part in free if _apart(uow, booklet, part, people)), None)
    return Offer(booklet, fitting) if fitting else None


def _apart(uow: UnitOfWork, booklet: Booklet, part: str, people: dict[str, set[str]]) -> bool:
    try:
        _check_role(uow, booklet, part)
        eligibility.check(uow, booklet, part)
        check_apart(
            part,
            uow.actor.person_id,
            people,
            settling=settling(booklet),
            earlier_hands=earlier_hands(uow, booklet),
        )
    except (Conflict, Forbidden):
        return False
    return True


def _check_role(uow: UnitOfWork, booklet: Booklet, part: str) -> None:
    """Forbidden when the actor could not sign «Копия верна» for a copy made by them."""
    if part == COPIER and Role.SYSTEM not in uow.actor.roles:
        check_may_copy(
            rulesets.for_date(booklet.exam.date).signers(booklet.medium), uow.actor.roles
        )


def next_work(uow: UnitOfWork, kind: str) -> Assignment | None:
    """Take the next work of this kind for the actor; None when there is none. A work that a
    colleague has just taken is passed over."""
    for offer in offers(uow, kind):
        try:
            return take(uow, offer.booklet.id, offer.part)
        except DomainError as error:
            if error.code not in ("taken", "same-person", "wrong-step"):
                raise
    return None
