"""The appellant's confirmation that the works shown are his own."""

from sqlalchemy import select

from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.appeals.hearing.appointments import appointed
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, Hearing, OwnWork


def confirm_own(uow: UnitOfWork, appeal_id: str, answer: str, way: str, note: str = "") -> OwnWork:
    """Record whether the appellant confirms that the works shown are his.

    `answer`: yes, no, absent; `way`: print, read_aloud, braille. Invalid for other values, for a
    printed image shown to a blind appellant, or for a «no» without a note.
    """
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    meeting = appointed(uow, appeal)
    # Without sight a printed image confirms nothing: read-aloud or the Braille original is needed
    # (domain.md 10.2).
    blind = bool({"blind", "braille"} & set(appeal.booklet.seat.candidate.needs))
    _check_own_work(answer, way, note, blind)
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


def _check_own_work(answer: str, way: str, note: str, blind: bool) -> None:
    """Refuse an answer that cannot be what was said at the hearing."""
    if answer not in ("yes", "no", "absent") or way not in ("print", "read_aloud", "braille"):
        raise Invalid()
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


def own_work_of(uow: UnitOfWork, meeting: Hearing) -> OwnWork | None:
    """Return what was recorded at this hearing; None before that."""
    return uow.session.scalars(select(OwnWork).where(OwnWork.hearing_id == meeting.id)).first()
