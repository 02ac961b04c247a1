"""The appellant's confirmation that the works shown are his own."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.hearing import Capacity
from examday.domain.appeals.notes import Corrected
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.appeals.cases import needs_of
from examday.services.appeals.hearing.appointments import appointed
from examday.services.appeals.hearing.corrected import corrections
from examday.services.appeals.hearing.presence import attendance
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, CaseNote, Hearing, OwnWork


@dataclass(frozen=True)
class Recognised:
    """What the appellant said of the works, as it stands after its corrections."""

    id: str
    answer: str
    way: str
    note: str
    at: dt.datetime
    corrections: tuple[CaseNote, ...] = ()


def confirm_own(
    uow: UnitOfWork,
    appeal_id: str,
    answer: str,
    way: str,
    note: str = "",
) -> OwnWork:
    """Record whether the appellant confirms that the works shown are his.

    `answer`: yes, no, absent; `way`: print, read_aloud, braille. Invalid for other values, for a
    printed image shown to a blind appellant, or for a «no» without a note. Conflict before the
    hearing is open and when it was recorded already.
    """
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    meeting = appointed(uow, appeal)
    if appeal.state != CaseState.HEARING:
        raise Conflict(
            N_("The hearing is not open."), code="not-open", advice=N_("Open the hearing first.")
        )
    if own_work_of(uow, appeal, meeting) is not None:
        raise Conflict(
            N_("The appellant's answer is recorded already."),
            code="own-work-known",
            advice=N_("A wrongly entered answer is corrected with its reason; both stay visible."),
        )
    check_own_work(uow, appeal, answer, way, note)
    row = uow.add(
        OwnWork(
            hearing_id=meeting.id,
            answer=answer,
            way=way,
            note=note.strip(),
            person_id=uow.actor.person_id,
            at=uow.now(),
        )
    )
    uow.record(Event.APPEAL_OWN_WORK, f"appeal:{appeal.id}", answer=answer, way=way)
    return row


def check_own_work(
    uow: UnitOfWork,
    appeal: Appeal,
    answer: str,
    way: str,
    note: str,
) -> None:
    """Refuse an answer that cannot be what was said at the hearing."""
    shown = way in ("print", "read_aloud", "braille")
    # Without sight a printed image confirms nothing: read-aloud or the Braille original is needed
    # (domain.md 10.2).
    blind = bool({"blind", "braille"} & needs_of(appeal))
    # Nothing was shown to somebody who did not come, so no way of showing is asked for.
    if answer not in ("yes", "no", "absent") or not (shown or answer == "absent"):
        raise Invalid(
            N_("Say what the appellant answered and how the works were shown."),
            code="own-work-answer",
            advice=N_("Choose one of each; nothing is chosen beforehand."),
        )
    check_came(uow, appeal, answer)
    if answer == "yes" and blind and way == "print":
        raise Invalid(
            N_("A blind appellant cannot confirm a printed image."),
            code="blind-print",
            advice=N_("Read the work aloud or show the Braille original, and record that way."),
        )
    if answer == "no" and not note.strip():
        raise Invalid(
            N_("Say which work the appellant does not recognise."),
            code="own-work-note",
            advice=N_("Enter it in the note; the hearing goes on."),
        )


def check_came(uow: UnitOfWork, appeal: Appeal, answer: str) -> None:
    """Conflict when the answer and the list of those present contradict each other.

    Asked with the answer, and again at the decision: the list may have been corrected meanwhile.
    """
    present = {row.capacity for row in attendance(uow, appeal, appointed(uow, appeal))}
    came = bool(present & {Capacity.APPELLANT, Capacity.GUARDIAN})
    if came is (answer != "absent"):
        return
    message = (
        N_("The appellant or a representative is recorded as present, but not as having answered.")
        if came
        else N_("Neither the appellant nor a representative is recorded as present.")
    )
    raise Conflict(
        message,
        code="own-work-presence",
        advice=N_("Correct the answer, or the list of those present."),
    )


def own_work_of(uow: UnitOfWork, appeal: Appeal, meeting: Hearing) -> Recognised | None:
    """Return what was recorded at this hearing, after its corrections; None before that."""
    row = uow.session.scalars(select(OwnWork).where(OwnWork.hearing_id == meeting.id)).first()
    if row is None:
        return None
    notes = corrections(uow, appeal, Corrected.OWN_WORK).get(row.id, ())
    said = {"answer": row.answer, "way": row.way, "note": row.note}
    now = notes[-1].facts["after"] if notes else said
    return Recognised(row.id, now["answer"], now["way"], now["note"], row.at, notes)
