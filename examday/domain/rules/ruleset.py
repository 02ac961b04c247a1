"""A rule set: what the texts in force on the exam date demand.

Each value has its source and how sure it is.

Rules R01…R38 of the field; rule set no. 1 (2010–2018) is the default where later texts are silent,
so every value knows from which set it comes. Rule sets are data (examday/rules/*.toml); this
module only gives them a shape.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.people.roles import Role

Plain = int | bool | str | tuple[str, ...]
"""What a rule file may hold: numbers, yes or no, words, lists of words. Nothing nested, so that two
values can be shown side by side."""


class Confidence(StrEnum):
    """How sure a value is: what a page says beside it."""

    # Stands in the texts that the program was ordered by, and holds where later ones are silent.
    COMMISSIONED = "commissioned"
    CONFIRMED = "confirmed"
    # Follows from confirmed values, but no text says it in words: a reader must not look for one.
    INFERRED = "inferred"
    # Shown as such on the pages: nobody shall take custom for law.
    BELIEVED = "believed"
    # No text says it, so checks on it only warn: nobody is held to a guess.
    UNKNOWN = "unknown"


CONFIRMED = frozenset({Confidence.COMMISSIONED, Confidence.CONFIRMED})
"""Values that a text was read for: only these outweigh an earlier text."""

CONFIDENCE_NAMES: dict[Confidence, str] = {
    Confidence.COMMISSIONED: N_("from the commissioning texts"),
    Confidence.CONFIRMED: N_("confirmed by a published text"),
    Confidence.INFERRED: N_("drawn from confirmed rules"),
    Confidence.BELIEVED: N_("custom of the trade, no text found"),
    Confidence.UNKNOWN: N_("not known: must be looked up"),
}


class Count(StrEnum):
    """How the days of a term are counted."""

    WORKING = "working"
    CALENDAR = "calendar"
    SAME_DAY = "same_day"


@dataclass(frozen=True)
class RuleValue:
    """One value of a rule set.

    `origin` is the id of the set it was written in; `sources` are full citations.
    """

    key: str
    rule: str
    """Number of the rule in domain.md 11, so that a reader finds where it comes from."""
    value: Plain
    sources: tuple[str, ...]
    """Empty for custom: a page then says that no text was found instead of naming one."""
    confidence: Confidence
    origin: str
    note: str = ""

    @property
    def source(self) -> str:
        """The citations as one line; empty when no text is known."""
        return "; ".join(self.sources)


@dataclass(frozen=True)
class Term:
    """A term: `days` after (negative: before) the start day, which is not counted itself."""

    key: str
    days: int
    """Negative for terms that end before their day, such as the plan two working days ahead [2]."""
    count: Count
    """Two working days over a weekend are four calendar days, so a term is nothing without it."""
    sources: tuple[str, ...]
    confidence: Confidence
    origin: str

    @property
    def source(self) -> str:
        """The citations as one line; empty when no text is known."""
        return "; ".join(self.sources)


@dataclass(frozen=True)
class SignerRule:
    """One signature under «Копия верна»: any of `roles` may fill `slot`.

    `on_form`: signs on the paper form too. `absence_allowed`: the work can be certified without
    this person when the absence is recorded with its reason.
    """

    slot: str
    roles: tuple[Role, ...]
    absence_allowed: bool
    source: str
    rule: str = "R18"
    confidence: Confidence = Confidence.UNKNOWN
    on_form: bool = False


SLOT_NAMES: dict[str, str] = {
    "transferrer": N_("who copied the answers"),
    "exam_board_member": N_("exam-board member"),
    "observer": N_("public observer"),
    "translator": N_("tiflo-translator"),
    "chair": N_("chair of the tiflo-translator commission"),
}
"""Stored by code: the words under «Копия верна» may change, and follow the reader's language."""


