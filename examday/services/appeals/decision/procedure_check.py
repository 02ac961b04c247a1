"""The exam board's check of a procedural appeal: its conclusion comes before the hearing decides.

The fields of ППЭ-03 that the program does not know stay on the official form; a person fills them
in there (domain.md 10.1).
"""

import datetime as dt

from examday.domain.appeals.case import CaseState, Kind
from examday.domain.appeals.notes import NoteKind
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.appeals.notes import add_note, notes_of
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, CaseNote

OPEN_STATES = (CaseState.REGISTERED, CaseState.SCHEDULED, CaseState.HEARING)
"""Behind them the commission has voted on what was known: a check could no longer be weighed."""


def record_check(
    uow: UnitOfWork,
    appeal_id: str,
    day: dt.date,
    by: str,
    confirmed: str,
    conclusion: str,
) -> CaseNote:
    """Record who checked what was complained of, when, and what they concluded.

    `confirmed`: yes or no. A later check replaces an earlier one; both stay. Conflict for an appeal
    on the score or after the decision; Invalid for missing entries or a day that cannot be.
    """
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    if appeal.kind != Kind.PROCEDURE or appeal.state not in OPEN_STATES:
        raise Conflict(
            N_("A check belongs to a procedural appeal that is not decided yet."),
            code="no-check-here",
            advice=N_("Look at what the appeal is about and where it stands."),
        )
    if not appeal.filed <= day <= uow.today():
        raise Invalid(
            N_("The check was made between the filing and today."),
            code="check-day",
            field="check_day",
            advice=N_("Check the date."),
        )
    if confirmed not in ("yes", "no") or not by.strip() or not conclusion.strip():
        raise Invalid(
            N_("A check needs who made it, whether the breach is confirmed, and the conclusion."),
            code="check",
            advice=N_("Copy all three from the form ППЭ-03."),
        )
    facts = {
        "day": day.isoformat(),
        "by": by.strip(),
        "confirmed": confirmed,
        "conclusion": conclusion.strip(),
    }
    note = add_note(uow, appeal, NoteKind.CHECK, facts)
    uow.session.flush()
    uow.record(Event.APPEAL_CHECK, f"appeal:{appeal.id}", confirmed=confirmed, note=note.id)
    return note


def check_of(uow: UnitOfWork, appeal: Appeal) -> CaseNote | None:
    """Return the check that counts; None before there is one."""
    found = notes_of(uow, appeal, NoteKind.CHECK)
    return found[-1] if found else None


def need_check(uow: UnitOfWork, appeal: Appeal) -> CaseNote:
    """Return the check; Conflict while there is none."""
    found = check_of(uow, appeal)
    if found is None:
        raise Conflict(
            N_("The conclusion of the exam board's check is missing."),
            code="no-check",
            advice=N_("Enter it from the form ППЭ-03; the commission decides on it."),
        )
    return found
