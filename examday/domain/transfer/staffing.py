"""Staffing of a work: do the people who are there suffice for what is still to be done and signed?

Asked when a part is taken and for the board: a part whose taker is the last one who could sign,
copy or verify would leave a work that nobody can finish; the only way out would be to begin anew.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.messages import N_, Msgid
from examday.domain.people.roles import Role
from examday.domain.rules.ruleset import SLOT_NAMES, SignerRule
from examday.domain.transfer.duties import (
    ARBITER,
    COPIER,
    FIRST,
    PART_NAMES,
    SECOND,
    VERIFIER,
    apart_from,
)
from examday.domain.transfer.signing import COPIER_SLOTS, Given, unsignable

_ALIKE = 8
"""So many people of one kind are looked at: five parts and three witnesses need no more."""

TO_DO: dict[State, tuple[str, ...]] = {
    State.COLLECTED: (FIRST, SECOND, COPIER, VERIFIER),
    State.SCANNED: (FIRST, SECOND, COPIER, VERIFIER),
    State.KEYED: (ARBITER, COPIER, VERIFIER),
    State.SETTLED: (COPIER, VERIFIER),
    State.COPIED: (VERIFIER,),
    State.COPY_SCANNED: (VERIFIER,),
    State.VERIFIED: (),
}
"""State → parts that will certainly be done from there. Settling is none: it comes only where
readings differ."""


@dataclass(frozen=True)
class Ability:
    """What somebody may do in one work, whatever the others do in it."""

    parts: frozenset[str]
    """By role, and by the rules for this very work: a relative or a teacher is none of its
    readers."""
    roles: frozenset[Role]


Hands = Mapping[str, Collection[str]]
"""Part → everybody who has done or holds it: whoever gave a part back has still seen the
answers."""
Signed = Collection[Given]
"""Signatures and recorded absences that count: those of an earlier round vouch for another copy."""


@dataclass(frozen=True)
class Need:
    """What a work still needs."""

    parts: tuple[str, ...]
    witnesses: tuple[SignerRule, ...]
    """Open places of people who took no part in the work: they vouch for what they did not do."""
    settling: str


def witnesses(rules: Iterable[SignerRule]) -> tuple[SignerRule, ...]:
    """Return the places of witnesses that cannot be left empty with a recorded absence."""
    return tuple(r for r in rules if r.slot not in COPIER_SLOTS and not r.absence_allowed)


def lacking(need: Need, people: Mapping[str, Ability], hands: Hands) -> tuple[str, ...]:
    """Return the parts and slots that stay empty however the people are divided; as few as possible.

    `people`: everybody who is there.
    """
    held = {part: frozenset(who) for part, who in hands.items() if who}
    some = _some_of_each_kind(people, frozenset().union(*held.values()) if held else frozenset())
    # With everything empty the last of them is a division, so one is always found.
    divisions = (
        _divide(need, need.parts, some, held, most)
        for most in range(len(need.parts) + len(need.witnesses) + 1)
    )
    return next(found for found in divisions if found is not None)


def _some_of_each_kind(people: Mapping[str, Ability], hands: Collection[str]) -> dict[str, Ability]:
    """Return everybody who has a part and a few of each kind of the others."""
    seen = Counter[Ability]()
    found = {person: people[person] for person in hands if person in people}
    for person, ability in people.items():
        seen[ability] += 1
        if seen[ability] <= _ALIKE:
            found[person] = ability
    return found


def _divide(
    need: Need,
    todo: Sequence[str],
    people: Mapping[str, Ability],
    hands: Mapping[str, frozenset[str]],
    most: int,
) -> tuple[str, ...] | None:
    """Return what stays empty in a division that leaves `most` things empty; None without one."""
    barred = frozenset().union(*hands.values())
    roles = {person: ability.roles for person, ability in people.items()}
    unsigned = unsignable(need.witnesses, roles, barred)
    # More parts bar more people: a division that lacks too many signatures gets no better.
    if len(unsigned) > most:
        return None
    if not todo:
        return tuple(rule.slot for rule in unsigned)
    part, *rest = todo
    for person in _fitting(part, need, people, hands, barred):
        taken = {**hands, part: hands.get(part, frozenset()) | {person}}
        found = _divide(need, rest, people, taken, most)
        if found is not None:
            return found
    without = _divide(need, rest, people, hands, most - 1) if most else None
    return None if without is None else (part, *without)


def _fitting(
    part: str,
    need: Need,
    people: Mapping[str, Ability],
    hands: Mapping[str, frozenset[str]],
    barred: Collection[str],
) -> list[str]:
    """Return who could do a part, one of each kind: first those who can witness nothing any more."""
    apart = apart_from(part, need.settling)
    others = frozenset().union(*(hands.get(other, frozenset()) for other in apart))
    able = [p for p, a in people.items() if part in a.parts and p not in others]
    fresh = {people[person]: person for person in able if person not in barred}
    return [p for p in able if p in barred] + sorted(
        fresh.values(), key=lambda person: len(people[person].roles)
    )


def need_at(
    state: State,
    rules: Iterable[SignerRule],
    hands: Hands,
    settling: str,
    differ: bool = False,
) -> Need:
    """Return what a work needs from `state` on. `differ`: reckon with readings that differ."""
    todo = [part for part in TO_DO.get(state, ()) if not hands.get(part)]
    if differ and state in (State.COLLECTED, State.SCANNED) and not hands.get(ARBITER):
        todo.insert(sum(part in (FIRST, SECOND) for part in todo), ARBITER)
    return Need(tuple(todo), witnesses(rules), settling)


def check_leaves_enough(
    state: State,
    rules: Sequence[SignerRule],
    people: Mapping[str, Ability],
    hands: Hands,
    settling: str,
    part: str,
    person_id: str,
) -> None:
    """Conflict when this person's part would leave a signature or a part that nobody can give.

    What could not be finished before is not made worse by the part.
    """
    after = {**hands, part: {*hands.get(part, ()), person_id}}
    _check_signers_left(witnesses(rules), people, hands, person_id)
    for differ in (False, True):
        now = lacking(need_at(state, rules, hands, settling, differ), people, hands)
        then = lacking(need_at(state, rules, after, settling, differ), people, after)
        if len(then) > len(now):
            raise _refusal(next(name for name in then if name not in now))


def _check_signers_left(
    slots: Sequence[SignerRule],
    people: Mapping[str, Ability],
    hands: Hands,
    person_id: str,
) -> None:
    """Conflict for the last one who could witness, also where nobody else could do the part."""
    roles = {person: ability.roles for person, ability in people.items()}
    barred = {person for who in hands.values() for person in who}
    now, then = (unsignable(slots, roles, gone) for gone in (barred, {*barred, person_id}))
    if len(then) > len(now):
        raise _refusal(next(rule.slot for rule in then if rule not in now))


def _refusal(name: str) -> Conflict:
    """Return the refusal that names the part or place that would stay empty."""
    if name in SLOT_NAMES:
        return Conflict(
            N_("Then nobody could sign as «%(slot)s»: a witness takes no part in the work."),
            code="last-signer",
            advice=N_(
                "Let a colleague take this part, or have the head enter one more person with this "
                "role."
            ),
            params={"slot": SLOT_NAMES[name]},
        )
    return Conflict(
        N_("Then nobody would be left for «%(part)s» of this work."),
        code="last-hand",
        advice=N_(
            "Let a colleague take this part, or have the head enter one more person who may do it."
        ),
        params={"part": Msgid(PART_NAMES[name])},
    )


NAMES: Mapping[str, str] = {**PART_NAMES, **SLOT_NAMES}
"""Of parts and of signatures alike: whoever names one need not know which it is."""


def nobody_can(name: str) -> str:
    """Return the msgid that says of a part or a slot that nobody is there for it."""
    if name in SLOT_NAMES:
        return N_("Nobody can sign as «%(who)s» under %(number)s works.")
    return N_("Nobody can take «%(who)s» of %(number)s works.")
