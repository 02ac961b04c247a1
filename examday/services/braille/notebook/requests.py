"""Requests to a colleague to describe the scans of a notebook.

Whoever reads by finger cannot say what a scan shows; a colleague does, while the notebook itself is
keyed in.
"""

from examday.domain.braille import commission as rules
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.services.braille import commission, eligibility, notes
from examday.services.braille.keyins import check_sees
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Person
from examday.storage.tables_braille import CommissionNote


def ask(uow: UnitOfWork, booklet_id: str, person_id: str) -> CommissionNote:
    """Ask a colleague to describe the scans of a work; asking again asks somebody else.

    Invalid for nobody, or for somebody who may not see this work; Conflict when the pages can no
    longer be stated.
    """
    booklet = uow.hold(Booklet, booklet_id)
    check_sees(uow, booklet)
    commission.check_may_be_stated(booklet)
    if person_id not in {person.id for person in colleagues(uow, booklet)}:
        raise Invalid(
            N_("Choose a colleague."),
            code="colleague",
            field="colleague",
            advice=N_(
                "Listed is whoever may see this work: no relative or teacher of the candidate."
            ),
        )
    return notes.keep(uow, "ask", person_id, "", booklet_id)


def colleagues(uow: UnitOfWork, booklet: Booklet) -> list[Person]:
    """Return who could be asked: everybody of the commission who might read this work."""
    people = [p for p in commission.translators(uow) if p.id != uow.actor.person_id]
    known = eligibility.translators(uow, people)
    # Without hands: whoever describes pages reads nothing, so that both readers may do it.
    work = eligibility.work(booklet, {})
    return [person for person in people if not rules.objections(known[person.id], work)]
