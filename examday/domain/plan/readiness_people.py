"""Readiness of the people.

Interpreters, the commission, witnesses, signers and separation of duties (rules R10, R16–R18,
R29, R35; own rules P01–P05, P07).
"""

from collections.abc import Sequence

from examday.domain.custody.lifecycle import MEDIUM_NAMES, Medium
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.domain.plan.day import DayPlan, DutyPlan
from examday.domain.plan.findings import (
    NOT_NEEDED,
    Finding,
    Level,
    Said,
    Word,
    idle,
    joined,
    judge,
    own,
)
from examday.domain.rules.ruleset import SLOT_NAMES, SignerRule

BY_HAND = (Medium.ENLARGED, Medium.TYPED)
"""Media copied in the room, before witnesses."""
ORGANISERS = (Role.LEAD_ORGANISER, Role.ROOM_ORGANISER)
"""Both stay in the room through the exam."""
COPYING = (*ORGANISERS, Role.ASSISTANT, Role.BRAILLE_TRANSCRIBER)
WITNESSES = (Role.EXAM_BOARD_MEMBER, Role.PUBLIC_OBSERVER)
"""Both watch a transfer and neither may take part in it."""
BRAILLE_HEADS = (Role.BRAILLE_CHAIR, Role.BRAILLE_DEPUTY)
"""The deputy heads the commission when the chair is away."""
APPEAL = (Role.APPEAL_CHAIR, Role.APPEAL_DEPUTY, Role.APPEAL_SECRETARY, Role.APPEAL_MEMBER)
"""Members of the conflict commission; the operator only prepares files and is none of them."""

_INTERPRETER = Said(
    N_("Room %(room)s: a sign interpreter is on duty."),
    N_("Room %(room)s: %(count)s candidates need a sign interpreter, none is on duty."),
    N_("Call an interpreter and give the duty in this room."),
)


def interpreters(day: DayPlan) -> list[Finding]:
    """R10: a sign interpreter where one is needed (in the room, or for the whole point)."""
    rooms = {duty.room for duty in day.duties if duty.role == Role.SIGN_INTERPRETER}
    return [
        judge(
            day.rules,
            "sign_interpreter",
            f"room:{number}",
            # "" is a duty for the whole point.
            bool(rooms & {number, ""}),
            _INTERPRETER,
            room=number,
            count=len(seated),
        )
        for number, seated in day.seated("sign_interpreter").items()
    ] or [idle(day.rules, "sign_interpreter")]


_SIZE = Said(
    N_("Commission: %(there)s tiflo-translators for %(works)s works."),
    N_(
        "Commission: %(there)s tiflo-translators for %(works)s works, at least %(needed)s are needed."
    ),
    N_("Ask the regional authority for more translators; two per work is permitted."),
)
_CHAIR = Said(
    "",
    N_("The commission has no chair or deputy on duty."),
    N_("Give the duty; the chair distributes the works."),
)


