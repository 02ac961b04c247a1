"""Appointment of a hearing: day, place, notice. Each is a new row; the latest counts."""

import datetime as dt

from sqlalchemy import select

from examday.domain.appeals import case
from examday.domain.appeals.notes import NoteKind
from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.services.appeals.cases import move_case, rules_of, term
from examday.services.appeals.notes import add_note, notes_of
from examday.services.rules.calendars import calendar_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, Hearing


def schedule(
    uow: UnitOfWork,
    appeal_id: str,
    at: dt.datetime,
    place: str,
    form: str,
    late_reason: str = "",
) -> Hearing:
    """Appoint the hearing, or appoint it anew; the notice counts from today.

    Invalid without place or form of meeting, or when the notice would come too late; Conflict
    outside the term of consideration without `late_reason`.
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
    last = term(uow, appeal).last_day
    outside = case.check_within_term(day, last, late_reason)
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
    uow.session.flush()
    if outside:
        facts = {"last": last.isoformat()}
        add_note(
            uow, appeal, NoteKind.LATE_HEARING, facts, about=f"hearing:{row.id}", reason=late_reason
        )
    move_case(
        uow,
        appeal,
        "schedule",
        at=at.isoformat(),
        form=form,
        round=row.round,
    )
    return row


def lateness(uow: UnitOfWork, appeal: Appeal, hearing: Hearing) -> list[str]:
    """Return why this hearing lies outside its term, or was opened on another day than its own.

    Printed on the notice and in the protocol; empty for a hearing in time.
    """
    rows = [
        *notes_of(uow, appeal, NoteKind.LATE_HEARING),
        *notes_of(uow, appeal, NoteKind.OPENED_LATER),
    ]
    return [row.reason for row in rows if row.about == f"hearing:{hearing.id}" and row.reason]


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


def held_at(uow: UnitOfWork, appeal: Appeal, hearing: Hearing) -> dt.datetime:
    """Return when the hearing really was: as appointed, unless it was opened on another day."""
    opened = [
        row
        for row in notes_of(uow, appeal, NoteKind.OPENED_LATER)
        if row.about == f"hearing:{hearing.id}"
    ]
    return dt.datetime.fromisoformat(str(opened[-1].facts["at"])) if opened else hearing.at
