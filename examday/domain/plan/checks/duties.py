"""Readiness of the duties: what one person may not do besides another thing.

Separation of duties (rule R29; own rules P03–P05).
"""

from collections.abc import Sequence

from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.domain.plan.checks.role_groups import APPEAL, COPYING, ORGANISERS, WITNESSES
from examday.domain.plan.day import DayPlan, DutyPlan
from examday.domain.plan.findings import (
    Finding,
    Login,
    Said,
    SubjectCode,
    Word,
    joined,
    judge,
    logins,
    own,
)

_BODY = Said(
    N_("No member of the appeals body works at this exam."),
    N_("In the appeals body and at this exam: %(people)s."),
    N_("Members of the appeals body take no part in the exam: give the duty to somebody else."),
)


def appeal_conflicts(day: DayPlan) -> list[Finding]:
    """Return the finding on people of the appeals body who have other duties (R29).

    None of them may organise or run this exam, be an exam-board member or mark works.
    """
    body = day.people(*APPEAL)
    other = {duty.person for duty in day.duties if duty.role not in (*APPEAL, Role.APPEAL_OPERATOR)}
    return [
        judge(day.rules, "quorum", "point", not body & other, _BODY, people=logins(body & other))
    ]


_TWO_ROOMS = Said(
    N_("Nobody has a duty in two rooms at once."),
    N_("%(person)s has duties in rooms %(rooms)s at once."),
    N_("Leave one of the duties."),
)
_BOTH = Said(
    N_("Nobody both copies and witnesses."),
    N_("%(person)s is to copy and to witness: %(roles)s."),
    N_("Who copies cannot be exam-board member or observer: leave one of the duties."),
)
_TEACHER = Said(
    N_("Nobody works in a room where their own subject is examined."),
    N_("%(person)s teaches subject %(subject)s and is on duty at this exam in room %(room)s."),
    N_("Give this duty to somebody who does not teach the subject."),
)


_TEACHER_ANYWHERE = Said(
    "",
    N_("%(person)s teaches subject %(subject)s and is on duty at this exam for the whole point."),
    N_("Give this duty to somebody who does not teach the subject, or name a room of another one."),
)


def one_place(day: DayPlan) -> list[Finding]:
    """P03: no organiser or assistant in two rooms; P04: who copies is no witness."""
    found = []
    for person in sorted({duty.person for duty in day.duties}):
        mine = [duty for duty in day.duties if duty.person == person]
        found += [*_two_rooms(person, mine), *_two_sides(person, mine)]
    rules = {row.rule for row in found}
    if "P03" not in rules:
        found.append(own("P03", "point", True, _TWO_ROOMS))
    if "P04" not in rules:
        found.append(own("P04", "point", True, _BOTH))
    return found


def _two_rooms(person: str, duties: Sequence[DutyPlan]) -> list[Finding]:
    """The finding that somebody is needed in two rooms at once, if that is so."""
    # Others go from room to room by duty: interpreters, technicians, medical workers.
    staying = (*ORGANISERS, Role.ASSISTANT)
    rooms = {duty.room for duty in duties if duty.room and duty.role in staying}
    if len(rooms) < 2:
        return []
    where = f"person:{person}"
    return [own("P03", where, False, _TWO_ROOMS, person=Login(person), rooms=joined(rooms))]


def _two_sides(person: str, duties: Sequence[DutyPlan]) -> list[Finding]:
    """The finding that somebody would copy and be a witness, or be two witnesses, if that is so."""
    roles, witnesses = {duty.role for duty in duties}, set(WITNESSES)
    if not (witnesses <= roles or (roles & witnesses and roles & set(COPYING))):
        return []
    names = tuple(Word(ROLE_NAMES[Role(role)]) for role in sorted(roles))
    return [own("P04", f"person:{person}", False, _BOTH, person=Login(person), roles=names)]


def teachers(day: DayPlan) -> list[Finding]:
    """Return the findings on organisers and assistants who teach the subject examined (P05).

    The custom of the trade is that they do not, so each finding is a warning.
    """
    # Once, because two exams of one subject, ЕГЭ and ГВЭ, are one matter for the person and the
    # room.
    where = dict.fromkeys(
        (duty.person, subject, duty.room)
        for duty in day.duties
        if duty.role in (*ORGANISERS, Role.ASSISTANT)
        for subject in sorted(duty.teaches & _subjects(day, duty.subject, duty.room))
    )
    found = [
        own(
            "P05",
            f"person:{person}",
            False,
            _TEACHER if room else _TEACHER_ANYWHERE,
            soft=True,
            person=Login(person),
            subject=SubjectCode(subject),
            room=room,
        )
        for person, subject, room in where
    ]
    return found or [own("P05", "point", True, _TEACHER)]


def _subjects(day: DayPlan, subject: str, room: str) -> set[str]:
    """What is examined where the duty is: its own subject, or all that are written in its room."""
    return {subject} if subject else {seat.subject for seat in day.seats if room in ("", seat.room)}


DUTY_CHECKS = (appeal_conflicts, one_place, teachers)
