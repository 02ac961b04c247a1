"""The end of a case: the commission closes it, and the legal hold on the work ends."""

from typing import cast

from examday.domain.appeals.reprocessing import Step, check_close, check_closing_day
from examday.services.appeals.cases import move_case, open_on
from examday.services.appeals.hearing.appointments import held_at, latest_hearing
from examday.services.appeals.order.orders import steps, way_of
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Appeal, Hearing


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
    # A hearing was held wherever something is carried out: it was voted there.
    meeting = cast(Hearing, latest_hearing(uow, appeal))
    check_closing_day(uow.local(held_at(uow, appeal, meeting)).date(), uow.today())
    move_case(uow, appeal, "close")
    release_hold(uow, appeal)
    return appeal
