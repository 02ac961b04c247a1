"""The hearing: appointment, attendance with conflicts of interest from the records, opening,
votes."""

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import select

from examday.domain.appeals import case
from examday.domain.appeals import hearing as rules
from examday.domain.appeals.hearing import Capacity, Outcome, Past
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.transfer.readings import Source, marks_content
from examday.services.appeals.cases import (
    calendar_of,
    day_of,
    latest_hearing,
    move_case,
    rules_of,
)
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Duty, Person, PersonRole, Reading, Signoff
from examday.storage.tables_appeal import Appeal, Attendance, CaseVote, Hearing, OwnWork

ORGANISING = {
    Role.SITE_HEAD,
    Role.LEAD_ORGANISER,
    Role.ROOM_ORGANISER,
    Role.CORRIDOR_ORGANISER,
    Role.TECHNICAL_SPECIALIST,
    Role.ASSISTANT,
}


def schedule(uow: UnitOfWork, appeal_id: str, at: dt.datetime, place: str, form: str) -> Hearing:
    """Appoint (or appoint anew) the hearing: within the term, with notice in time; the notice
    counts from today."""
    appeal = uow.hold(Appeal, appeal_id)
    day, now = uow.local(at).date(), uow.today()
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


def past_of(uow: UnitOfWork, person_id: str, appeal: Appeal) -> Past:
    """What the records say this person did in the disputed exam and work."""
    roles = set(
        uow.session.scalars(select(PersonRole.role).where(PersonRole.person_id == person_id))
    )
    duties = set(
        uow.session.scalars(
            select(Duty.role).where(Duty.exam_id == appeal.exam_id, Duty.person_id == person_id)
        )
    )
    return Past(
        bool(duties & ORGANISING),
        _transferred(uow, person_id, appeal.booklet_id),
        _marked(uow, person_id, appeal.booklet_id),
        Role.EXAM_BOARD_MEMBER in roles,
        Role.SUBJECT_EXPERT in roles,
        False,
    )


def _transferred(uow: UnitOfWork, person_id: str, booklet_id: str) -> bool:
    """Had the person any part in the transfer? What was read at a hearing or came from the centre
    is none."""
    by_person = (
        select(Assignment.id).where(
            Assignment.booklet_id == booklet_id, Assignment.person_id == person_id
        ),
        select(Reading.id).where(
            Reading.booklet_id == booklet_id,
            Reading.person_id == person_id,
            Reading.source.not_like("hearing:%"),
            Reading.source.not_in((Source.RECOGNISED, Source.MARKS)),
        ),
        select(Signoff.id).where(Signoff.booklet_id == booklet_id, Signoff.person_id == person_id),
    )
    return any(uow.session.scalars(query).first() for query in by_person)


def _marked(uow: UnitOfWork, person_id: str, booklet_id: str) -> bool:
    """Did the person mark the work as an expert?"""
    marks = uow.session.scalars(
        select(Reading).where(Reading.booklet_id == booklet_id, Reading.source == Source.MARKS)
    )
    return any(person_id in marks_content(row.content).get("experts", []) for row in marks)


def attend(
    uow: UnitOfWork,
    appeal_id: str,
    capacity: Capacity,
    person_id: str | None = None,
    name: str = "",
    related: bool = False,
) -> Attendance:
    """Record who has come, in what capacity. A person of the system is checked against the
    records; a stranger who would advise or decide must be of the system, so that the records can
    speak."""
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    meeting = _open_for_attendance(uow, appeal)
    if person_id:
        _check_comes(uow, appeal, meeting, person_id, capacity, related)
    elif capacity in rules.VOTING or capacity is Capacity.SECRETARY or not name.strip():
        raise Invalid(
            N_(
                "Members and the secretary are chosen from the staff list; everybody else needs a name."
            ),
            code="attendance",
            advice=N_("Choose the person, or enter the name."),
        )
    row = uow.add(
        Attendance(
            hearing_id=meeting.id,
            person_id=person_id,
            name=name.strip(),
            capacity=capacity,
            at=uow.now(),
        )
    )
    uow.record(
        Event.APPEAL_ATTEND, f"appeal:{appeal.id}", capacity=capacity, person=person_id or "named"
    )
    return row


def _check_comes(
    uow: UnitOfWork,
    appeal: Appeal,
    meeting: Hearing,
    person_id: str,
    capacity: Capacity,
    related: bool,
) -> None:
    """Conflict when the person is here already or the records speak against the capacity; Invalid
    without the office."""
    if person_id in {row.person_id for row in attendance(uow, meeting)}:
        raise Conflict(
            N_("This person is recorded as present already."),
            code="present",
            advice=N_("Look at the list above the form."),
        )
    past = past_of(uow, uow.get(Person, person_id).id, appeal)
    rules.check_attendance(capacity, replace(past, related=related))
    _check_office(uow, person_id, capacity)


def _open_for_attendance(uow: UnitOfWork, appeal: Appeal) -> Hearing:
    meeting = latest_hearing(uow, appeal)
    if meeting is None or appeal.state not in (case.CaseState.SCHEDULED, case.CaseState.HEARING):
        raise Conflict(
            N_("No hearing is appointed for this case."),
            code="no-hearing",
            advice=N_("Appoint the hearing first."),
        )
    return meeting


