"""Staffing: who could still read, settle, copy, verify and sign a work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from examday.domain.braille.commission import Translator, objections
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.people.roles import Role, may
from examday.domain.transfer import staffing
from examday.domain.transfer.duties import COPIER, PART_RULES
from examday.domain.transfer.signing import COPIER_SLOTS, open_slots, role_for
from examday.domain.transfer.staffing import Ability, Hands, lacking, need_at
from examday.services.braille import eligibility
from examday.services.people.directory import acting_each, at_work
from examday.services.rules import in_force
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


@dataclass(frozen=True)
class Member:
    """Somebody who may act at this station."""

    person_id: str
    roles: frozenset[Role]
    translator: Translator
    """What the rule of distribution must know of this person."""


Crew = Sequence[Member]
"""Everybody who may act, read once for any number of works: asked anew for each, a page would be
slow."""


def crew(uow: UnitOfWork) -> Crew:
    """Return everybody who is not disabled, with roles and what bars them from a Braille work."""
    people = at_work(uow)
    known = eligibility.translators(uow, people)
    actors = acting_each(uow, people)
    return [Member(one.id, actors[one.id].roles, known[one.id]) for one in people]


def abilities(booklet: Booklet, everybody: Crew, barred: Iterable[str] = ()) -> dict[str, Ability]:
    """Return person → what they may do in this work, whatever the others do in it.

    `barred`: who may do no part of it, because an earlier transfer of theirs was defective.
    """
    gone = set(barred)
    return {
        one.person_id: Ability(
            frozenset() if one.person_id in gone else _parts(booklet, one), one.roles
        )
        for one in everybody
    }


def _parts(booklet: Booklet, one: Member) -> frozenset[str]:
    """Return the parts that role and rules let somebody do in this work."""
    able = {part for part, rule in PART_RULES.items() if may(one.roles, rule.permission)}
    slots = [
        rule
        for rule in in_force.for_exam(booklet.exam).signers(booklet.medium)
        if rule.slot in COPIER_SLOTS
    ]
    # Whoever copies signs for the copy, so who could fill no slot may not copy.
    if slots and all(role_for(rule, one.roles) is None for rule in slots):
        able.discard(COPIER)
    if booklet.medium == Medium.BRAILLE and (
        not may(one.roles, eligibility.READS)
        or objections(one.translator, eligibility.work(booklet, {}))
    ):
        able -= set(eligibility.TRANSCRIBING)
    return frozenset(able)


def check(
    booklet: Booklet,
    everybody: Crew,
    hands: Hands,
    part: str,
    person_id: str,
    barred: Iterable[str],
) -> None:
    """Conflict when nobody would be left for a signature or a later part."""
    rules = in_force.for_exam(booklet.exam)
    staffing.check_leaves_enough(
        State(booklet.state),
        rules.signers(booklet.medium),
        abilities(booklet, everybody, barred),
        hands,
        rules.text("settling"),
        part,
        person_id,
    )


def unstaffed(
    booklet: Booklet,
    everybody: Crew,
    hands: Hands,
    signed: staffing.Signed,
    barred: Iterable[str],
) -> tuple[str, ...]:
    """Return the parts and slots of a work that nobody can fill any more; mostly none."""
    rules = in_force.for_exam(booklet.exam)
    state = State(booklet.state)
    need = need_at(
        state, open_slots(rules.signers(booklet.medium), signed), hands, rules.text("settling")
    )
    people = abilities(booklet, everybody, barred)
    # One signature each: who has signed a place cannot fill another.
    gone = {one.person_id for one in signed if one.person_id}
    return lacking(need, {who: a for who, a in people.items() if who not in gone}, hands)