@dataclass(frozen=True)
class RuleSet:
    """All rules for the exams of a span of dates."""

    id: str
    name: str
    since: dt.date
    until: dt.date | None
    """None for the set in force: nobody knows yet when it ends."""
    checked_until: dt.date | None
    """Day of the newest text that was read; for a later exam a person compares the texts anew."""
    values: Mapping[str, RuleValue]
    terms: Mapping[str, Term]
    signing: Mapping[str, tuple[SignerRule, ...]] = field(default_factory=dict)
    """By medium: nobody transfers a standard form, so nobody signs one as a true copy."""
    first: "RuleSet | None" = None
    """Rule set no. 1: its commissioned values still speak where later ones are not confirmed. None
    for itself."""

    def signers(self, medium: str) -> tuple[SignerRule, ...]:
        """Who must sign «Копия верна» for works of this medium.

        Empty for a standard form, which nobody transfers.
        """
        return self.signing.get(medium, ())

    def commissioned(self, key: str) -> RuleValue | None:
        """Return what the commissioning texts say beside this set's unconfirmed, other value.

        None where this set's value is confirmed or the same: then one text alone speaks.
        """
        value = self.values[key]
        text = self.first.values[key] if self.first else value
        # A later text that was read replaces the earlier one. Custom and guesses do not, as no text
        # stands behind them.
        doubtful = value.confidence not in CONFIRMED and text.confidence in CONFIRMED
        return text if doubtful and text.value != value.value else None

    def commissioned_signer(self, medium: str, rule: SignerRule) -> SignerRule | None:
        """Return the commissioning texts' rule for the same signature, where `rule` is unconfirmed."""
        if self.first is None or rule.confidence in CONFIRMED:
            return None
        texts = (row for row in self.first.signers(medium) if row.confidence in CONFIRMED)
        return next((row for row in texts if row.slot == rule.slot), None)

    def rule(self, key: str) -> RuleValue:
        """The value with its source; KeyError for a key no rule set knows (a programming error)."""
        return self.values[key]

    def number(self, key: str) -> int:
        """A whole-number value."""
        value = self.values[key].value
        # In Python True is a number; in a rule file it is a mistake.
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"rule value {key} is not a number")
        return value

    def flag(self, key: str) -> bool:
        """A yes/no value."""
        value = self.values[key].value
        if not isinstance(value, bool):
            raise TypeError(f"rule value {key} is not yes/no")
        return value

    def text(self, key: str) -> str:
        """A text value."""
        value = self.values[key].value
        if not isinstance(value, str):
            raise TypeError(f"rule value {key} is not text")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """A list value."""
        value = self.values[key].value
        if not isinstance(value, tuple):
            raise TypeError(f"rule value {key} is not a list")
        return value

    def term(self, key: str) -> Term:
        """The term with its source; KeyError for an unknown key."""
        return self.terms[key]

    def carried_over(self, key: str) -> bool:
        """True when the texts of this set are silent and the value stands in an earlier set."""
        return self.values[key].origin != self.id

    def needs_check(self, day: dt.date) -> bool:
        """True when `day` lies after the newest texts that were read for this set."""
        return self.checked_until is not None and day > self.checked_until

    def quorum(self, members: int) -> int:
        """Return how many of `members` must be present for a valid decision (R29).

        It is at least the given part, rounded up.
        """
        # A fraction, because a third of nine is three and 0.333 of nine is not.
        part = Fraction(self.text("quorum"))
        return max(1, -(-members * part.numerator // part.denominator))

    def retention_end(self, exam_day: dt.date) -> dt.date:
        """Return the last day forms are kept (R38).

        It is 31 December of the exam year, later 1 March of the next year.
        """
        # «12-31» is in the exam year; each word before it («next») adds a year, so that one text
        # serves every year.
        *following, day = self.text("retention_forms").split()
        return dt.date.fromisoformat(f"{exam_day.year + len(following)}-{day}")


def choose(sets: tuple[RuleSet, ...], exam_day: dt.date) -> RuleSet:
    """The set in force on `exam_day`; Invalid when the day lies before the first one."""
    for rule_set in sets:
        if rule_set.since <= exam_day and (rule_set.until is None or exam_day <= rule_set.until):
            return rule_set
    raise Invalid(
        N_("There is no rule set for exams on %(day)s."),
        code="no-rule-set",
        advice=N_("Check the exam date; rule sets begin with 2010."),
        params={"day": exam_day.isoformat()},
    )
