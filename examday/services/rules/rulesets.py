"""Reads the rule sets (examday/rules/*.toml) into the domain's shape.

A set inherits what it does not say.
"""

import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from examday.domain.people.roles import Role
from examday.domain.rules.ruleset import (
    Confidence,
    Count,
    Plain,
    RuleSet,
    RuleValue,
    SignerRule,
    Term,
)

ORDER = ("2010", "2019", "2023")
"""The rule sets from the oldest; each may build on an earlier one only."""
Raw = dict[str, Any]
"""A table of a rule file, as TOML gives it: whatever a station's own file holds, nothing of it
is known to fit."""


@cache
def all_sets() -> tuple[RuleSet, ...]:
    """Every rule set, oldest first."""
    sources = sources_of_file()
    sets: dict[str, RuleSet] = {}
    for name in ORDER:
        raw = _load(name)
        sets[name] = rule_set(raw, sources, sets.get(str(raw.get("base", ""))))
    return tuple(sets.values())


@cache
def sources_of_file() -> dict[str, str]:
    """Number of a text → how it is cited."""
    return _load("sources")


@cache
def subjects() -> dict[str, str]:
    """Code of a subject → its name, as the papers of the exam call it."""
    return {code: str(name) for rows in _load("subjects").values() for code, name in rows.items()}


def subject(code: str) -> str:
    """«Русский язык (01)»; a code without a name (ГВЭ) as it is: a name is never guessed."""
    return f"{subjects()[code]} ({code})" if code in subjects() else code


def _load(name: str) -> Raw:
    return tomllib.loads(
        files("examday").joinpath("rules", f"{name}.toml").read_text(encoding="utf-8")
    )


def rule_set(raw: Raw, sources: dict[str, str], base: RuleSet | None) -> RuleSet:
    """A rule file in the domain's shape; KeyError, TypeError or ValueError for one that is not whole."""
    origin = str(raw["id"])
    values = {key: _value(key, row, sources, origin) for key, row in raw.get("values", {}).items()}
    terms = {key: _term(key, row, sources, origin) for key, row in raw.get("deadlines", {}).items()}
    signing = {
        medium: tuple(_signer(row, sources) for row in rows)
        for medium, rows in raw.get("signers", {}).items()
    }
    own = RuleSet(
        origin,
        str(raw["name"]),
        raw["from"],
        raw.get("until"),
        raw.get("checked_until"),
        values,
        terms,
        signing,
    )
    return _on_base(own, base) if base else own


def _on_base(own: RuleSet, base: RuleSet) -> RuleSet:
    """Return the set with everything that it does not say taken from its base."""
    # A misspelt key would silently leave the older value in force.
    unknown = sorted(set(own.values) - set(base.values))
    if unknown:
        raise ValueError(f"rule set {own.id}: values the base does not know: {unknown}")
    return replace(
        own,
        # Where a later text is silent the earlier value holds: its `origin` says which text it is
        # from.
        values={**base.values, **own.values},
        terms={**base.terms, **own.terms},
        signing={**base.signing, **own.signing},
        # Handed on, because set no. 1 stands at the end of every line of bases.
        first=base.first or base,
    )


def _value(
    key: str,
    row: Raw,
    sources: dict[str, str],
    origin: str,
) -> RuleValue:
    value: Plain = tuple(row["value"]) if isinstance(row["value"], list) else row["value"]
    return RuleValue(
        key,
        row["rule"],
        value,
        _cite(row, sources),
        Confidence(row["confidence"]),
        origin,
        row.get("note", ""),
    )


def _term(
    key: str,
    row: Raw,
    sources: dict[str, str],
    origin: str,
) -> Term:
    return Term(
        key,
        row["days"],
        Count(row["count"]),
        _cite(row, sources),
        Confidence(row["confidence"]),
        origin,
    )


def _signer(row: Raw, sources: dict[str, str]) -> SignerRule:
    return SignerRule(
        row["slot"],
        tuple(Role(role) for role in row["roles"]),
        row.get("absence_allowed", False),
        "; ".join(_cite(row, sources)),
        row["rule"],
        Confidence(row["confidence"]),
        row.get("on_form", False),
    )


def _cite(row: Raw, sources: dict[str, str]) -> tuple[str, ...]:
    return tuple(sources[str(number)] for number in row.get("sources", []))
