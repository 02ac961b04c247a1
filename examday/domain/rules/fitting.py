"""Whether a rule set from outside says things that the program knows how to follow."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from examday.domain.custody.lifecycle import Medium
from examday.domain.rules.names import TEXTS
from examday.domain.rules.ruleset import SLOT_NAMES, Plain, RuleSet, SignerRule

LONGEST_ID = 16
"""Stands in tables, file names and orders: what is longer is a sentence that was put into the wrong line."""
CODE = re.compile(r"[a-z][a-z_]*")
"""The program acts on such words, so they stay codes; all other texts are shown as they are."""
FORM_SET = re.compile(r"\d\+\d\+\d")
"""«1+1+2»: registration form, form 1, sheets of form 2; the sheets of a kit are counted by it."""
NINE = 9
"""Members of a body, to try a quorum on: a share that more than all of them would have to come
for is a slip."""


def unfit(found: RuleSet, own: Iterable[RuleSet]) -> Iterator[str]:
    """Name what the program cannot follow in a set that builds on one of its `own`; mostly nothing.

    Names are those of the file: a key, a term, a signature, a date.
    """
    sets = {one.id: one for one in own}
    base = next(iter(sets.values()))
    yield from _head(found, sets)
    for key, row in found.values.items():
        if not _same_kind(row.value, base.values[key].value):
            yield key
    for key, term in found.terms.items():
        if key not in base.terms or type(term.days) is not int:
            yield key
    yield from (key for key, fits in _spelled(found).items() if not _holds(fits))
    for medium, rules in found.signing.items():
        if not _may_be_signed(medium, rules):
            yield f"signers.{medium}"


def _head(found: RuleSet, own: Mapping[str, RuleSet]) -> Iterator[str]:
    if not (0 < len(found.id) <= LONGEST_ID and found.id.isprintable()) or found.id in own:
        yield "id"
    if not 0 < len(found.name) <= 60 or not found.name.isprintable():
        yield "name"
    if type(found.since) is not dt.date:
        yield "from"
        return
    days = {"until": found.until, "checked_until": found.checked_until}
    yield from (name for name, day in days.items() if day is not None and type(day) is not dt.date)
    if type(found.until) is dt.date and found.until < found.since:
        yield "until"


def _parts(value: Plain) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _is_code(part: object) -> bool:
    return isinstance(part, str) and CODE.fullmatch(part) is not None


def _same_kind(value: Plain, before: Plain) -> bool:
    """A number stays a number, and a word that is acted on is one that the program knows."""
    if type(value) is not type(before):
        return False
    if isinstance(value, int):
        return value >= 0
    if not all(isinstance(part, str) for part in _parts(value)):
        return False
    acted_on = any(map(_is_code, _parts(before)))
    return not acted_on or all(part in TEXTS for part in _parts(value))


def _spelled(found: RuleSet) -> dict[str, Callable[[], bool]]:
    """Values with a spelling of their own, as the program reads them."""
    not_before = str(found.values["enlarging_not_before"].value)
    return {
        "quorum": lambda: found.quorum(NINE) <= NINE,
        # A beginning that is no day is named by itself.
        "retention_forms": lambda: (
            type(found.since) is not dt.date or found.retention_end(found.since) >= found.since
        ),
        "enlarging_not_before": lambda: not not_before or bool(dt.time.fromisoformat(not_before)),
        "form_set": lambda: FORM_SET.fullmatch(found.text("form_set")) is not None,
    }


def _holds(reads: Callable[[], bool]) -> bool:
    try:
        return reads()
    except (ValueError, TypeError, ArithmeticError):
        return False


def _may_be_signed(medium: str, rules: tuple[SignerRule, ...]) -> bool:
    """Each signature once, by somebody; whoever signs on the form comes first."""
    slots = [rule.slot for rule in rules]
    return (
        medium in set(Medium)
        and bool(rules)
        and len(set(slots)) == len(slots)
        and set(slots) <= set(SLOT_NAMES)
        and all(rule.roles for rule in rules)
        and rules[0].on_form
    )
