"""Cases of the conflict commission: an appeal's way as one transition table, and its terms."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.domain.rules.calendar import Deadline, WorkCalendar, deadline, last_day
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
    """The terms run from the day on which it reached the commission, and not from here [56]."""
    SCHEDULED = "scheduled"
    """May be appointed anew, so nothing of it is fixed: the latest notice counts, until the hearing
    is opened."""
    HEARING = "hearing"
    """The commission sits: findings and votes are taken only now, so that the record tells who was
    there."""
    DECIDED = "decided"
    """The protocol is written, and not every member has signed it: nothing is carried out
    before."""
    SIGNED = "signed"
    """Every member has signed; what was decided has still to be carried out, so the case is not
    closed."""
    REPROCESSING = "reprocessing"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    """By the appellant, before the hearing day; the record stays, for the paper that was filed
    exists."""


KIND_NAMES = {Kind.PROCEDURE: N_("on a breach of procedure"), Kind.SCORE: N_("on the score")}
CASE_NAMES: dict[CaseState, str] = {
    CaseState.REGISTERED: N_("registered (appeal)"),
    CaseState.SCHEDULED: N_("hearing appointed"),
    CaseState.HEARING: N_("being heard"),
    CaseState.DECIDED: N_("decided"),
    CaseState.SIGNED: N_("protocol signed"),
    CaseState.REPROCESSING: N_("decision being carried out"),
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
    CaseMove(_S.REPROCESSING, "close", _S.CLOSED, "appeal.process"),
)
"""The whole table: what is not in it cannot happen. A hearing may be appointed anew, but not once
it was held. No case closes from its signatures on: each outcome is carried out first."""


def case_move(state: CaseState, action: str) -> CaseMove:
    """Return the step `action` from `state`; Conflict when the table has none."""
    for row in CASE_MOVES:
        if row.source == state and row.action == action:
            return row
    raise Conflict(
        N_("A case that is «%(state)s» cannot take the step «%(action)s»."),
        code="wrong-step",
        params={"state": CASE_NAMES[state], "action": action},
        advice=N_("Open the case: its page shows the step that comes next."),
    )


@dataclass(frozen=True)
class FilingDates:
    """The days of a filing, as they stand on its papers."""

    exam: dt.date
    result: dt.date | None
    """The official day of the results; None for a procedural appeal, which needs none."""
    filed: dt.date
    reached: dt.date
    """The term of consideration begins here, however long the appeal was on its way [56]."""


def check_dates(kind: Kind, dates: FilingDates, today: dt.date) -> None:
    """Invalid when the days of a filing cannot be true together; no reason waives that.

    An order of days that cannot be, or a day that has not come, is a slip of the pen. Only being
    late can have a reason.
    """
    if kind is Kind.SCORE and dates.result is None:
        raise Invalid(
            N_("A score appeal needs the official day of the results."),
            code="no-result-day",
            field="result_day",
            advice=N_("Enter the day on which the results were officially announced."),
        )
    named = (
        (N_("filed"), "filed", dates.filed),
        (N_("reached the commission"), "reached", dates.reached),
        (N_("results announced"), "result_day", dates.result if kind is Kind.SCORE else None),
    )
    for words, field, day in named:
        _check_day(words, field, day, dates.exam, today)
    if dates.reached < dates.filed:
        raise Invalid(
            N_("An appeal cannot reach the commission before it was filed."),
            code="dates",
            field="reached",
            advice=N_("Check both dates."),
        )
    if kind is Kind.SCORE and dates.result is not None and dates.filed < dates.result:
        raise Invalid(
            N_("A score appeal cannot be filed before the results of %(day)s were announced."),
            code="dates",
            field="filed",
            advice=N_("Check both dates."),
            params={"day": dates.result.strftime("%d.%m.%Y")},
        )


def _check_day(
    words: str,
    field: str,
    day: dt.date | None,
    exam: dt.date,
    today: dt.date,
) -> None:
    """Invalid for a day that has not come yet, or that lies before the exam."""
    if day is None:
        return
    if day > today:
        raise Invalid(
            N_("The day «%(what)s» (%(day)s) has not come yet."),
            code="dates",
            field=field,
            advice=N_("Check the date: no reason can be given for a day to come."),
            params={"what": words, "day": day.strftime("%d.%m.%Y")},
        )
    if day < exam:
        raise Invalid(
            N_("The day «%(what)s» (%(day)s) lies before the exam of %(exam)s."),
            code="dates",
            field=field,
            advice=N_("Check the date and the work that the appeal is about."),
            params={
                "what": words,
                "day": day.strftime("%d.%m.%Y"),
                "exam": exam.strftime("%d.%m.%Y"),
            },
        )


def filing_ends(
    kind: Kind,
    dates: FilingDates,
    rules: RuleSet,
    calendar: WorkCalendar,
) -> dt.date:
    """Return the last day on which the appeal could be filed.

    A procedural appeal is filed on the exam day before leaving the point [20]; a score appeal
    within the term after the official result day [56].
    """
    if kind is Kind.PROCEDURE or dates.result is None:
        return dates.exam
    return last_day(calendar, dates.result, rules.term("score_filed"))


def check_filed(
    kind: Kind,
    dates: FilingDates,
    late_reason: str,
    rules: RuleSet,
    calendar: WorkCalendar,
) -> None:
    """Invalid for a late appeal without a reason, or for a reason that nothing calls for.

    Being late is all that a reason waives: whether it is a good one the commission decides.
    """
    last = filing_ends(kind, dates, rules, calendar)
    if dates.filed <= last:
        if late_reason:
            raise Invalid(
                N_("This appeal was filed in time: there is nothing to give a reason for."),
                code="filed-in-time",
                field="late_reason",
                advice=N_("Leave the reason empty: it would be printed, and would not be true."),
            )
        return
    if late_reason:
        return
    if kind is Kind.PROCEDURE:
        raise Invalid(
            N_("A procedural appeal is filed on the exam day, before leaving the exam point."),
            code="filed-late",
            field="filed",
            advice=N_("Check the filing date; %(day)s was the exam day."),
            params={"day": dates.exam.strftime("%d.%m.%Y")},
        )
    first = dates.result or dates.exam
    raise Invalid(
        N_("The filing window for a score appeal was %(first)s – %(last)s."),
        code="filed-late",
        field="filed",
        advice=N_(
            "Check the dates. A late appeal is refused by the commission, not by this program: "
            "register it with the mark «out of time» and the reason."
        ),
        params={"first": first.strftime("%d.%m.%Y"), "last": last.strftime("%d.%m.%Y")},
    )


def consider_by(
    kind: Kind,
    reached: dt.date,
    today: dt.date,
    rules: RuleSet,
    calendar: WorkCalendar,
) -> Deadline:
    """Return the last day on which the commission may consider the appeal.

    The term runs from the day on which it reached the commission, not from its filing.
    """
    return deadline(calendar, reached, rules.term(f"{kind}_considered"), today)


def check_notice(
    noticed: dt.date,
    hearing: dt.date,
    rules: RuleSet,
    calendar: WorkCalendar,
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


def check_within_term(hearing: dt.date, last: dt.date, reason: str) -> bool:
    """Tell whether the hearing lies outside its term; Conflict when it does without a reason.

    The commission may have to sit late (no quorum, illness); then the papers say why.
    """
    if hearing <= last:
        return False
    if not reason.strip():
        raise Conflict(
            N_("The appeal is to be considered by %(last)s; the hearing on %(day)s is later."),
            code="hearing-late",
            field="late_reason",
            advice=N_(
                "Choose a day within the term, or give the reason: it is printed on the notice "
                "and in the protocol."
            ),
            params={"last": last.strftime("%d.%m.%Y"), "day": hearing.strftime("%d.%m.%Y")},
        )
    return True


def check_opened_late(hearing: dt.date, today: dt.date, reason: str) -> None:
    """Conflict when a hearing is opened after its day without saying why."""
    if today > hearing and not reason.strip():
        raise Conflict(
            N_("The hearing was appointed for %(day)s; today is %(today)s."),
            code="opened-late",
            field="late_reason",
            advice=N_(
                "Say why it is opened on another day (it is printed in the protocol), or appoint "
                "another day."
            ),
            params={"day": hearing.strftime("%d.%m.%Y"), "today": today.strftime("%d.%m.%Y")},
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
    hearing: dt.date | None,
    today: dt.date,
    rules: RuleSet,
    calendar: WorkCalendar,
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
