"""What a readiness check says.

It names the rule, pass / warn / fail, about what, why, what to do, and the text it rests on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from examday.domain.messages import N_, Msgid
from examday.domain.rules.ruleset import Confidence, RuleSet


class Level(StrEnum):
    """How a check ended. A rule that only rests on an unknown value warns where a known one fails."""

    # The day must not begin so; a text demands it.
    FAIL = "fail"
    # A person decides: the text only recommends, or its value is not known.
    WARN = "warn"
    PASS = "pass"  # noqa: S105 - not a password


LEVEL_NAMES: dict[Level, str] = {
    Level.FAIL: N_("not ready"),
    Level.WARN: N_("look"),
    Level.PASS: N_("ready"),
}

RULE_TITLES: dict[str, str] = {
    # R28, R31–R34 and R36–R38 are checked at the step itself and never stand on the board.
    #
    "R00": N_("Rule set of the exam date"),
    "R01": N_("Seats in a room"),
    "R02": N_("Blind candidates in a room"),
    "R03": N_("Candidates with musculoskeletal disorders in a room"),
    "R04": N_("Blind and partially sighted apart"),
    "R05": N_("Common start in a mixed room"),
    "R06": N_("Light on the desks"),
    "R07": N_("Floor and lift"),
    "R08": N_("Barrier-free access"),
    "R09": N_("Sound amplification"),
    "R10": N_("Sign interpreter"),
    "R11": N_("Printed filling-in rules"),
    "R12": N_("Means to enlarge to A3"),
    "R13": N_("Magnifiers"),
    "R14": N_("Braille supplies"),
    "R15": N_("Room of the tiflo-translator commission"),
    "R16": N_("Size of the tiflo-translator commission"),
    "R17": N_("Witnesses of the transfer"),
    "R18": N_("Signers of «Копия верна»"),
    "R19": N_("Documents of the candidates"),
    "R20": N_("Exam at home"),
    "R21": N_("Extra time"),
    "R22": N_("Meals and medical breaks"),
    "R23": N_("Exam form by subject"),
    "R24": N_("Oral form"),
    "R25": N_("Computers"),
    "R26": N_("Time of enlarging"),
    "R27": N_("Tasks and rows of the form"),
    "R29": N_("Conflicts with the appeals body"),
    "R30": N_("List of special conditions in time"),
    "R35": N_("Who copies enlarged works"),
    "P01": N_("Two readers and a third person"),
    "P02": N_("Staff of the point"),
    "P03": N_("One person in one place"),
    "P04": N_("Those who copy and those who witness"),
    "P05": N_("Teachers of the subject"),
    "P06": N_("Form of the answers"),
    "P07": N_("Who has come"),
    "P08": N_("Assistants"),
}
"""R… are rules of the texts, P… are rules of this program (its own separation of duties and plain
arithmetic)."""

NOT_NEEDED = N_("Nobody needs it today.")
"""A rule that concerns nobody is shown as passed: a board without it would look as if it had been
forgotten."""


class Word(Msgid):
    """A msgid used as a parameter of another; it is translated before it is filled in."""


class Login(str):
    """The log-in of a person in a finding; pages and print-outs show the name instead."""

    __slots__ = ()


class CandidateCode(str):
    """The code of a candidate in a finding; pages add the name for those who may see names."""

    __slots__ = ()


class SubjectCode(str):
    """A subject in a finding: the edge adds its name where the code has one."""

    __slots__ = ()


def logins(people: Iterable[str]) -> tuple[Login, ...]:
    """People as a parameter of a message, in a fixed order."""
    return tuple(Login(person) for person in sorted(set(people)))


@dataclass(frozen=True)
class Finding:
    """One line of the readiness board.

    `message` and `advice` are msgids with places for `params` (a Word among them, also in a tuple, is
    translated; a Login becomes a name, a date is written as people write dates). `subject` is a
    code: "room:…", "candidate:…", "person:…" or "point".

    `cause` names what is behind it ("duty:exam_board_member"): findings with one cause become one
    line, and `also` holds the other rules that it breaks.
    """

    rule: str
    level: Level
    subject: str
    message: str
    params: dict[str, object] = field(default_factory=dict)
    source: str = ""
    """Empty for rules of the program itself (P…): no text stands behind them."""
    advice: str = ""
    confidence: Confidence | None = None
    """None for the program's own rules; else it says whether a text was read for the value."""
    carried_over: bool = False
    """Later texts are silent and an earlier set speaks: the reader should know and may look it
    up."""
    cause: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """The words of a check: when all is well, when it is not, and what to do then."""

    good: str
    bad: str
    advice: str


