"""Which expert may mark again: one who has had no part in the work, and once."""

from examday.domain.appeals.hearing import Capacity, check_attendance
from examday.domain.appeals.recheck import Marking
from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.transfer.readings import Source, marks_content
from examday.services.appeals.decision.readings import contents
from examday.services.appeals.hearing.past import past_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal


def marked_before(uow: UnitOfWork, appeal: Appeal) -> list[str]:
    """Return the codes of the experts who marked the work the first time."""
    first = contents(uow, appeal.booklet_id, appeal.version).get(Source.MARKS)
    return list(marks_content(first.content).get("experts", [])) if first else []


def check_expert(uow: UnitOfWork, appeal: Appeal, given: list[Marking]) -> None:
    """Conflict for somebody whom the records bar, or who has entered marks already.

    The secretary enters marks from an expert's paper, of one expert alone: whoever knows the marks
    of the first cannot vouch for those of the second.
    """
    expert = Role.SUBJECT_EXPERT in uow.actor.roles
    if any(row.person_id == uow.actor.person_id for row in given):
        raise Conflict(
            N_("You have entered your marks in this re-check already.")
            if expert
            else N_("You have entered the marks of one expert in this re-check already."),
            code="marked",
            advice=N_("Nothing is lost: another expert enters the next ones with an own log-in."),
        )
    capacity = Capacity.EXPERT if expert else Capacity.SECRETARY
    check_attendance(capacity, past_of(uow, uow.actor.person_id, appeal))
