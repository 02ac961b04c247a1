"""The description of the plan's files in the domain's shape.

It is read from examday/rules/plan_files.toml.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from examday.domain.plan.columns import KINDS, Column, FileKind, named
from examday.services.rules.rulesets import subjects

Lists = dict[str, dict[str, list[str]]]
"""Name of a word list → value → words: several columns share one list, which must not differ
between them."""


@cache
def file_kinds() -> dict[str, FileKind]:
    """Every sort of file, in the order of import."""
    raw = tomllib.loads(
        files("examday").joinpath("rules", "plan_files.toml").read_text(encoding="utf-8")
    )
    return {
        name: FileKind(
            name,
            tuple(_column(row, raw["words"], raw["likely"]) for row in raw[name]["columns"]),
            tuple(raw[name]["key"]),
        )
        for name in KINDS
    }


@cache
def spoken() -> dict[str, dict[Any, str]]:
    """For each word list: value → the word that files are written with (the first of its synonyms)."""
    raw = tomllib.loads(
        files("examday").joinpath("rules", "plan_files.toml").read_text(encoding="utf-8")
    )
    return {
        name: {value: words[0] for value, words in row.items()}
        for name, row in raw["words"].items()
    }


def _likely(stems: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Part of a word → values that may be meant by it."""
    found: dict[str, tuple[str, ...]] = {}
    for value, parts in stems.items():
        for part in parts:
            found[named(part)] = (*found.get(named(part), ()), value)
    return found


def _column(row: dict[str, Any], words: Lists, likely: Lists) -> Column:
    name = row.get("words", "flag" if row["kind"] == "flag" else "")
    lists = _subject_words() if name == "subject" else words.get(name, {})
    known = {named(word): value for value, several in lists.items() for word in (*several, value)}
    # A second role list for the same words would be read by mistake, so one word means one thing
    # only.
    return Column(
        row["key"],
        row["title"],
        tuple(row.get("also", ())),
        row["kind"],
        row.get("required", False),
        row.get("length", 0),
        row.get("most", 0),
        tuple(row.get("units", ())),
        tuple(row.get("before", ())),
        row.get("default"),
        known,
        {value: several[0] for value, several in lists.items()},
        _likely(likely.get(name, {})),
        row.get("code", False),
        row.get("example", ""),
    )


def _subject_words() -> dict[str, list[str]]:
    """Code → «01 Русский язык». The name alone is asked about: ГВЭ has other codes for it."""
    return {code: [f"{code} {name}"] for code, name in subjects().items()}
