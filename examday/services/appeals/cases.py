"""Cases of the conflict commission: their rules, their state, their term."""

from sqlalchemy import select

from examday.domain.appeals import case
from examday.domain.events import case_event
from examday.domain.rules.calendar import Deadline, WorkCalendar
from examday.domain.rules.ruleset import RuleSet
from examday.services.custody.booklets import require
from examday.services.rules import in_force
from examday.services.rules.calendars import calendar_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal


def rules_of(appeal: Appeal) -> RuleSet:
    """Return the rule set of the exam that the appeal is about."""
    return in_force.for_exam(appeal.exam)


def needs_of(appeal: Appeal) -> frozenset[str]:
    """Return the appellant's needs: those of the exam's record and those entered with the appeal.

    They decide who is called to the hearing and how works and papers are shown.
    """
    return frozenset(appeal.booklet.seat.candidate.needs) | frozenset(
        str(appeal.facts.get("needs", "")).split()
    )


def is_open(appeal: Appeal) -> bool:
    """Tell whether there is still something to do in this case."""
    return appeal.state not in (case.CaseState.CLOSED, case.CaseState.WITHDRAWN)


def open_on(uow: UnitOfWork, booklet_id: str) -> list[Appeal]:
    """Return the open appeals on a work, by number."""
    return list(
        uow.session.scalars(
            select(Appeal)
            .where(
                Appeal.booklet_id == booklet_id,
                Appeal.state.not_in((case.CaseState.CLOSED, case.CaseState.WITHDRAWN)),
            )
            .order_by(Appeal.number)
        )
    )


def move_case(
    uow: UnitOfWork,
    appeal: Appeal,
    action: str,
    **data: object,
) -> Appeal:
    """Take one step of the case and record it as «appeal:<action>».

    Forbidden without the permission of the step; Conflict when the case does not stand where the
    step begins.
    """
    row = case.case_move(case.CaseState(appeal.state), action)
    require(uow, row.permission)
    appeal.state = row.target
    appeal.since = uow.now()
    uow.record(
        case_event(action), f"appeal:{appeal.id}", source=row.source, target=row.target, **data
    )
    return appeal


def term(uow: UnitOfWork, appeal: Appeal, days: WorkCalendar | None = None) -> Deadline:
    """Return the last day on which the appeal may be considered, with its countdown."""
    return case.consider_by(
        case.Kind(appeal.kind),
        appeal.reached,
        uow.today(),
        rules_of(appeal),
        days or calendar_of(uow),
    )
