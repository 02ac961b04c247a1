"""Works of a translator who is taken off work are free again."""

from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.events import Event
from examday.domain.transfer.duties import FIRST, PART_RULES, SECOND
from examday.services.braille import eligibility
from examday.services.transfer.hands import done_by
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet


def free(uow: UnitOfWork, person_id: str) -> None:
    """Give back what the person holds and has not handed in."""
    mine = (Assignment.person_id == person_id, Assignment.part.in_(eligibility.TRANSCRIBING))
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
    """Is this part of the present version still to be done, with nothing handed in?"""
    if booklet.medium != Medium.BRAILLE or booklet.version != row.version:
        return False
    if booklet.state not in (State.COLLECTED, PART_RULES[row.part].state):
        return False
    return row.part not in (FIRST, SECOND) or row.person_id not in done_by(uow, booklet)[row.part]
