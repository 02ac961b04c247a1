"""The end of a case: withdrawn by the appellant or closed by the commission."""

from sqlalchemy import select

from examday.domain.appeals import case
from examday.domain.appeals.reprocessing import Step, check_close, check_closing_day
from examday.domain.errors import Invalid
from examday.domain.events import case_event, read_data
from examday.domain.messages import N_
from examday.services.appeals.cases import move_case, open_on, rules_of
from examday.services.appeals.hearing.appointments import day_of, held_at, latest_hearing
from examday.services.appeals.order.orders import steps, way_of
from examday.services.custody.booklets import require
from examday.services.rules.calendars import calendar_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, EventRow
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


def release_hold(uow: UnitOfWork, appeal: Appeal) -> None:
    """End the legal hold on the work when no other appeal on it is open."""
    appeal.closed_at = uow.now()
    # Of two cases closed at once the later one must see the other, or the hold would stay for ever.
    booklet = uow.hold(Booklet, appeal.booklet_id)
    if all(one.id == appeal.id for one in open_on(uow, booklet.id)):
        booklet.hold = False


def close(uow: UnitOfWork, appeal_id: str) -> Appeal:
    """Close the case when its decision is carried out: no step is open.

    Conflict before, and on a day before the hearing was held: such dates contradict each other.
    """
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    # Without a decision everything is still open: even a rejection is told to the appellant.
    check_close(
        way_of(appeal) or (Step.INFORM,),
        {step: row.state for step, row in steps(uow, appeal).items()},
    )
    meeting = latest_hearing(uow, appeal)
    if meeting is not None:
        check_closing_day(uow.local(held_at(uow, appeal, meeting)).date(), uow.today())
    move_case(uow, appeal, "close")
    release_hold(uow, appeal)
    return appeal
