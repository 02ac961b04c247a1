"""Readiness of the transfer: who reads, copies, watches and signs.

The commission, witnesses, signers and those who copy (rules R16–R18, R35; own rule P01).
"""

from collections.abc import Iterator, Sequence

from examday.domain.custody.lifecycle import MEDIUM_NAMES, Medium
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.domain.plan.checks.role_groups import (
    BRAILLE_HEADS,
    BY_HAND,
    COPYING,
    ORGANISERS,
    WITNESSES,
    nobody_as,
)
from examday.domain.plan.day import DayPlan
from examday.domain.plan.findings import (
    Finding,
    Level,
    Said,
    Word,
    idle,
    idle_own,
    judge,
    own,
)
from examday.domain.rules.ruleset import SLOT_NAMES, SignerRule

READERS_NEEDED = 3
"""Two readers apart and a third who settles; less cannot finish a single work."""
BRAILLE_READERS = (Role.BRAILLE_TRANSCRIBER, *BRAILLE_HEADS)
"""The chair may be the third reader, so counts here: two translators and a chair are enough."""

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
    works = len(day.read_here(Medium.BRAILLE))
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
            cause=nobody_as(Role.BRAILLE_TRANSCRIBER),
            there=there,
            works=works,
            needed=needed,
        )
    ]
    if not day.people(*BRAILLE_HEADS):
        found.append(
            judge(
                day.rules,
                "works_per_translator",
                "point",
                False,
                _CHAIR,
                cause=nobody_as(*BRAILLE_HEADS),
            )
        )
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
                cause=nobody_as(role),
                role=Word(ROLE_NAMES[role]),
            )
        )
    return found


_SIGNERS = Said(
    N_("%(medium)s: enough different people to sign."),
    N_("%(medium)s: nobody is left to sign as %(slots)s."),
    N_("Give the missing duty to one more person: nobody signs the same work twice."),
)
_SIGNERS_BY_FIRST = Said(
    "",
    N_(
        "%(medium)s: by the commissioning text only %(roles)s sign as %(slots)s, and none of them is "
        "left. A later text lets others sign, but it is not confirmed."
    ),
    N_("Give the duty to one more of them, or ask the regional authority who signs."),
)


def signers(day: DayPlan) -> list[Finding]:
    """R18: for each medium in use, every demanded signature can be given by a person of its own."""
    found = [
        finding
        for medium in (*BY_HAND, Medium.BRAILLE)
        if day.read_here(medium)
        and (demanded := [r for r in day.rules.signers(medium) if not r.absence_allowed])
        for finding in _signers_of(day, medium, demanded)
    ]
    return found or [idle_own("R18")]


def _signers_of(day: DayPlan, medium: Medium, demanded: Sequence[SignerRule]) -> Iterator[Finding]:
    """One finding for each signature that nobody is left for; else one that all can be given."""
    missing = _left_empty(day, demanded)
    for rule in missing:
        yield _signers_finding(day, medium, rule, _SIGNERS, Level.FAIL)
    if missing:
        return
    texts = {r.slot: day.rules.commissioned_signer(medium, r) for r in demanded}
    stricter = _left_empty(day, [texts[rule.slot] or rule for rule in demanded])
    for rule in stricter:
        yield _signers_finding(day, medium, rule, _SIGNERS_BY_FIRST, Level.WARN)
    if not stricter:
        yield _signers_finding(day, medium, demanded[0], _SIGNERS, Level.PASS)


def _left_empty(day: DayPlan, demanded: Sequence[SignerRule]) -> list[SignerRule]:
    empty = unfilled([(rule.slot, day.people(*rule.roles)) for rule in demanded])
    return [rule for rule in demanded if rule.slot in empty]


def _signers_finding(
    day: DayPlan,
    medium: Medium,
    rule: SignerRule,
    said: Said,
    level: Level,
) -> Finding:
    passed = level is Level.PASS
    return Finding(
        "R18",
        level,
        "point",
        said.good if passed else said.bad,
        {
            "medium": Word(MEDIUM_NAMES[medium]),
            "slots": Word(SLOT_NAMES[rule.slot]),
            "roles": tuple(Word(ROLE_NAMES[role]) for role in rule.roles),
        },
        rule.source,
        "" if passed else said.advice,
        rule.confidence,
        cause="" if passed else _cause_of_unsigned(day, medium, rule),
    )


def _cause_of_unsigned(day: DayPlan, medium: Medium, rule: SignerRule) -> str:
    """Which duty is missing when nobody is left to sign."""
    if not day.people(*rule.roles):
        return nobody_as(*(ORGANISERS if ORGANISERS[0] in rule.roles else rule.roles))
    few = medium is Medium.BRAILLE and len(day.people(*BRAILLE_READERS)) < READERS_NEEDED
    # Else somebody with the duty is there and has to sign elsewhere: a cause of its own.
    return _cause_of_few(day, BRAILLE_READERS) if few else ""


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
                cause=f"organisers:{number}" if day.people(*roles) else nobody_as(*COPYING),
                room=number,
                people=len(people),
                roles=tuple(Word(ROLE_NAMES[Role(role)]) for role in allowed),
            )
        )
    return found or [idle(day.rules, "transfer_roles")]


_READERS = Said(
    N_("%(media)s: %(there)s people can read, a second reader and a third person are there."),
    N_("%(media)s: %(there)s people can read, at least %(needed)s are needed."),
    N_("Two people read each work apart, a third one settles the differences: give one more duty."),
)


def readers(day: DayPlan) -> list[Finding]:
    """P01: two blind readings and a third person who settles.

    For Braille the chair may be the third.
    """
    return [
        own(
            "P01",
            "point",
            len(day.people(*roles)) >= READERS_NEEDED,
            _READERS,
            cause=_cause_of_few(day, roles),
            media=tuple(Word(MEDIUM_NAMES[medium]) for medium in used),
            there=len(day.people(*roles)),
            needed=READERS_NEEDED,
        )
        for media, roles in (
            (BY_HAND, COPYING),
            ((Medium.BRAILLE,), BRAILLE_READERS),
        )
        if (used := [medium for medium in media if day.read_here(medium)])
    ]


def _cause_of_few(day: DayPlan, roles: Sequence[Role]) -> str:
    """Which duty is missing when there are too few readers; "" when it is no single one."""
    if Role.BRAILLE_CHAIR not in roles:
        return "" if day.people(*roles) else nobody_as(*COPYING)
    # With two translators there it is the head who is missing: another person has to be called.
    headless = len(day.people(Role.BRAILLE_TRANSCRIBER)) >= READERS_NEEDED - 1
    return nobody_as(*BRAILLE_HEADS) if headless else nobody_as(Role.BRAILLE_TRANSCRIBER)


TRANSFER_CHECKS = (commission, witnesses, signers, who_copies, readers)
