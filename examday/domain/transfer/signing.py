"""«Копия верна»: the signatures of a work.

Which a work needs, who may give each, what exactly is signed, and how it is read back.

Rules R17 and R18: the organiser (later the assistant) who copied the answers writes «Копия верна»
and signs; an exam-board member and an observer witness it. That the three are different people
follows from the commissioning text, which needs three kinds of people in one room. A signature is
bound to the digest of the content it was given on.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from examday.domain.errors import Conflict, Forbidden, Invalid, SamePerson, Stale
from examday.domain.identity import clean
from examday.domain.ledger import digest
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.rules.ruleset import SLOT_NAMES, SignerRule
from examday.domain.transfer.answers import Mark, Value, count_replacements
from examday.domain.transfer.duties import PART_NAMES
from examday.domain.transfer.fields import is_long, is_short
from examday.domain.transfer.readings import ValueData

COPIER_SLOTS = frozenset({"transferrer", "translator"})
"""Slots of the person who made the copy. All others are witnesses, so must have had no part in the
work."""
ABSENCE_RECORDERS = frozenset({Role.SITE_HEAD, Role.LEAD_ORGANISER, Role.EXAM_BOARD_MEMBER})
"""Those who answer for the room or the exam; a signer must not excuse another one."""
REASON_LEAST = 10
"""Characters: enough that a dash or «нет» is no reason, short enough for «болеет, врач»."""


@dataclass(frozen=True)
class Given:
    """One signature or recorded absence that counts for the present content."""

    slot: str
    person_id: str | None
    """None for a recorded absence: it fills the slot and vouches for nothing."""
    content_sha256: str
    absent_reason: str = ""


@dataclass(frozen=True)
class Hands:
    """Who worked on the present version.

    `parts` names everybody who did a part, `copier` the person who made this copy.
    """

    parts: Mapping[str, Collection[str]]
    copier: str
    """The person who made the newest copy; an earlier copier vouches for nothing now."""


@dataclass(frozen=True)
class Content:
    """Everything a signer vouches for.

    `fields`: the settled values as stored; `originals` and `copies`: digests of the page images in
    their order; `verified_sha256`: the sealed result of the field-by-field check of the copy.
    """

    booklet_id: str
    """Two works with equal answers are two contents, so no signature serves for both."""
    code: str
    version: int
    round: int
    """A repeated verification makes another content: what was signed before it counts no more."""
    fields: Mapping[str, ValueData]
    verified_sha256: str
    """Binds the signature to the check: another check of the same values is another content."""
    originals: tuple[str, ...]
    """In a fixed order: the digest that was signed must come out the same again."""
    copies: tuple[str, ...]
    """Another scan of the copy is another content, because the signer has not seen it."""

    @property
    def sha256(self) -> str:
        """Digest of the canonical form: what each signature carries."""
        return digest(
            {
                "booklet": self.booklet_id,
                "code": self.code,
                "version": self.version,
                "round": self.round,
                "fields": {key: dict(value) for key, value in self.fields.items()},
                "verified": self.verified_sha256,
                "originals": list(self.originals),
                "copies": list(self.copies),
            }
        )


@dataclass(frozen=True)
class ReadBack:
    """The content in numbers: what a signer hears before signing."""

    answers: int
    blank: int
    marked: Mapping[Mark, int]
    replaced: int
    """The number that the lead organiser writes into the box of the form [G2]; read back with
    the answers, or it would be signed unseen."""
    long_answers: int
    originals: int
    copies: int


def read_back(content: Content, values: Mapping[str, Value]) -> ReadBack:
    """Count what stands on the copy; `answers` are short answers that hold something."""
    short = [v for f, v in values.items() if is_short(f)]
    # Read aloud one by one: these are the places where copies are disputed.
    odd = (Mark.ILLEGIBLE, Mark.CROSSED_OUT, Mark.OUTSIDE_FIELD, Mark.GRAPHIC)
    return ReadBack(
        answers=sum(1 for v in short if v.mark is not Mark.BLANK),
        blank=sum(1 for v in short if v.mark is Mark.BLANK),
        marked={
            mark: n for mark in odd if (n := sum(1 for v in values.values() if v.mark is mark))
        },
        replaced=count_replacements(values),
        long_answers=sum(1 for f, v in values.items() if is_long(f) and v.mark is not Mark.BLANK),
        originals=len(content.originals),
        copies=len(content.copies),
    )


def counting_round(verified: Iterable[int]) -> int:
    """Return the round whose signatures count.

    It is the newest of the rounds of the version that were verified. A signature vouches for the
    copy that was verified; what was signed on an earlier copy says nothing of the present one. The
    round is 1 before anything is verified.
    """
    return max(verified, default=1)


def open_slots(rules: Sequence[SignerRule], given: Collection[Given]) -> tuple[SignerRule, ...]:
    """Return the slots that nobody has filled yet, in the order of the rule set."""
    taken = {g.slot for g in given}
    return tuple(rule for rule in rules if rule.slot not in taken)


def complete(rules: Sequence[SignerRule], given: Collection[Given]) -> bool:
    """Return whether every signature the rule set demands is there.

    A rule set without signers never completes.
    """
    # Without rules no slot is open, and a work without signatures would pass for complete.
    return bool(rules) and not open_slots(rules, given)


def rule_of(rules: Sequence[SignerRule], slot: str) -> SignerRule:
    """Return the rule of one slot; Invalid when this work has no such slot."""
    for rule in rules:
        if rule.slot == slot:
            return rule
    raise Invalid(
        N_("This work is not signed by «%(slot)s»."),
        code="no-slot",
        params={"slot": SLOT_NAMES.get(slot, slot)},
    )


def role_for(rule: SignerRule, roles: Collection[Role]) -> Role | None:
    """Return the role in which a person with `roles` may fill the slot.

    The rule's own order decides.
    """
    return next((role for role in rule.roles if role in roles), None)


def check_signer(
    rule: SignerRule,
    person_id: str,
    roles: Collection[Role],
    hands: Hands,
    given: Collection[Given],
) -> Role:
    """Return the role in which this person signs this slot.

    Errors: Forbidden (wrong role), SamePerson (signed already, or a witness who took part, or not
    the copier).
    """
    role = role_for(rule, roles)
    # Role before person: who is told «not your role» need not be told who copied.
    if role is None:
        raise Forbidden(
            N_("«%(slot)s» cannot be signed in your role."),
            code="wrong-role",
            advice=N_("Let the person whose signature this is log in or enter their PIN."),
            params={"slot": SLOT_NAMES[rule.slot]},
        )
    for other in given:
        # One signature each, in whatever role: a person with two roles is still one pair of eyes.
        if other.person_id == person_id:
            raise SamePerson(params={"role": SLOT_NAMES[other.slot]})
    if rule.slot in COPIER_SLOTS:
        _check_copier(rule, person_id, hands)
        return role
    # A witness of the own work is no witness (R17: three kinds of people in one room).
    for part, who in hands.parts.items():
        if person_id in who:
            raise SamePerson(
                N_("A witness takes no part in the work: you have taken part as «%(role)s»."),
                params={"role": PART_NAMES.get(part, part)},
            )
    return role


def _check_copier(rule: SignerRule, person_id: str, hands: Hands) -> None:
    if hands.copier != person_id:
        raise SamePerson(
            N_("«%(slot)s» is signed by the very person who copied this work."),
            code="not-copier",
            advice=N_("Call that person; if they cannot come, reopen the work and copy it again."),
            params={"slot": SLOT_NAMES[rule.slot]},
        )


def may_copy(rules: Sequence[SignerRule], roles: Collection[Role]) -> bool:
    """Return whether a person with `roles` could sign as the one who copied.

    Where the rules ask for no such signature, everybody could.
    """
    slots = [rule for rule in rules if rule.slot in COPIER_SLOTS]
    return not slots or any(role_for(rule, roles) for rule in slots)


def check_may_copy(rules: Sequence[SignerRule], roles: Collection[Role]) -> None:
    """Raise Forbidden when a person with `roles` could never sign as the one who copied.

    The person is told before the work, not after.
    """
    if not may_copy(rules, roles):
        slots = [rule for rule in rules if rule.slot in COPIER_SLOTS]
        raise Forbidden(
            N_("Works of this kind are copied by somebody who may sign as «%(slot)s»."),
            code="wrong-role",
            advice=N_(
                "Your role is not among them by the rules of this exam date: leave it to a "
                "colleague."
            ),
            params={"slot": SLOT_NAMES[slots[0].slot]},
        )


def unsignable(
    rules: Sequence[SignerRule], people: Mapping[str, Collection[Role]], barred: Collection[str]
) -> tuple[SignerRule, ...]:
    """Return the witness slots that cannot all be filled by people who took no part in the work.

    `people`: everybody who can sign, with roles; `barred`: who has a part. Empty when there is a
    different person for each slot. A slot whose absence may be recorded is never in the way.
    """
    needed = [r for r in rules if r.slot not in COPIER_SLOTS and not r.absence_allowed]
    signer: dict[str, SignerRule] = {}
    missing = []
    for rule in needed:
        if not _seat(rule, people, barred, signer, set()):
            missing.append(rule)
    return tuple(missing)


def _seat(
    rule: SignerRule,
    people: Mapping[str, Collection[Role]],
    barred: Collection[str],
    signer: dict[str, SignerRule],
    tried: set[str],
) -> bool:
    """Find a signer for a slot; those who have one already give way if another can take theirs."""
    for person, roles in people.items():
        if person in tried or person in barred or role_for(rule, roles) is None:
            continue
        tried.add(person)
        if person not in signer or _seat(signer[person], people, barred, signer, tried):
            signer[person] = rule
            return True
    return False


def check_free(rule: SignerRule, given: Collection[Given]) -> None:
    """Raise Conflict when the slot is filled already: of two who sign at once exactly one wins."""
    if any(g.slot == rule.slot for g in given):
        raise Conflict(
            N_("«%(slot)s» has been signed already."),
            code="signed",
            advice=N_("Nothing more is needed here; look at the present state."),
            params={"slot": SLOT_NAMES[rule.slot]},
        )


def check_absence(rule: SignerRule, roles: Collection[Role], reason: str) -> None:
    """Refuse an absence that may not be recorded.

    It may be recorded only where the rule set allows it, by the head, the lead organiser or the
    exam-board member, with a reason.
    """
    if not rule.absence_allowed:
        raise Invalid(
            N_("This signature cannot be replaced by a recorded absence."),
            code="no-absence",
            advice=N_("The rules of this exam date demand it: call the person."),
        )
    if not ABSENCE_RECORDERS & frozenset(roles):
        raise Forbidden(
            N_(
                "Only the head of the point, the lead organiser or the exam-board member records an "
                "absence."
            ),
            code="wrong-role",
        )
    if len(clean(reason)) < REASON_LEAST:
        raise Invalid(
            N_("Say why the person is absent (at least %(least)s characters)."),
            code="reason",
            field="reason",
            advice=N_("One short sentence is enough; it stands in the record."),
            params={"least": REASON_LEAST},
        )


def check_present(content: Content, read_sha256: str) -> None:
    """Raise Stale when the signer read something else than what stands there now."""
    if read_sha256 != content.sha256:
        raise Stale()


def waits_for(
    rules: Sequence[SignerRule],
    given: Collection[Given],
    person_id: str,
    roles: Collection[Role],
    hands: Hands,
) -> tuple[SignerRule, ...]:
    """Return the open slots that this person could sign now: what makes unsigned work come to them."""
    found = []
    for rule in open_slots(rules, given):
        try:
            check_signer(rule, person_id, roles, hands, given)
        except (Forbidden, SamePerson):
            continue
        found.append(rule)
    return tuple(found)
