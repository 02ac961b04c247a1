"""What both papers of the tiflo-translator commission say: pages of a notebook, the chair."""

from sqlalchemy import select

from examday.domain.braille.notebook import answers
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.braille import commission
from examday.services.printing.words import ru
from examday.services.scans.pictures import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Person, PersonRole


def pages(uow: UnitOfWork, booklet: Booklet) -> str:
    """Scans, and how many of them are answers; nothing is known of the answers before the pages
    were stated."""
    scans, leaves = len(pages_of(uow, booklet, "original")), commission.leaves(uow, booklet.id)
    if not scans:
        return "—"
    if not leaves:
        return ru(N_("%(scans)s, pages not stated yet"), scans=scans)
    return ru(
        N_("%(scans)s, of them with answers: %(answers)s"),
        scans=scans,
        answers=len(answers(leaves)),
    )


def chair(uow: UnitOfWork) -> str:
    """The chair's name, when there is one chair alone."""
    found = list(
        uow.session.scalars(
            select(Person.name)
            .join(PersonRole, PersonRole.person_id == Person.id)
            .where(PersonRole.role == Role.BRAILLE_CHAIR, Person.disabled.is_(False))
        )
    )
    return found[0] if len(found) == 1 else ""
