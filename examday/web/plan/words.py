"""Findings, problems and codes of the plan in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from examday.domain.messages import N_
from examday.domain.plan.columns import PERSONAL, Column
from examday.domain.plan.day import DOCUMENT_FORMS, DOCUMENT_NAMES, FEATURE_NAMES, NEED_NAMES
from examday.domain.plan.findings import LEVEL_NAMES, RULE_TITLES, Finding, Level, Word
from examday.domain.plan.rows import Problem
from examday.domain.rules.ruleset import CONFIDENCE_NAMES
from examday.i18n import gettext as _
from examday.i18n import spoken
from examday.services.plan.file_columns import file_kinds

BADGES = {Level.PASS: "good", Level.WARN: "warn", Level.FAIL: "alarm"}
COLUMN_NAMES: dict[str, str] = {
    **FEATURE_NAMES,
    **DOCUMENT_NAMES,
    "date": N_("Exam date"),
    "kind": N_("Form of the exam"),
    "subject": N_("Subject code"),
    "site_code": N_("Code of the exam point"),
    "site_name": N_("Name of the exam point"),
    "region": N_("Region code"),
    "tasks": N_("Number of short answers"),
    "long_tasks": N_("Tasks with long answers"),
    "start": N_("Start"),
    "enlarge_at": N_("Time of enlarging"),
    "minutes": N_("Duration, min"),
    "speaking": N_("Speaking part"),
    "braille_at": N_("Where Braille is transferred"),
    "training": N_("Training"),
    "number": N_("Room"),
    "room": N_("Room"),
    "purpose": N_("Purpose"),
    "seats": N_("Places"),
    "code": N_("Candidate code"),
    "candidate": N_("Candidate code"),
    "surname": N_("Surname"),
    "name": N_("Name"),
    "patronymic": N_("Patronymic"),
    "document": N_("Identity document"),
    "school_code": N_("School code"),
    "needs": N_("Special conditions"),
    "place": N_("Place"),
    "medium": N_("Form of the answers"),
    "form_code": N_("Form number"),
    "login": N_("Login"),
    "role": N_("Role"),
    "teaches": N_("Teaches subjects"),
}


@dataclass(frozen=True)
class Line:
    """One finding, ready to be shown."""

    rule: str
    title: str
    level: Level
    badge: str
    level_name: str
    text: str
    advice: str
    basis: str
    subject: str
    url: str = ""


def line(finding: Finding, people: Mapping[str, str]) -> Line:
    """A finding in words, with the text it rests on and how sure that is. `people`: login → name."""
    params = {key: word(value) for key, value in finding.params.items()}
    if str(params.get("person", "")) in people:
        params["person"] = people[str(params["person"])]
    return Line(
        finding.rule,
        _(RULE_TITLES[finding.rule]),
        finding.level,
        BADGES[finding.level],
        _(LEVEL_NAMES[finding.level]),
        _(finding.message, **params),
        _(finding.advice, **params) if finding.advice else "",
        basis(finding),
        finding.subject,
        _url(finding.subject),
    )


def _url(subject: str) -> str:
    """The page of the plan where the matter can be put right."""
    kind, _sep, code = subject.partition(":")
    if kind == "candidate":
        return url_for("plan.enter", kind="candidates", code=code)
    return (
        url_for({"room": "plan.rooms", "person": "plan.staff"}[kind])
        if kind in ("room", "person")
        else ""
    )


def word(value: object) -> object:
    """Translate what is a word; leave codes and numbers."""
    if isinstance(value, tuple):
        return ", ".join(str(word(part)) for part in value)
    return _(str(value)) if isinstance(value, Word) else value


def basis(finding: Finding) -> str:
    """The source of the rule, how sure it is, and whether a later text is silent."""
    if finding.confidence is None:
        return _("rule of this program")
    parts = [finding.source, _(CONFIDENCE_NAMES[finding.confidence])]
    if finding.carried_over:
        parts.append(_("carried over from an earlier rule set"))
    return " · ".join(part for part in parts if part)


def column_name(column: Column) -> str:
    """A column as a form calls it; files keep their own column names."""
    return _(COLUMN_NAMES.get(column.key, column.title))


CELLS: dict[str, str] = {
    "text": N_("text"),
    "digits": N_("code of %(length)s digits"),
    "number": N_("whole number"),
    "date": N_("date, DD.MM.YYYY"),
    "time": N_("time, HH:MM"),
    "flag": N_("«да» or «нет»"),
    "one": N_("one word of:"),
    "many": N_("words, separated by semicolons:"),
    "form_code": N_("13 digits of the bar code"),
    "document": N_("form of the document, then «№» and its number:"),
    "subjects": N_("subject codes"),
    "numbers": N_("task numbers, for example 13-19"),
    "login": N_("short name for logging in"),
}


def cell_meaning(column: Column) -> str:
    """What a cell of the column may hold; of each word's synonyms the first one."""
    said = (
        _(CELLS[column.kind], length=column.length)
        if column.kind == "digits"
        else _(CELLS[column.kind])
    )
    if column.kind in ("one", "many", "document"):
        said += " " + ", ".join(column.said.values())
    return said


def problem(row: Problem) -> str:
    """What is wrong with a cell."""
    text = _(row.message, **spoken(row.params))
    return f"{row.column}: {text}" if row.column else text


def changes(
    kind: str, found: Mapping[str, tuple[str, str]], names: bool
) -> list[tuple[str, str, str]]:
    """The changed columns by their titles, with old and new. `names`: may the reader see what the
    plan holds of a candidate's name and document?"""
    titles = {column.key: column.title for column in file_kinds()[kind].columns}
    hidden = frozenset() if names or kind != "candidates" else PERSONAL
    return [
        (
            titles.get(key) or _(COLUMN_NAMES.get(key, key)),
            _("hidden") if old and key in hidden else old or "—",
            new or "—",
        )
        for key, (old, new) in found.items()
    ]


def needs(codes: list[Any]) -> str:
    """Need codes as words."""
    return ", ".join(_(NEED_NAMES[code]) if code in NEED_NAMES else str(code) for code in codes)


def documents(rows: list[Any]) -> str:
    """Documents as words."""
    return "; ".join(
        f"{_(DOCUMENT_NAMES[row['kind']])} ({_(DOCUMENT_FORMS[row.get('form', 'copy')])})"
        for row in rows
        if row.get("kind") in DOCUMENT_NAMES
    )