def _check_office(uow: UnitOfWork, person_id: str, capacity: Capacity) -> None:
    wanted = {
        Capacity.CHAIR: {Role.APPEAL_CHAIR, Role.APPEAL_DEPUTY},
        Capacity.MEMBER: rules.member_roles(),
        Capacity.SECRETARY: {Role.APPEAL_SECRETARY},
        Capacity.TRANSCRIBER: {Role.BRAILLE_TRANSCRIBER},
        Capacity.SIGN_INTERPRETER: {Role.SIGN_INTERPRETER},
        Capacity.EXPERT: {Role.SUBJECT_EXPERT},
    }
    held = set(
        uow.session.scalars(select(PersonRole.role).where(PersonRole.person_id == person_id))
    )
    if capacity in wanted and not held & {str(role) for role in wanted[capacity]}:
        raise Invalid(
            N_("This person does not hold the office of %(capacity)s."),
            code="office",
            advice=N_("Choose another person, or correct the roles in the staff list."),
            params={"capacity": rules.CAPACITY_NAMES[capacity]},
        )


@dataclass(frozen=True)
class Sitting:
    """The appointment that counts, who came, whether the works are known, the votes; `called`: who
    must or may be called for this appellant."""

    hearing: Hearing | None
    attendance: list[Attendance]
    own_work: OwnWork | None
    votes: list[CaseVote]
    called: tuple[rules.Required, ...]


def sitting(uow: UnitOfWork, appeal: Appeal) -> Sitting:
    """The hearing of an appeal with everything that was recorded of it."""
    meeting = latest_hearing(uow, appeal)
    called = rules.required(rules_of(appeal), appeal.booklet.seat.candidate.needs)
    if meeting is None:
        return Sitting(None, [], None, [], called)
    own = uow.session.scalars(select(OwnWork).where(OwnWork.hearing_id == meeting.id)).first()
    return Sitting(meeting, attendance(uow, meeting), own, votes(uow, meeting), called)


def attendance(uow: UnitOfWork, meeting: Hearing) -> list[Attendance]:
    """Everybody recorded for this hearing, in order of arrival."""
    return list(
        uow.session.scalars(
            select(Attendance).where(Attendance.hearing_id == meeting.id).order_by(Attendance.at)
        )
    )


def members_of(uow: UnitOfWork) -> list[Person]:
    """All members of the commission who are not barred from logging in."""
    holders = select(PersonRole.person_id).where(
        PersonRole.role.in_([str(role) for role in rules.member_roles()])
    )
    found = uow.session.scalars(
        select(Person).where(Person.id.in_(holders), Person.disabled.is_(False))
    )
    return sorted(found, key=lambda person: person.name)


def open_hearing(uow: UnitOfWork, appeal_id: str) -> Appeal:
    """Open the hearing on its day: quorum, one chair, and those who must be called for this
    appellant."""
    appeal = uow.hold(Appeal, appeal_id)
    meeting = _open_for_attendance(uow, appeal)
    case.check_hearing_day(day_of(uow, meeting), uow.today(), appeal.exam.training)
    here = [Capacity(row.capacity) for row in attendance(uow, meeting)]
    rules.check_opening(
        rules_of(appeal),
        len(members_of(uow)),
        here,
        appeal.booklet.seat.candidate.needs,
        Capacity.APPELLANT in here,
    )
    return move_case(uow, appeal, "open", present=len(here), members=len(members_of(uow)))


def confirm_own(uow: UnitOfWork, appeal_id: str, answer: str, way: str, note: str = "") -> OwnWork:
    """Record whether the appellant confirms that the works shown are his: `answer` yes, no,
    absent; `way` print, read_aloud, braille. A blind appellant cannot confirm a print image (drawn
    from the rules of the hearing)."""
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    meeting = _open_for_attendance(uow, appeal)
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


def vote(
    uow: UnitOfWork, appeal_id: str, person_id: str, outcome: Outcome, dissent: str = ""
) -> CaseVote:
    """Record the vote of one member who is present; a dissenting opinion goes into the protocol."""
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    meeting = _open_for_attendance(uow, appeal)
    if appeal.state != case.CaseState.HEARING:
        raise Conflict(
            N_("The hearing is not open."), code="not-open", advice=N_("Open the hearing first.")
        )
    present = {row.person_id: Capacity(row.capacity) for row in attendance(uow, meeting)}
    if present.get(person_id) not in rules.VOTING:
        raise Conflict(
            N_("Only members who are present vote."),
            code="not-present",
            advice=N_("Record the attendance first."),
        )
    row = uow.add(
        CaseVote(
            hearing_id=meeting.id,
            person_id=person_id,
            outcome=outcome,
            dissent=dissent.strip(),
            at=uow.now(),
        )
    )
    uow.record(
        Event.APPEAL_VOTE,
        f"appeal:{appeal.id}",
        person=person_id,
        outcome=outcome,
        dissent=bool(dissent.strip()),
    )
    return row


def votes(uow: UnitOfWork, meeting: Hearing) -> list[CaseVote]:
    """The votes cast so far."""
    return list(
        uow.session.scalars(
            select(CaseVote).where(CaseVote.hearing_id == meeting.id).order_by(CaseVote.at)
        )
    )


def result(uow: UnitOfWork, meeting: Hearing) -> Outcome:
    """The decision by vote; all members present must have voted."""
    present = {row.person_id: Capacity(row.capacity) for row in attendance(uow, meeting)}
    cast = votes(uow, meeting)
    waiting = {p for p, c in present.items() if c in rules.VOTING} - {row.person_id for row in cast}
    if waiting:
        raise Conflict(
            N_("Not every member present has voted."),
            code="votes-missing",
            advice=N_("Record the missing votes."),
        )
    return rules.count_votes(
        rules.Vote(row.person_id, Outcome(row.outcome), present[row.person_id] is Capacity.CHAIR)
        for row in cast
    )
