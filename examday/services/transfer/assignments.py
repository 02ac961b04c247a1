"""Taking a part of a transfer and giving it back."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from examday.domain.custody.lifecycle import Medium, State, wrong_step
from examday.domain.errors import Invalid, NotFound
from examday.domain.events import Event
from examday.domain.transfer.duties import FIRST, PART_RULES, SECOND, Taken
from examday.domain.transfer.readings import Source
from examday.services.braille.notebook import receipt
from examday.services.custody.booklets import require
from examday.services.transfer.crew import may_take
from examday.services.transfer.readings import find, fresh, require_first_time
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet, Seat


def holder(uow: UnitOfWork, booklet: Booklet, part: str) -> Assignment | None:
    """Return who has this part of the present version."""
    return uow.session.scalars(
        select(Assignment).where(
            Assignment.booklet_id == booklet.id,
            Assignment.version == booklet.version,
            Assignment.part == part,
        )
    ).first()


def my_parts(uow: UnitOfWork, booklet: Booklet) -> frozenset[str]:
    """Return the parts of the present version that the actor holds."""
    return frozenset(
        uow.session.scalars(
            select(Assignment.part).where(
                Assignment.booklet_id == booklet.id,
                Assignment.version == booklet.version,
                Assignment.person_id == uow.actor.person_id,
            )
        )
    )


def my_keyin(uow: UnitOfWork, booklet: Booklet) -> str:
    """Return the key-in of the present version that the actor holds; "" when neither."""
    parts = my_parts(uow, booklet)
    return next((part for part in (FIRST, SECOND) if part in parts), "")


def works_to_read(
    uow: UnitOfWork,
    state: State,
    *further: ColumnElement[bool],
    newest: int | None = None,
) -> list[Booklet]:
    """Return the works at `state` of which the actor has a key-in, the longest wait first.

    `newest`: so many at most, those that were taken last.
    """
    mine = (
        select(Booklet)
        .join(Assignment, Assignment.booklet_id == Booklet.id)
        .where(
            Assignment.person_id == uow.actor.person_id,
            Assignment.part.in_((FIRST, SECOND)),
            Assignment.version == Booklet.version,
            Booklet.state == state,
            *further,
        )
        .options(selectinload(Booklet.exam), selectinload(Booklet.seat).selectinload(Seat.room))
    )
    wanted = mine.order_by(Assignment.at.desc()) if newest else mine
    found = uow.session.scalars(wanted.limit(newest))
    return sorted(found, key=lambda work: work.since)


def require_part(uow: UnitOfWork, booklet: Booklet, part: str) -> None:
    """Refuse unless the actor holds the part and the booklet is at its step.

    Else as if there were nothing to see.
    """
    require(uow, PART_RULES[part].permission)
    assignment = holder(uow, booklet, part)
    # Not «forbidden»: who works on what is for nobody else to know.
    if assignment is None or assignment.person_id != uow.actor.person_id:
        raise NotFound()
    at_step(booklet, part)
    # Given out while the envelope was still on its way: asked again at every saving.
    receipt.need_taken_over(uow, booklet, part)


def hold_part(
    uow: UnitOfWork,
    booklet_id: str,
    part: str,
    row_version: int | None = None,
) -> Booklet:
    """Hold the work for the actor, who must have taken `part`, until the end of the transaction.

    Raises NotFound for everybody else, and Conflict at another step or when the page that was
    sent shows an older state (`row_version`; None = not sent from a page).
    """
    # Held before anything is asked: two people who finish at once come one after the other.
    booklet = uow.hold(Booklet, booklet_id)
    require_part(uow, booklet, part)
    fresh(booklet, row_version)
    return booklet


def at_step(booklet: Booklet, part: str) -> None:
    """Raise WrongStep when the booklet is not where this part is done, or must not be worked on."""
    if booklet.state != PART_RULES[part].state:
        raise wrong_step(State(booklet.state), Medium(booklet.medium), booklet.id)


def take(uow: UnitOfWork, booklet_id: str, part: str) -> Assignment:
    """Take a part; harmless when one has it already.

    Conflict when somebody else was faster, SamePerson when the duties must be apart.
    """
    booklet = uow.hold(Booklet, booklet_id)
    _check_part(part)
    require(uow, PART_RULES[part].permission)
    at_step(booklet, part)
    assignment = holder(uow, booklet, part)
    # A double click or a page opened again: no error, and no second row.
    if assignment is not None and assignment.person_id == uow.actor.person_id:
        return assignment
    if assignment is not None:
        raise Taken()
    # Last: of two who are both allowed, the one who is late is told that it is taken.
    may_take.check(uow, booklet, part)
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


def _check_part(part: str) -> None:
    if part not in PART_RULES:  # no part has this name: it comes from no page of ours
        raise Invalid()


def release(uow: UnitOfWork, booklet_id: str, part: str) -> None:
    """Give a part back before handing in.

    Whoever may reopen works can do it for a colleague who has left. The draft stays its author's.
    """
    booklet = uow.hold(Booklet, booklet_id)
    _check_part(part)
    assignment = holder(uow, booklet, part)
    # A part given back already is no error: two clicks are easily made.
    if assignment is None:
        return
    if assignment.person_id != uow.actor.person_id:
        require(uow, "reopen")
    at_step(booklet, part)
    # A colleague would find nothing to do: a sealed reading is not made twice.
    if part in (FIRST, SECOND):
        require_first_time(find(uow, booklet, Source(part)))
    uow.session.delete(assignment)
    uow.record(
        Event.PART_RELEASE,
        f"booklet:{booklet.id}",
        part=part,
        version=booklet.version,
        person=assignment.person_id,
    )
