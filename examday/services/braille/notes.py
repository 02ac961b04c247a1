"""Notes of the tiflo-translator commission: working time, incidents, refusals."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.braille import commission as rules
from examday.domain.errors import Invalid
from examday.domain.events import commission_event
from examday.domain.messages import N_
from examday.services.braille import commission
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person
from examday.storage.tables_braille import CommissionNote


def record_refusal(
    uow: UnitOfWork,
    booklet_id: str,
    part: str,
    person_id: str,
    reason: str,
) -> CommissionNote:
    """Record that a work was not given out by the rule of distribution, and why (a msgid)."""
    require(uow, "braille.lead")
    return keep(uow, "refused", person_id, "", booklet_id, facts={"part": part, "reason": reason})


@dataclass(frozen=True)
class Attendance:
    """What became of «come» or «go» of one person."""

    person: Person
    recorded: bool
    """False where it was so already: a button pressed twice, or by the chair and by the person."""
    since: dt.datetime | None
    """Since when the person had been here, by the clock of the point; None for whoever was not."""
    ended: bool = True
    """False where the going was said so late that nobody knows when it was."""


def attend(uow: UnitOfWork, kind: str, person_id: str) -> Attendance:
    """Record that somebody has come or gone.

    People enter their own coming and going; for others the chair does.
    """
    if kind not in commission.ATTENDANCE:
        raise Invalid()
    require(uow, "braille.desk" if person_id == uow.actor.person_id else "braille.lead")
    # Held, so that of two who say the same at once the later one sees it.
    person = uow.hold(Person, person_id)
    since = _here_since(uow, person_id)
    # On a later day somebody comes anew; going ends the stay whenever it began.
    here = since is not None and (kind == "go" or since.date() == uow.today())
    recorded = here == (kind == "go")
    if recorded:
        keep(uow, kind, person_id, "")
    late = since is not None and not rules.tells_the_end(since, uow.local(uow.now()))
    return Attendance(person, recorded, since, ended=not late)


def _here_since(uow: UnitOfWork, person_id: str) -> dt.datetime | None:
    """Return since when a person is here; None after going, and for whoever never came."""
    said = select(CommissionNote).where(
        CommissionNote.person_id == person_id, CommissionNote.kind.in_(commission.ATTENDANCE)
    )
    stay: dt.datetime | None = None
    # The newest first, up to the last «go»: entries of earlier versions may repeat «come».
    for one in uow.session.scalars(said.order_by(CommissionNote.at.desc())):
        at = uow.local(one.at)
        if one.kind == "go" or (stay is not None and at.date() < stay.date()):
            break
        stay = at
    return stay


def incident(uow: UnitOfWork, text: str, booklet_id: str | None = None) -> CommissionNote:
    """Record an incident in words; Invalid without them."""
    require(uow, "braille.desk")
    if not text.strip():
        raise Invalid(
            N_("Say what happened."),
            code="text",
            field="text",
            advice=N_("One sentence is enough."),
        )
    return keep(uow, "incident", None, text, booklet_id)


def keep(
    uow: UnitOfWork,
    kind: str,
    person_id: str | None,
    text: str,
    booklet_id: str | None = None,
    consent: str | None = None,
    facts: dict[str, str] | None = None,
) -> CommissionNote:
    """Add a note of any kind and its entry in the ledger."""
    row = uow.add(
        CommissionNote(
            kind=kind,
            person_id=person_id,
            booklet_id=booklet_id,
            text=text.strip(),
            recorded_by=uow.actor.person_id,
            consent_by=consent,
            facts=facts or {},
            at=uow.now(),
        )
    )
    uow.session.flush()
    uow.record(
        commission_event(kind),
        f"commission:{row.id}",
        person=person_id or "",
        booklet=booklet_id or "",
    )
    return row
