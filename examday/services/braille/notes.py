"""Notes of the tiflo-translator commission: working time, incidents, refusals, suspension."""

from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Forbidden, Invalid
from examday.domain.events import Event, commission_event
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.transfer.duties import FIRST, PART_RULES, SECOND
from examday.services.braille import eligibility
from examday.services.custody.booklets import require
from examday.services.people.log_in import check_secret
from examday.services.transfer.hands import done_by
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet, Person
from examday.storage.tables_braille import CommissionNote


def refused(
    uow: UnitOfWork, booklet_id: str, part: str, person_id: str, reason: str
) -> CommissionNote:
    """Keep that a work was not given out by the rule of distribution: to whom, as what, why (a
    msgid), by whom."""
    require(uow, "braille.lead")
    return _note(uow, "refused", person_id, "", booklet_id, facts={"part": part, "reason": reason})


def note(
    uow: UnitOfWork,
    kind: str,
    person_id: str | None = None,
    text: str = "",
    booklet_id: str | None = None,
) -> CommissionNote:
    """Come, go (of oneself, or by the chair for somebody), or an incident in words."""
    own = person_id == uow.actor.person_id
    if kind not in ("come", "go", "incident"):
        raise Invalid()
    require(uow, "braille.desk" if own or kind == "incident" else "braille.lead")
    if kind == "incident" and not text.strip():
        raise Invalid(
            N_("Say what happened."),
            code="text",
            field="text",
            advice=N_("One sentence is enough."),
        )
    return _note(uow, kind, person_id, text, booklet_id)


def _note(
    uow: UnitOfWork,
    kind: str,
    person_id: str | None,
    text: str,
    booklet_id: str | None = None,
    consent: str | None = None,
    facts: dict[str, str] | None = None,
) -> CommissionNote:
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


def suspend(
    uow: UnitOfWork, person_id: str, reason: str, consent_id: str, secret: str, resume: bool = False
) -> CommissionNote:
    """The chair takes a translator off work in a conflict situation, with consent of an exam-board
    member who signs with the own secret ([12]); and back on. What a suspended translator holds and
    has not handed in is free again."""
    consenting = check_secret(uow, consent_id, secret)
    require(uow, "braille.lead")
    if Role.EXAM_BOARD_MEMBER not in {Role(row.role) for row in consenting.roles}:
        raise Forbidden(
            N_("An exam-board member must consent."), code="consent", field="consent_id"
        )
    if not reason.strip():
        raise Invalid(
            N_("A suspension needs its reason."),
            code="reason",
            field="reason",
            advice=N_("Say what the conflict is."),
        )
    uow.get(Person, person_id)
    if not resume:
        _free(uow, person_id)
    return _note(uow, "resume" if resume else "suspend", person_id, reason, consent=consenting.id)


def _free(uow: UnitOfWork, person_id: str) -> None:
    """Give back what the person holds and has not handed in."""
    mine = (Assignment.person_id == person_id, Assignment.part.in_(eligibility.TRANSCRIBING))
    uow.hold_all(Booklet, uow.session.scalars(select(Assignment.booklet_id).where(*mine)))
    for row in list(uow.session.scalars(select(Assignment).where(*mine))):
        booklet = uow.get(Booklet, row.booklet_id)
        if _in_hand(uow, booklet, row):
            uow.session.delete(row)
            uow.record(
                Event.PART_RELEASE,
                f"booklet:{booklet.id}",
                part=row.part,
                version=row.version,
                person=person_id,
            )


def _in_hand(uow: UnitOfWork, booklet: Booklet, row: Assignment) -> bool:
    """Is this part of the present version still to be done, with nothing handed in?"""
    if booklet.medium != Medium.BRAILLE or booklet.version != row.version:
        return False
    if booklet.state not in (State.COLLECTED, PART_RULES[row.part].state):
        return False
    return row.part not in (FIRST, SECOND) or row.person_id not in done_by(uow, booklet)[row.part]
