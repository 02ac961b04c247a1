"""What both papers of the tiflo-translator commission show of a work, and who signs them."""

from sqlalchemy import select

from examday.domain.braille.notebook import answers
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.braille import commission
from examday.services.custody.dossier import Dossier
from examday.services.people import sites
from examday.services.printing.papers.work.signatures import signed
from examday.services.printing.words import role, ru
from examday.services.printing.works import form_code, seat, state
from examday.services.scans.pictures import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Person


def pages(uow: UnitOfWork, booklet: Booklet) -> str:
    """Count the scans of a notebook and those of them with answers.

    Before a person has stated which pages hold answers, nothing is known of them, and that is said.
    """
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
    """Name of the chair; empty where there are several or none, to be written by hand."""
    found = list(
        uow.session.scalars(
            select(Person.name).where(
                Person.id.in_(sites.holders(uow, (Role.BRAILLE_CHAIR,))),
                Person.disabled.is_(False),
            )
        )
    )
    # Of two chairs the one present signs: a printed name could be the wrong one.
    return found[0] if len(found) == 1 else ""


def work_facts(booklet: Booklet) -> list[str]:
    """Seat, form number and state of a work."""
    return [seat(booklet), form_code(booklet), state(booklet)]


def chair_line(uow: UnitOfWork) -> list[str]:
    """Line for the signature of the chair."""
    return [role(Role.BRAILLE_CHAIR), chair(uow)]


def board_line() -> list[str]:
    """Line for the signature of the exam-board member."""
    return [role(Role.EXAM_BOARD_MEMBER), ""]


def receiver_line() -> list[str]:
    """Line for the signature of whoever receives the works."""
    return [ru(N_("Received by")), ""]


def signed_lines(uow: UnitOfWork, d: Dossier) -> list[list[str]]:
    """List the signatures of a work, or recorded absences, with digits of what was signed."""
    return [
        [
            work_facts(d.booklet)[0],
            slot,
            who or "—",
            at,
            place.given.content_sha256[:12] if place.given else "",
        ]
        for place, (slot, who, at) in zip(d.signatures, signed(uow, d), strict=True)
    ]