def judge(
    rules: RuleSet,
    key: str,
    subject: str,
    ok: bool,
    said: Said,
    /,
    *,
    soft: bool = False,
    cause: str = "",
    **params: object,
) -> Finding:
    """A finding on the rule value `key`.

    Not ok = fail, but warn when `soft` or when the value itself is unknown.
    """
    value = rules.rule(key)
    # An unknown value must not stop a day: the program would demand what perhaps no text does.
    bad = Level.WARN if soft or value.confidence == Confidence.UNKNOWN else Level.FAIL
    return Finding(
        value.rule,
        Level.PASS if ok else bad,
        subject,
        said.good if ok else said.bad,
        params,
        value.source,
        "" if ok else said.advice,
        value.confidence,
        rules.carried_over(key),
        cause,
    )


_STRICTER = N_(
    "Room %(room)s: %(count)s seated. %(limit)s are allowed by a text that is not confirmed, only "
    "%(stricter)s by the commissioning text."
)


_UNKNOWN_LIMIT = N_(
    "Room %(room)s: %(count)s seated. The commissioning text allows %(limit)s; what holds on this "
    "date is not known."
)


def within(
    rules: RuleSet,
    key: str,
    subject: str,
    count: int,
    said: Said,
    /,
    **params: object,
) -> Finding:
    """A finding on a number that may not be exceeded.

    Where this set's value is not confirmed and the commissioning texts allow less, a number between
    the two is for a person to judge, with both sources; beyond both the day is not ready.
    """
    limit, text = rules.number(key), rules.commissioned(key)
    stricter = text.value if text else limit
    words: dict[str, object] = {**params, "count": count, "limit": limit}
    row = replace(judge(rules, key, subject, count <= limit, said), params=words)
    if row.level is Level.WARN and row.confidence is Confidence.UNKNOWN:
        row = replace(row, message=_UNKNOWN_LIMIT)
    if text is None or not isinstance(stricter, int) or count <= min(stricter, limit):
        return row
    sources = f"{limit}: {row.source}; {stricter}: {text.source}"
    if count > max(stricter, limit):
        return replace(row, source=sources)
    return replace(
        row,
        level=Level.WARN,
        message=_STRICTER,
        params={**words, "stricter": stricter},
        source=sources,
        advice=said.advice,
    )


def idle(rules: RuleSet, key: str) -> Finding:
    """The rule concerns nobody on this day."""
    value = rules.rule(key)
    return Finding(
        value.rule,
        Level.PASS,
        "point",
        NOT_NEEDED,
        {},
        value.source,
        "",
        value.confidence,
        rules.carried_over(key),
    )


def idle_own(rule: str) -> Finding:
    """Return the finding of a rule of this program that concerns nobody today."""
    return Finding(rule, Level.PASS, "point", NOT_NEEDED)


def own(
    rule: str,
    subject: str,
    ok: bool,
    said: Said,
    /,
    *,
    soft: bool = False,
    cause: str = "",
    **params: object,
) -> Finding:
    """A finding on a rule of this program (P…), which has no text behind it."""
    bad = Level.WARN if soft else Level.FAIL
    return Finding(
        rule,
        Level.PASS if ok else bad,
        subject,
        said.good if ok else said.bad,
        params,
        "",
        "" if ok else said.advice,
        cause=cause,
    )


def one_per_cause(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Leave one line for each cause: the first, with the other rules that it breaks beside it.

    What is passed or has no cause of its own stays as it is.
    """
    found = list(findings)
    rules: dict[str, set[str]] = {}
    for row in found:
        if row.cause and row.level is not Level.PASS:
            rules.setdefault(row.cause, set()).add(row.rule)
    shown: set[str] = set()
    for row in found:
        if row.level is Level.PASS or not row.cause:
            yield row
        elif row.cause not in shown:
            shown.add(row.cause)
            yield replace(row, also=tuple(sorted(rules[row.cause] - {row.rule})))


def counts(findings: Iterable[Finding]) -> dict[Level, int]:
    """How many of each level: what stands at the head of the board."""
    found = list(findings)
    return {level: sum(row.level == level for row in found) for level in Level}


def joined(codes: Iterable[str]) -> str:
    """Codes as one sorted, readable list."""
    return ", ".join(sorted(set(codes)))