def commission(day: DayPlan) -> list[Finding]:
    """R16: one translator per two works, and somebody who heads the commission."""
    works = len(day.works(Medium.BRAILLE))
    if not works:
        return [idle(day.rules, "works_per_translator")]
    there = len(day.people(Role.BRAILLE_TRANSCRIBER))
    per = day.rules.number("works_per_translator")
    # Rounded up: half a translator does not come.
    needed = -(-works // per) if per else 1
    found = [
        judge(
            day.rules,
            "works_per_translator",
            "point",
            there >= needed,
            _SIZE,
            there=there,
            works=works,
            needed=needed,
        )
    ]
    if not day.people(*BRAILLE_HEADS):
        found.append(judge(day.rules, "works_per_translator", "point", False, _CHAIR))
    return found


_WITNESS = Said(
    N_("On duty: %(role)s."),
    N_("Not on duty: %(role)s."),
    N_("Without this witness no work may be copied: call the regional authority."),
)
_OBSERVER_IF_ANY = Said(
    N_("On duty: %(role)s."),
    N_("Not on duty: %(role)s. The absence is recorded at each signature."),
    N_("Ask whether an observer is accredited; if not, the reason is written down when signing."),
)


def witnesses(day: DayPlan) -> list[Finding]:
    """Return the findings on the witnesses of the transfer (R17).

    The exam-board member, and the observer (required or «if any», by rule set), must be there for it.
    """
    if not any(day.works(medium) for medium in BY_HAND):
        return [idle(day.rules, "exam_board_member_at_transfer")]
    found = []
    for role, key in zip(
        WITNESSES, ("exam_board_member_at_transfer", "observer_at_transfer"), strict=True
    ):
        # Observers are volunteers: a point may have none, and the work must go on with the absence
        # recorded.
        if_any = day.rules.text(key) == "if_any"
        found.append(
            judge(
                day.rules,
                key,
                "point",
                bool(day.people(role)),
                _OBSERVER_IF_ANY if if_any else _WITNESS,
                soft=if_any,
                role=Word(ROLE_NAMES[role]),
            )
        )
    return found


_SIGNERS = Said(
    N_("%(medium)s: enough different people to sign."),
    N_("%(medium)s: nobody is left to sign as %(slots)s."),
    N_("Give the missing duty to one more person: nobody signs the same work twice."),
)


def signers(day: DayPlan) -> list[Finding]:
    """R18: for each medium in use, every demanded signature can be given by a person of its own."""
    found = [
        _signers_of(day, medium, demanded)
        for medium in (*BY_HAND, Medium.BRAILLE)
        if day.works(medium)
        and (demanded := [r for r in day.rules.signers(medium) if not r.absence_allowed])
    ]
    return found or [Finding("R18", Level.PASS, "point", NOT_NEEDED)]


def _signers_of(day: DayPlan, medium: Medium, demanded: Sequence[SignerRule]) -> Finding:
    missing = unfilled([(rule.slot, day.people(*rule.roles)) for rule in demanded])
    words: dict[str, object] = {
        "medium": Word(MEDIUM_NAMES[medium]),
        "slots": tuple(Word(SLOT_NAMES[slot]) for slot in missing),
    }
    return Finding(
        "R18",
        Level.FAIL if missing else Level.PASS,
        "point",
        _SIGNERS.bad if missing else _SIGNERS.good,
        words,
        demanded[0].source,
        _SIGNERS.advice if missing else "",
        demanded[0].confidence,
    )


# A matching and not a count: three people for three signatures are too few when two of them may
# fill the same slot only.
def unfilled(slots: Sequence[tuple[str, set[str]]]) -> list[str]:
    """Return the slots left empty when every person may fill one slot only.

    They are as few as possible (augmenting paths).
    """
    holder: dict[str, int] = {}

    def place(number: int, tried: set[str]) -> bool:
        for person in sorted(slots[number][1] - tried):
            tried.add(person)
            if person not in holder or place(holder[person], tried):
                holder[person] = number
                return True
        return False

    return [slot for number, (slot, _) in enumerate(slots) if not place(number, set())]


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
        judge(day.rules, "quorum", "point", not body & other, _BODY, people=joined(body & other))
    ]


_COPYING = Said(
    N_("Room %(room)s: %(people)s people may copy enlarged works."),
    N_("Room %(room)s: nobody on duty may copy enlarged works."),
    N_("Give a duty to one of: %(roles)s."),
)


