"""Taking a part of a transfer and giving it back."""

from sqlalchemy import select

from examday.domain.custody.lifecycle import STATE_NAMES, State
from examday.domain.errors import Conflict, Forbidden, NotFound
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.duties import FIRST, PART_RULES, SECOND
from examday.services.custody.booklets import require
from examday.services.transfer import hands
from examday.services.transfer.readings import locked
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet


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
    hands.check(uow, booklet, part)
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
    if part in (FIRST, SECOND) and hands.done_by(uow, booklet)[part]:
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
