"""The two people who sign an act of destruction."""

from sqlalchemy import select

from examday.domain.errors import SamePerson
from examday.domain.messages import N_
from examday.domain.people.roles import PERMISSIONS, forbidden
from examday.services.custody.booklets import require
from examday.services.people import sites
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person

DESTROYERS = PERMISSIONS["retention.destroy"]
"""Both signers need this permission: an act of destruction has two responsible people."""


def second_signers(uow: UnitOfWork) -> list[tuple[str, str]]:
    """Return (id, name) of everybody else who may sign an act, by name."""
    holders = sites.holders(uow, DESTROYERS)
    rows = uow.session.scalars(
        select(Person).where(
            Person.id.in_(holders), Person.disabled.is_(False), Person.id != uow.actor.person_id
        )
    )
    return sorted(((row.id, row.name) for row in rows), key=lambda row: row[1])


def check_people(uow: UnitOfWork, second_id: str) -> None:
    """Refuse an actor or a second signer who may not destroy, or one person twice."""
    require(uow, "retention.destroy")
    if second_id == uow.actor.person_id:
        raise SamePerson(params={"role": N_("the first signer of the act")})
    holders = sites.holders(uow, DESTROYERS).where(Person.id == second_id)
    if uow.session.scalar(holders) is None:
        raise forbidden("retention.destroy")
