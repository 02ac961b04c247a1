"""Appointment of a hearing: day, place, notice. Each is a new row; the latest counts."""

import datetime as dt

from sqlalchemy import select

from examday.domain.appeals import case
from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.services.appeals.cases import calendar_of, move_case, rules_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, Hearing


def schedule(uow: UnitOfWork, appeal_id: str, at: dt.datetime, place: str, form: str) -> Hearing:
    """Appoint the hearing, or appoint it anew; the notice counts from today.

    Invalid without place or form of meeting, or when the notice would come too late.
    """
    appeal = uow.hold(Appeal, appeal_id)
    day = uow.local(at).date()
    now = uow.today()
    if not place.strip() or form not in ("in_person", "remote"):
        raise Invalid(
            N_("A hearing needs a place and a form of meeting."),
            code="hearing",
            advice=N_("Fill in both; for a remote meeting the place is where the commission sits."),
        )
    case.check_notice(now, day, rules_of(appeal), calendar_of(uow))
    before = latest_hearing(uow, appeal)
    row = uow.add(
        Hearing(
            appeal_id=appeal.id,
            round=before.round + 1 if before else 1,
            at=at,
            place=place.strip(),
            form=form,
            noticed=now,
            recorded_at=uow.now(),
        )
    )
    move_case(uow, appeal, "schedule", at=at.isoformat(), form=form, round=row.round)
    return row


def latest_hearing(uow: UnitOfWork, appeal: Appeal) -> Hearing | None:
    """Return the appointment that counts; None before there is one."""
    return uow.session.scalars(
        select(Hearing)
        .where(Hearing.appeal_id == appeal.id)
        .order_by(Hearing.round.desc())
        .limit(1)
    ).first()


def day_of(uow: UnitOfWork, hearing: Hearing) -> dt.date:
    """Return the day of a hearing in the point's time zone."""
    # Times are stored in UTC: an evening hearing in Vladivostok falls on the day before.
    return uow.local(hearing.at).date()


def appointed(uow: UnitOfWork, appeal: Appeal) -> Hearing:
    """Return the hearing that is appointed or being held; Conflict when there is none."""
    meeting = latest_hearing(uow, appeal)
    if meeting is None or appeal.state not in (case.CaseState.SCHEDULED, case.CaseState.HEARING):
        raise Conflict(
            N_("No hearing is appointed for this case."),
            code="no-hearing",
            advice=N_("Appoint the hearing first."),
        )
    return meeting
