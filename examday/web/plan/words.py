"""Puts findings, problems and codes of the plan into the reader's language."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import g, url_for

from examday.domain.ledger import Subject
from examday.domain.messages import N_
from examday.domain.plan.columns import PERSONAL, Column, report_name
from examday.domain.plan.day import DOCUMENT_FORMS, DOCUMENT_NAMES, NEED_NAMES
from examday.domain.plan.findings import (
    LEVEL_NAMES,
    RULE_TITLES,
    CandidateCode,
    Finding,
    Level,
    Login,
    SubjectCode,
    Word,
    counts,
)
from examday.domain.plan.rows import Problem
from examday.domain.rules.ruleset import CONFIDENCE_NAMES
from examday.i18n import gettext as _
from examday.i18n import spoken
from examday.services.plan.file_columns import file_kinds
from examday.services.rules.rulesets import subject

BADGES = {Level.PASS: "good", Level.WARN: "warn", Level.FAIL: "alarm"}
"""Level → colour of the badge in `ui.html`; its word stands beside it, as colour alone does not
reach everybody."""


@dataclass(frozen=True)
class ShownFinding:
    """One finding in words, with the page where it can be put right."""

    rule: str
    title: str
    also: list[str]
    """Titles of the other rules that the same cause breaks: one act puts them right, so they
    are one line."""
    level: Level
    badge: str
    level_name: str
    text: str
    advice: str
    basis: str
    subject: str
    url: str = ""
    """Empty where no page of the plan can help, for example with the point itself."""

    @property
    def passed(self) -> bool:
        """True when there is nothing to do about it."""
        return self.level is Level.PASS


def shown(finding: Finding, people: Mapping[str, str]) -> ShownFinding:
    """Put a finding into words, with the text it rests on. `people`: login or code → name."""
    params = {key: word(value, people) for key, value in finding.params.items()}
    return ShownFinding(
        finding.rule,
        _(RULE_TITLES[finding.rule]),
        [_(RULE_TITLES[rule]) for rule in finding.also],
        finding.level,
        BADGES[finding.level],
        _(LEVEL_NAMES[finding.level]),
        _(finding.message, **params),
        _(finding.advice, **params) if finding.advice else "",
        basis(finding),
        finding.subject,
        _url(finding),
    )


def head_counts(found: Iterable[Finding]) -> list[dict[str, object]]:
    """Count the findings of each level for the head of the board."""
    return [
        {
            "label": _(LEVEL_NAMES[level]),
            "value": number,
            "wrong": level is Level.FAIL and number > 0,
            "note": _("put right before the start") if level is Level.FAIL and number else "",
        }
        for level, number in counts(found).items()
    ]


_LISTS = {
    "room": "plan.rooms",
    "exam": "plan.exams",
    "person": "plan.staff",
    "candidates": "plan.candidates",
}
"""Kind of a subject → the list where it is put right: a finding without a way there is only bad
news."""
_OF_THE_POINT = {
    "R15": "plan.rooms",
    "R00": "plan.exams",
    "R21": "plan.exams",
    "R26": "plan.exams",
    "R27": "plan.exams",
    "R30": "plan.exams",
}
"""Rule of the whole point → the list where it is put right. The others need people and no list, so
no link is shown."""


def _url(finding: Finding) -> str:
    """Address of the page of the plan where the matter can be put right."""
    kind, code = Subject.parse(finding.subject)
    if kind == "candidate":
        # Whoever only looks is led to the list: the form of an entry is refused to them.
        return (
            url_for("plan.enter", kind="candidates", code=code)
            if g.actor.may("plan.edit")
            else url_for("plan.candidates") + "?" + urlencode({"from": code})
        )
    return url_for(_LISTS.get(kind) or _OF_THE_POINT.get(finding.rule, "plan.staff"))


def word(value: object, people: Mapping[str, str]) -> object:
    """Say a parameter: words translated, people by name, dates as people write them."""
    if isinstance(value, tuple):
        return ", ".join(str(word(part, people)) for part in value)
    if isinstance(value, Login):
        return people.get(value, str(value))
    if isinstance(value, CandidateCode):
        # The code stays: it is what stands on the place and in the tables.
        return f"{value} {people[value]}" if value in people else str(value)
    if isinstance(value, SubjectCode):
        return subject(value)
    if isinstance(value, dt.date):
        return value.strftime("%d.%m.%Y")
    return _(str(value)) if isinstance(value, Word) else value


def basis(finding: Finding) -> str:
    """Say what the rule rests on: its source, how sure that is, whether a later text is silent."""
    if finding.confidence is None:
        return _("rule of this program")
    parts = [finding.source, _(CONFIDENCE_NAMES[finding.confidence])]
    if finding.carried_over:
        parts.append(_("carried over from an earlier rule set"))
    return " · ".join(part for part in parts if part)


CELLS: dict[str, str] = {
    "text": N_("text"),
    "digits": N_("code of %(length)s digits"),
    "number": N_("whole number"),
    "date": N_("date, DD.MM.YYYY"),
    "minutes": N_("minutes, or hours and minutes"),
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
"""Kind of a column → what a cell of it may hold: a refused table is mended by these words. The keys
are those of `domain.plan.cells.READERS`."""


def cell_meaning(column: Column) -> str:
    """Say what a cell of the column may hold; of each word's synonyms only the first."""
    if column.kind == "digits":
        return _(CELLS["digits"], length=column.length)
    meaning = _(CELLS[column.kind])
    if column.kind in ("one", "many", "document"):
        meaning += " " + ", ".join(column.said.values())
    return meaning


def problem(row: Problem) -> str:
    """Say what is wrong with a cell or a row."""
    text = _(row.message, **spoken(row.params))
    return f"{row.column}: {text}" if row.column else text


def changes(
    kind: str, found: Mapping[str, tuple[str, str]], names: bool
) -> list[tuple[str, str, str]]:
    """List the changed columns by their titles, with old and new.

    `names`: the reader may see what the plan holds of a candidate's name and document. The new value
    is shown in any case: the reader has sent it.
    """
    hidden = frozenset() if names or kind != "candidates" else PERSONAL
    return [
        (
            _(report_name(file_kinds()[kind], key)),
            _("hidden") if old and key in hidden else old or "—",
            new or "—",
        )
        for key, (old, new) in found.items()
    ]


def needs(codes: list[Any]) -> str:
    """Put need codes into words; an unknown code stays, so that nothing is hidden."""
    return ", ".join(_(NEED_NAMES[code]) if code in NEED_NAMES else str(code) for code in codes)


def documents(rows: list[Any]) -> str:
    """Put documents into words."""
    return "; ".join(
        f"{_(DOCUMENT_NAMES[row['kind']])} ({_(DOCUMENT_FORMS[row.get('form', 'copy')])})"
        for row in rows
        if row.get("kind") in DOCUMENT_NAMES
    )
