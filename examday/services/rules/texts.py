"""A rule set from outside, as it stands in its file: read whole, or refused with what is wrong."""

import tomllib
from functools import lru_cache

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.rules.fitting import unfit
from examday.domain.rules.ruleset import RuleSet
from examday.services.rules import rulesets
from examday.services.rules.rulesets import Raw

LONGEST = 256 << 10
"""Characters, twenty times what those of the program have: more is no rule set."""


@lru_cache(maxsize=64)
def parse(text: str) -> RuleSet:
    """The rule set of a file, which builds on one of the program's own.

    Invalid for one that is not whole, or that names what the program does not know.
    """
    raw = _table(text)
    base = {one.id: one for one in rulesets.all_sets()}.get(str(raw.get("base")))
    if base is None:
        raise _wrong("base")
    try:
        sources = rulesets.sources_of_file() | _texts(raw)
        found = rulesets.rule_set(raw, sources, base)
        wrong = next(unfit(found, rulesets.all_sets()), None)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise _wrong(str(error.args[0] if error.args else "")) from error
    if wrong is not None:
        raise _wrong(wrong)
    return found


def _table(text: str) -> Raw:
    try:
        if len(text) <= LONGEST:
            return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _wrong(str(error)) from error
    raise _wrong(N_("more than 256 KB"))


def _texts(raw: Raw) -> dict[str, str]:
    return {str(number): str(cited) for number, cited in raw.get("sources", {}).items()}


def _wrong(what: str) -> Invalid:
    return Invalid(
        N_("This rule set cannot be followed here: «%(what)s»."),
        code="no-rules",
        field="rules",
        advice=N_(
            "Nothing was changed. Correct the file; if it names what only a newer program knows, bring the "
            "program here to that version first."
        ),
        params={"what": what[:120]},
    )