def who_copies(day: DayPlan) -> list[Finding]:
    """Return the findings on who may copy A3 works (R35).

    Somebody whose role may transfer them must be on duty in the room (or for the whole point).
    """
    allowed = day.rules.words("transfer_roles")
    roles = {*allowed, *(ORGANISERS if Role.ROOM_ORGANISER in allowed else ())}
    rooms = sorted({seat.room for seat in day.works(Medium.ENLARGED)})
    found = []
    for number in rooms:
        people = {
            duty.person for duty in day.duties if duty.role in roles and duty.room in (number, "")
        }
        found.append(
            judge(
                day.rules,
                "transfer_roles",
                f"room:{number}",
                bool(people),
                _COPYING,
                room=number,
                people=len(people),
                roles=tuple(Word(ROLE_NAMES[Role(role)]) for role in allowed),
            )
        )
    return found or [idle(day.rules, "transfer_roles")]


_READERS = Said(
    N_("%(medium)s: %(there)s people can read, a second reader and a third person are there."),
    N_("%(medium)s: %(there)s people can read, at least %(needed)s are needed."),
    N_("Two people read each work apart, a third one settles the differences: give one more duty."),
)


def readers(day: DayPlan) -> list[Finding]:
    """P01: two blind readings and a third person who settles.

    For Braille the chair may be the third.
    """
    found = []
    for media, roles in (
        ((Medium.ENLARGED,), COPYING),
        ((Medium.TYPED,), COPYING),
        ((Medium.BRAILLE,), (Role.BRAILLE_TRANSCRIBER, *BRAILLE_HEADS)),
    ):
        if any(day.works(medium) for medium in media):
            there = len(day.people(*roles))
            found.append(
                own(
                    "P01",
                    "point",
                    # Two readers apart and a third who settles; less cannot finish a single work.
                    there >= 3,
                    _READERS,
                    medium=Word(MEDIUM_NAMES[media[0]]),
                    there=there,
                    needed=3,
                )
            )
    return found


_STAFF = Said(
    N_("On duty: %(role)s."), N_("Not on duty: %(role)s."), N_("Give the duty to somebody.")
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
            role=Word(ROLE_NAMES[role]),
        )
        for role in (Role.SITE_HEAD, Role.TECHNICAL_SPECIALIST, Role.MEDICAL_WORKER)
    ]
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
                room=number,
                count=count,
            )
        )
    return found


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
    return [own("P03", where, False, _TWO_ROOMS, person=person, rooms=joined(rooms))]


def _two_sides(person: str, duties: Sequence[DutyPlan]) -> list[Finding]:
    """The finding that somebody would copy and be a witness, or be two witnesses, if that is so."""
    roles, witnesses = {duty.role for duty in duties}, set(WITNESSES)
    if not (witnesses <= roles or (roles & witnesses and roles & set(COPYING))):
        return []
    names = tuple(Word(ROLE_NAMES[Role(role)]) for role in sorted(roles))
    return [own("P04", f"person:{person}", False, _BOTH, person=person, roles=names)]


def teachers(day: DayPlan) -> list[Finding]:
    """Return the findings on organisers and assistants who teach the subject examined (P05).

    The custom of the trade is that they do not, so each finding is a warning.
    """
    found = [
        own(
            "P05",
            f"person:{duty.person}",
            False,
            _TEACHER,
            soft=True,
            person=duty.person,
            subject=subject,
            room=duty.room,
        )
        for duty in day.duties
        if duty.role in (*ORGANISERS, Role.ASSISTANT)
        for subject in sorted(duty.teaches & _subjects(day, duty.subject, duty.room))
    ]
    return found or [own("P05", "point", True, _TEACHER)]


def _subjects(day: DayPlan, subject: str, room: str) -> set[str]:
    """What is examined where the duty is: its own subject, or all that are written in its room."""
    return {subject} if subject else {seat.subject for seat in day.seats if room in ("", seat.room)}


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
            people=joined(people),
        )
        for role, people in sorted(absent.items())
    ] or [own("P07", "point", True, _HERE, count=len({duty.person for duty in duties}))]


PEOPLE_CHECKS = (
    interpreters,
    commission,
    witnesses,
    signers,
    appeal_conflicts,
    who_copies,
    readers,
    staff,
    one_place,
    teachers,
    presence,
)
