"""Who may take which part of a transfer."""

from examday.domain.errors import Conflict, Forbidden
from examday.domain.people.roles import Role
from examday.domain.transfer.duties import COPIER, check_apart
from examday.domain.transfer.signing import check_may_copy
from examday.services.braille import eligibility
from examday.services.braille.notebook import receipt
from examday.services.rules import in_force
from examday.services.transfer.crew import staffing
from examday.services.transfer.hands import earlier_hands, everybody
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def check(uow: UnitOfWork, booklet: Booklet, part: str) -> None:
    """Refuse when the actor may not take `part`.

    SamePerson when they have done something in this work that keeps them from it; Forbidden when
    whoever copies could not sign for the copy afterwards, or reads no Braille; Conflict when the
    rule of distribution keeps a Braille work from them, when its envelope lies in a closed package,
    or when nobody would be left for a signature or a later part.
    """
    _check_role(uow, booklet, part)
    eligibility.check(uow, booklet, part)
    receipt.need_taken_over(uow, booklet, part)
    check_person(uow, booklet, part, uow.actor.person_id)


def check_person(
    uow: UnitOfWork,
    booklet: Booklet,
    part: str,
    person_id: str,
    people: dict[str, set[str]] | None = None,
    crew: staffing.Crew | None = None,
) -> None:
    """Refuse when this person may not have `part`, whoever gives it.

    SamePerson when they have done something in this work, or in the version that turned out
    defective, that keeps them from it; Conflict when nobody would be left to finish the work.
    """
    hands = everybody(uow, booklet) if people is None else people
    barred = earlier_hands(uow, booklet)
    check_apart(part, person_id, hands, settling=settling(booklet), earlier_hands=barred)
    # The program itself takes no part, and somebody who has one already bars nobody anew.
    if Role.SYSTEM not in uow.actor.roles:
        there = staffing.crew(uow) if crew is None else crew
        staffing.check(booklet, there, hands, part, person_id, barred)


def allows(
    uow: UnitOfWork,
    booklet: Booklet,
    part: str,
    people: dict[str, set[str]],
    crew: staffing.Crew,
) -> bool:
    """Return whether the actor could do this part of a work that lies in no closed package.

    `people`: who did which part; `crew`: everybody who is there. Both were read for all works of a
    page at once: nothing is asked here for each of them, but for one that was begun anew.
    """
    me = next((one.translator for one in crew if one.person_id == uow.actor.person_id), None)
    try:
        _check_role(uow, booklet, part)
        eligibility.check(uow, booklet, part, me)
        check_person(uow, booklet, part, uow.actor.person_id, people, crew)
    except (Conflict, Forbidden):
        return False
    return True


def _check_role(uow: UnitOfWork, booklet: Booklet, part: str) -> None:
    """Raise Forbidden when the actor could not sign «Копия верна» for a copy made by them."""
    # Asked before copying: a copy whose maker may not sign would have to be made once more.
    if part == COPIER and Role.SYSTEM not in uow.actor.roles:
        check_may_copy(in_force.for_exam(booklet.exam).signers(booklet.medium), uow.actor.roles)


def settling(booklet: Booklet) -> str:
    """Return who settles differences, by the rule set of the exam date: "third_person" or
    "two_together".
    """
    return in_force.for_exam(booklet.exam).text("settling")
