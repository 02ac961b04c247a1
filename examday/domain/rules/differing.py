"""What another rule set changes for an exam."""

from collections.abc import Iterator
from typing import NamedTuple

from examday.domain.custody.lifecycle import Medium
from examday.domain.rules.ruleset import Plain, RuleSet, Term

NOBODY: tuple[str, ...] = ()


class Difference(NamedTuple):
    """One rule that changes. Where it comes from is no difference."""

    key: str
    """Of the value, of the term, or «medium slot» of a signature, so that one list shows all three
    kinds."""
    before: Plain | Term
    after: Plain | Term
    """Of a signature: the roles that may give it, empty where it is not asked for. A role that
    falls away must show as well as one that comes."""


def differences(before: RuleSet, after: RuleSet) -> list[Difference]:
    """What changes, values first, then terms and signatures."""
    return [*_values(before, after), *_terms(before, after), *_signatures(before, after)]


def _values(before: RuleSet, after: RuleSet) -> Iterator[Difference]:
    for key, row in before.values.items():
        if row.value != after.values[key].value:
            yield Difference(key, row.value, after.values[key].value)


def _terms(before: RuleSet, after: RuleSet) -> Iterator[Difference]:
    for key, old in before.terms.items():
        new = after.terms[key]
        if (old.days, old.count) != (new.days, new.count):
            yield Difference(key, old, new)


def _signatures(before: RuleSet, after: RuleSet) -> Iterator[Difference]:
    for medium in Medium:
        old, new = _may_sign(before, medium), _may_sign(after, medium)
        for slot in dict.fromkeys((*old, *new)):
            then, now = old.get(slot, NOBODY), new.get(slot, NOBODY)
            if then != now:
                yield Difference(f"{medium.value} {slot}", then, now)


def _may_sign(rules: RuleSet, medium: Medium) -> dict[str, tuple[str, ...]]:
    """Roles by slot; whether the signature may be missing stands at the end."""
    return {
        rule.slot: (
            *(role.value for role in rule.roles),
            *(("if_any",) if rule.absence_allowed else ()),
        )
        for rule in rules.signers(medium)
    }
