"""An appeal withdrawn by the appellant: the step, and by what statement it was taken."""

from sqlalchemy import select

from examday.domain.appeals import case
from examday.domain.errors import Invalid
from examday.domain.events import case_event, read_data
from examday.domain.messages import N_
from examday.services.appeals.cases import move_case, rules_of
from examday.services.appeals.closing import release_hold
from examday.services.appeals.hearing.appointments import day_of, latest_hearing
from examday.services.rules.calendars import calendar_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import EventRow
from examday.storage.tables_appeal import Appeal


def withdraw(uow: UnitOfWork, appeal_id: str, reason: str) -> Appeal:
    """Withdraw an appeal before its hearing day; Invalid from that day on, and without the statement.

    The step cannot be taken back: whoever clicks it has the appellant's statement in hand.
    """
    appeal = uow.hold(Appeal, appeal_id)
    hearing = latest_hearing(uow, appeal)
    day = day_of(uow, hearing) if hearing else None
    case.check_withdrawal(day, uow.today(), rules_of(appeal), calendar_of(uow))
    if not reason.strip():
        raise Invalid(
            N_("A withdrawal needs the appellant's statement."),
            code="no-statement",
            field="reason",
            advice=N_("Say when and how the appellant withdrew: the case is closed by it."),
        )
    move_case(uow, appeal, "withdraw", reason=reason.strip())
    release_hold(uow, appeal)
    return appeal


def statement_of(uow: UnitOfWork, appeal: Appeal) -> str:
    """Return by what statement the appeal was withdrawn; empty for every other case."""
    said = uow.session.scalar(
        select(EventRow.data).where(
            EventRow.kind == case_event("withdraw"), EventRow.subject == f"appeal:{appeal.id}"
        )
    )
    return str(read_data(said).get("reason", "")) if said else ""
