"""Cases of the conflict commission: an appeal's way as one transition table, and its terms."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.domain.rules.calendar import Deadline, WorkCalendar, deadline, within
from examday.domain.rules.ruleset import RuleSet


class Kind(StrEnum):
    """What the appeal is about."""

    PROCEDURE = "procedure"
    """ППЭ-02: the exam itself was held wrongly; filed before anybody knows a result."""
    SCORE = "score"
    """1-АП: the marks are disputed; transfer errors come to light here."""


class CaseState(StrEnum):
    """Where a case stands."""

    REGISTERED = "registered"
    SCHEDULED = "scheduled"
    HEARING = "hearing"
    """The commission sits: findings and votes are taken only now."""
    DECIDED = "decided"
    """The protocol is written, and not every member has signed it."""
    SIGNED = "signed"
    REPROCESSING = "reprocessing"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    """By the appellant, before the hearing day; the record stays."""


KIND_NAMES = {Kind.PROCEDURE: N_("on a breach of procedure"), Kind.SCORE: N_("on the score")}
CASE_NAMES: dict[CaseState, str] = {
    CaseState.REGISTERED: N_("registered (appeal)"),
    CaseState.SCHEDULED: N_("hearing appointed"),
    CaseState.HEARING: N_("being heard"),
    CaseState.DECIDED: N_("decided"),
    CaseState.SIGNED: N_("protocol signed"),
    CaseState.REPROCESSING: N_("in reprocessing"),
    CaseState.CLOSED: N_("closed"),
    CaseState.WITHDRAWN: N_("withdrawn"),
}


@dataclass(frozen=True)
class CaseMove:
    """One step that a case may take."""

    source: CaseState
    action: str
    target: CaseState
    permission: str


_S = CaseState
CASE_MOVES: tuple[CaseMove, ...] = (
    CaseMove(_S.REGISTERED, "schedule", _S.SCHEDULED, "appeal.register"),
    CaseMove(_S.SCHEDULED, "schedule", _S.SCHEDULED, "appeal.register"),
    CaseMove(_S.REGISTERED, "withdraw", _S.WITHDRAWN, "appeal.register"),
    CaseMove(_S.SCHEDULED, "withdraw", _S.WITHDRAWN, "appeal.register"),
    CaseMove(_S.SCHEDULED, "open", _S.HEARING, "appeal.process"),
    CaseMove(_S.HEARING, "decide", _S.DECIDED, "appeal.process"),
    CaseMove(_S.DECIDED, "seal_protocol", _S.SIGNED, "appeal.process"),
    CaseMove(_S.SIGNED, "order_reprocessing", _S.REPROCESSING, "appeal.process"),
    CaseMove(_S.SIGNED, "close", _S.CLOSED, "appeal.process"),
    CaseMove(_S.REPROCESSING, "close", _S.CLOSED, "appeal.process"),
)
"""The whole table: what is not in it cannot happen. A hearing may be appointed anew, but not once
it was held."""


def case_move(state: CaseState, action: str) -> CaseMove:
    """Return the step `action` from `state`; Conflict when the table has none."""
    for row in CASE_MOVES:
        if row.source == state and row.action == action:
            return row
    raise Conflict(
        N_("A case that is «%(state)s» cannot take the step «%(action)s»."),
        code="wrong-step",
        params={"state": CASE_NAMES[state], "action": action},
    )


def check_filed(
    kind: Kind,
    exam_day: dt.date,
    result_day: dt.date | None,
    filed: dt.date,
    rules: RuleSet,
    calendar: WorkCalendar,
) -> None:
    """Invalid outside of the filing window, saying which term was missed.

    A procedural appeal is filed on the exam day before leaving the point [20]; a score appeal
    within the term after the official result day, that day itself included [56].
    """
    if kind is Kind.PROCEDURE:
        if filed != exam_day:
            raise Invalid(
                N_("A procedural appeal is filed on the exam day, before leaving the exam point."),
                code="filed-late",
                advice=N_("Check the filing date; %(day)s was the exam day."),
                params={"day": exam_day.strftime("%d.%m.%Y")},
            )
        return
    if result_day is None:
        raise Invalid(
            N_("A score appeal needs the official day of the results."),
            code="no-result-day",
            advice=N_("Enter the day on which the results were officially announced."),
        )
    if not within(calendar, result_day, rules.term("score_filed"), filed):
        last = deadline(calendar, result_day, rules.term("score_filed"), filed).last_day
        raise Invalid(
            N_("The filing window for a score appeal was %(first)s – %(last)s."),
            code="filed-late",
            advice=N_(
                "Check the dates. A late appeal is refused by the commission, not by this program: "
                "register it with the mark «out of time» and the reason."
            ),
            params={"first": result_day.strftime("%d.%m.%Y"), "last": last.strftime("%d.%m.%Y")},
        )


def consider_by(
    kind: Kind, reached: dt.date, today: dt.date, rules: RuleSet, calendar: WorkCalendar
) -> Deadline:
    """Return the last day on which the commission may consider the appeal.

    The term runs from the day on which it reached the commission, not from its filing.
    """
    return deadline(calendar, reached, rules.term(f"{kind}_considered"), today)


def check_notice(
    noticed: dt.date, hearing: dt.date, rules: RuleSet, calendar: WorkCalendar
) -> None:
    """Invalid when the notice would reach the appellant too late for the hearing day.

    At least one working day before [56][58]: the appellant may bring parents or an interpreter.
    """
    latest = deadline(calendar, hearing, rules.term("hearing_notice"), noticed).last_day
    if noticed > latest:
        raise Invalid(
            N_("The notice must reach the appellant by %(latest)s for a hearing on %(day)s."),
            code="notice-late",
            advice=N_("Choose a later day, still within the term of consideration."),
            params={"latest": latest.strftime("%d.%m.%Y"), "day": hearing.strftime("%d.%m.%Y")},
        )


def check_hearing_day(hearing: dt.date, today: dt.date, training: bool = False) -> None:
    """Conflict before the day of the hearing.

    The appellant was told that day and may come on it. A training case is played at once.
    """
    if today < hearing and not training:
        raise Conflict(
            N_("The hearing is on %(day)s and cannot be opened before that day."),
            code="too-early",
            advice=N_(
                "Wait for the day, or appoint another one: the notice has to reach the appellant "
                "first."
            ),
            params={"day": hearing.strftime("%d.%m.%Y")},
        )


def check_withdrawal(
    hearing: dt.date | None, today: dt.date, rules: RuleSet, calendar: WorkCalendar
) -> None:
    """Invalid from the hearing day on (believed custom, a value of the rule set)."""
    # Without an appointment there is no day that it could be too late for.
    if hearing is None:
        return
    latest = deadline(calendar, hearing, rules.term("withdrawal"), today).last_day
    if today > latest:
        raise Invalid(
            N_("An appeal could be withdrawn until %(latest)s; the hearing is on %(day)s."),
            code="withdrawal-late",
            advice=N_("Let the commission hear the case."),
            params={"latest": latest.strftime("%d.%m.%Y"), "day": hearing.strftime("%d.%m.%Y")},
        )


def number(region: str, subject: str, sequence: int) -> str:
    """Return the number of the protocol 2-АП: region (2) – subject (2) – sequence [65]."""
    return f"{region:0>2}-{subject:0>2}-{sequence:04d}"
