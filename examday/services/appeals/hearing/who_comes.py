"""Who may come to a hearing, and as what."""

from examday.domain.appeals.hearing import (
    ADVISING,
    CAPACITY_NAMES,
    DECIDING,
    Asked,
    Capacity,
    Past,
    check_attendance,
    member_roles,
)
from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.appeals.hearing.past import past_of, silent
from examday.services.people import sites
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person
from examday.storage.tables_appeal import Appeal


def check_comes(
    uow: UnitOfWork,
    appeal: Appeal,
    person_id: str | None,
    name: str,
    capacity: Capacity,
    asked: Asked,
) -> None:
    """Refuse a conflict of interest, a missing office, or a stranger who would decide."""
    # Whoever decides must be known to the system, because the records are asked about their past.
    if not person_id and (capacity in DECIDING or not name.strip()):
        raise Invalid(
            N_(
                "Members and the secretary are chosen from the staff list; everybody else needs a name."
            ),
            code="attendance",
            advice=N_("Choose the person, or enter the name."),
        )
    # Of somebody with a name alone no record speaks: what was asked counts all the same.
    past = past_of(uow, uow.get(Person, person_id).id, appeal) if person_id else Past()
    check_attendance(capacity, asked.added_to(past))
    if person_id:
        _check_office(uow, person_id, capacity)
    _check_asked(uow, appeal, capacity, asked)


def _check_asked(
    uow: UnitOfWork,
    appeal: Appeal,
    capacity: Capacity,
    asked: Asked,
) -> None:
    """Conflict while nobody has asked what no record tells of those who decide or advise."""
    if capacity not in DECIDING | ADVISING or asked.was_asked or not silent(uow, appeal):
        return
    raise Conflict(
        N_("No record says who organised this exam or transferred this work."),
        code="people-unknown",
        field="was_asked",
        advice=N_("Ask the person about it, and say that you did."),
    )


def _check_office(uow: UnitOfWork, person_id: str, capacity: Capacity) -> None:
    """Invalid when the person does not hold the office that the capacity wants."""
    wanted = {
        # The deputy stands in for the chair, so may be recorded as chair, with the casting vote.
        Capacity.CHAIR: {Role.APPEAL_CHAIR, Role.APPEAL_DEPUTY},
        Capacity.MEMBER: member_roles(),
        Capacity.SECRETARY: {Role.APPEAL_SECRETARY},
        Capacity.TRANSCRIBER: {Role.BRAILLE_TRANSCRIBER},
        Capacity.SIGN_INTERPRETER: {Role.SIGN_INTERPRETER},
        Capacity.EXPERT: {Role.SUBJECT_EXPERT},
    }
    holders = sites.holders(uow, wanted.get(capacity, ())).where(Person.id == person_id)
    if capacity in wanted and uow.session.scalar(holders) is None:
        raise Invalid(
            N_("This person does not hold the office of %(capacity)s."),
            code="office",
            advice=N_("Choose another person, or correct the roles in the staff list."),
            params={"capacity": CAPACITY_NAMES[capacity]},
        )
