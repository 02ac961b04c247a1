"""Release of works whose translator is taken off work."""

from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.events import Event
from examday.domain.transfer.duties import FIRST, PART_RULES, SECOND
from examday.services.braille import eligibility
from examday.services.transfer.hands import done_by
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet


def free(uow: UnitOfWork, person_id: str) -> None:
    """Give back every part that the person has and has not handed in."""
    mine = (Assignment.person_id == person_id, Assignment.part.in_(eligibility.TRANSCRIBING))
    # All works first, by id: a colleague may be taking one of them at this moment.
    uow.hold_all(Booklet, uow.session.scalars(select(Assignment.booklet_id).where(*mine)))
    for row in list(uow.session.scalars(select(Assignment).where(*mine))):
        booklet = uow.get(Booklet, row.booklet_id)
        if _in_hand(uow, booklet, row):
            uow.session.delete(row)
            uow.record(
                Event.PART_RELEASE,
                f"booklet:{booklet.id}",
                part=row.part,
                version=row.version,
                person=person_id,
            )


def _in_hand(uow: UnitOfWork, booklet: Booklet, row: Assignment) -> bool:
    """Tell whether this part of the present version is still to be done."""
    if not booklet.is_braille or booklet.version != row.version:
        return False
    if booklet.state not in (State.COLLECTED, PART_RULES[row.part].state):
        return False
    # What was handed in stays a reading of that person, suspended or not.
    return row.part not in (FIRST, SECOND) or row.person_id not in done_by(uow, booklet)[row.part]
