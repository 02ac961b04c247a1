"""Readiness of the people: who has to be there.

Interpreters and assistants of the candidates (rule R10, own rule P08), the staff of the point and
of its rooms (P02), and who has come (P07).
"""

from collections.abc import Sequence

from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.domain.plan.checks.role_groups import APPEAL, ORGANISERS, nobody_as
from examday.domain.plan.day import DayPlan, SeatPlan
from examday.domain.plan.findings import (
    CandidateCode,
    Finding,
    Said,
    Word,
    idle,
    idle_own,
    judge,
    logins,
    own,
)

HARD_TO_HEAR = ("deaf", "hard_of_hearing")
"""Both categories get sound and, where needed, an interpreter [T]."""

_INTERPRETER = Said(
    N_("Room %(room)s: a sign interpreter is on duty."),
    N_("Room %(room)s: a sign interpreter is needed and none is on duty: %(candidates)s."),
    N_("Call an interpreter and give the duty in this room."),
)
_INTERPRETER_ASKED = Said(
    "",
    N_(
        "Room %(room)s: nobody wrote down whether these candidates need a sign interpreter, and none "
        "is on duty: %(candidates)s."
    ),
    N_("Ask the candidates; if one is needed, enter the need and give the duty in this room."),
)


def interpreters(day: DayPlan) -> list[Finding]:
    """R10: a sign interpreter where one is needed, for deaf as for hard of hearing.

    The duty may be in the room or for the whole point. Where no need is entered, a person asks.
    """
    found = []
    for number, seated in day.seated("sign_interpreter", *HARD_TO_HEAR).items():
        needing = [seat for seat in seated if "sign_interpreter" in seat.needs]
        found.append(
            judge(
                day.rules,
                "sign_interpreter",
                f"room:{number}",
                _served(day, Role.SIGN_INTERPRETER, needing or seated),
                _INTERPRETER if needing else _INTERPRETER_ASKED,
                soft=not needing,
                room=number,
                candidates=_codes(needing or seated),
            )
        )
    return found or [idle(day.rules, "sign_interpreter")]


_ASSISTANT = Said(
    N_("Room %(room)s: an assistant is on duty."),
    N_("Room %(room)s: an assistant is needed and none is on duty: %(candidates)s."),
    N_("Call an assistant who does not teach the subject and give the duty in this room."),
)


def assistants(day: DayPlan) -> list[Finding]:
    """P08: an assistant, in the room or for the whole point, where a candidate needs one."""
    return [
        own(
            "P08",
            f"room:{number}",
            _served(day, Role.ASSISTANT, seated),
            _ASSISTANT,
            room=number,
            candidates=_codes(seated),
        )
        for number, seated in day.seated("assistant").items()
    ] or [idle_own("P08")]


def _served(day: DayPlan, role: Role, seats: Sequence[SeatPlan]) -> bool:
    """Whether somebody of this role is on duty for each of these: at the exam, in the room."""
    there = {(duty.subject, duty.room) for duty in day.duties if duty.role == role}
    # Empty too, because an empty one is a duty at all exams of the day, or for the whole point.
    wanted = ({(s, r) for s in (seat.subject, "") for r in (seat.room, "")} for seat in seats)
    return all(there & each for each in wanted)


def _codes(seats: Sequence[SeatPlan]) -> tuple[CandidateCode, ...]:
    return tuple(CandidateCode(code) for code in sorted({seat.candidate for seat in seats}))


_STAFF = Said(
    N_("On duty: %(role)s."), N_("Not on duty: %(role)s."), N_("Give the duty to somebody.")
)
_NO_ORGANISERS = Said(
    "",
    N_("No organiser is on duty in any room."),
    N_("Give the duties: two organisers in each room are usual."),
)
_ROOM_STAFF = Said(
    N_("Room %(room)s: organisers on duty: %(count)s."),
    N_("Room %(room)s: organisers on duty: %(count)s, two are usual."),
    N_("Give the missing duty."),
)


def staff(day: DayPlan) -> list[Finding]:
    """P02: head of the point, technical specialist, medical worker; two organisers in each room."""
    found = [
        own(
            "P02",
            "point",
            bool(day.people(role)),
            _STAFF,
            # Without a head nobody can sign or seal; the others can be called during the morning.
            soft=role != Role.SITE_HEAD,
            cause=nobody_as(role),
            role=Word(ROLE_NAMES[role]),
        )
        for role in (Role.SITE_HEAD, Role.TECHNICAL_SPECIALIST, Role.MEDICAL_WORKER)
    ]
    if day.seats and not day.people(*ORGANISERS):
        return [*found, own("P02", "point", False, _NO_ORGANISERS, cause=nobody_as(*ORGANISERS))]
    for number in day.seated():
        count = len(
            {duty.person for duty in day.duties if duty.role in ORGANISERS and duty.room == number}
        )
        found.append(
            own(
                "P02",
                f"room:{number}",
                count >= 2,
                _ROOM_STAFF,
                soft=count == 1,
                # Where nobody is, nobody can copy either (R35): one cause.
                cause="" if count else f"organisers:{number}",
                room=number,
                count=count,
            )
        )
    return found


_HERE = Said(
    N_("Everybody on duty has come: %(count)s."),
    N_("Not come yet, %(role)s: %(people)s."),
    N_("Call them, or give the duty to somebody who is here; then mark who has come."),
)
_LATER = Said(N_("Who has come is marked on the exam day."), "", "")
INDISPENSABLE = frozenset({Role.SITE_HEAD, Role.EXAM_BOARD_MEMBER})
"""Without these nothing begins; anybody else can be replaced during the morning."""


def presence(day: DayPlan) -> list[Finding]:
    """P07: on the exam day, who is on duty and has not come, role by role."""
    duties = [duty for duty in day.duties if duty.role not in APPEAL]
    # On any other day nobody can have come yet.
    if day.today != day.date or not duties:
        return [own("P07", "point", True, _LATER)]
    absent: dict[str, set[str]] = {}
    for duty in duties:
        if not duty.present:
            absent.setdefault(duty.role, set()).add(duty.person)
    return [
        own(
            "P07",
            "person:",
            False,
            _HERE,
            soft=role not in INDISPENSABLE,
            role=Word(ROLE_NAMES[Role(role)]),
            people=logins(people),
        )
        for role, people in sorted(absent.items())
    ] or [own("P07", "point", True, _HERE, count=len({duty.person for duty in duties}))]


PEOPLE_CHECKS = (interpreters, assistants, staff, presence)
