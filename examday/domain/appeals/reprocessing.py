"""Carrying out a decision: the steps that each outcome has, each with its owner and its term."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.appeals.case import Kind
from examday.domain.appeals.hearing import Outcome
from examday.domain.errors import Conflict, Invalid, SamePerson
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.rules.calendar import WorkCalendar, last_day
from examday.domain.rules.ruleset import RuleSet


class Step(StrEnum):
    """All steps, in the order in which they can follow one another (domain.md 10.5)."""

    ANNUL = "annul"
    """After a procedural appeal: the exam board annuls the result, for an exam held wrongly proves
    nothing."""
    RESERVE_DAY = "reserve_day"
    """After an annulled result: the candidate must get another day, or would have no exam at
    all."""

    ASSIGN = "assign"
    """Other hands: those of the first transfer would see what they expect to see."""
    RETRANSFER = "retransfer"
    """All of the way again up to the signatures, for the old ones vouch for the old copy."""
    HAND_OVER = "hand_over"
    EXPERT_RECHECK = "expert_recheck"
    """Only if a long answer changed: short answers are marked by the key alone."""
    RECALCULATE = "recalculate"
    """By the federal centre: the points of one task may change the whole score."""
    APPROVE = "approve"
    """By the exam board, within a working day (believed, so a term of the rule set)."""
    INFORM = "inform"


STEP_NAMES: dict[Step, str] = {
    Step.ANNUL: N_("annul the result"),
    Step.RESERVE_DAY: N_("name the reserve day"),
    Step.ASSIGN: N_("name other hands for the transfer"),
    Step.RETRANSFER: N_("transfer again, verify, certify «true copy»"),
    Step.HAND_OVER: N_("hand over to the processing centre"),
    Step.EXPERT_RECHECK: N_("experts check long answers again"),
    Step.RECALCULATE: N_("results before and after"),
    Step.APPROVE: N_("approve the changed result"),
    Step.INFORM: N_("inform the appellant"),
}
OWNERS: dict[Step, tuple[Role, ...]] = {
    Step.ANNUL: (Role.APPEAL_SECRETARY, Role.APPEAL_CHAIR),
    Step.RESERVE_DAY: (Role.APPEAL_SECRETARY, Role.APPEAL_CHAIR),
    Step.ASSIGN: (Role.APPEAL_SECRETARY, Role.APPEAL_CHAIR),
    Step.RETRANSFER: (Role.APPEAL_SECRETARY, Role.APPEAL_CHAIR),
    Step.HAND_OVER: (Role.APPEAL_SECRETARY, Role.APPEAL_OPERATOR),
    Step.EXPERT_RECHECK: (Role.SUBJECT_EXPERT, Role.APPEAL_SECRETARY),
    Step.RECALCULATE: (Role.APPEAL_OPERATOR, Role.APPEAL_SECRETARY),
    Step.APPROVE: (Role.APPEAL_CHAIR, Role.APPEAL_DEPUTY),
    Step.INFORM: (Role.APPEAL_SECRETARY,),
}
"""Who may close a step: whoever answers for it to the exam board."""
TERMS: dict[Step, str] = {
    Step.ANNUL: "decision_sent",
    Step.RESERVE_DAY: "decision_sent",
    Step.ASSIGN: "decision_sent",
    Step.RETRANSFER: "decision_sent",
    Step.HAND_OVER: "decision_sent",
    Step.EXPERT_RECHECK: "recalculation",
    Step.RECALCULATE: "recalculation",
    Step.APPROVE: "changed_result_approved",
    Step.INFORM: "changed_result_approved",
}
"""Step → the term of the rule set that it ends with. Several steps share one: the rules give a term
for decision to centre, not for each hand."""


AFTER_DEFECT = (
    Step.ASSIGN,
    Step.RETRANSFER,
    Step.HAND_OVER,
    Step.EXPERT_RECHECK,
    Step.RECALCULATE,
    Step.APPROVE,
    Step.INFORM,
)
"""The long way: the old copy is worthless, so the work is transferred again."""
AFTER_OTHER_ERROR = (Step.RECALCULATE, Step.APPROVE, Step.INFORM)
"""A recognition error is corrected at the centre, a mark by the experts' conclusion: nothing is
transferred again, but the score may change."""
AFTER_PROCEDURE = (Step.ANNUL, Step.RESERVE_DAY, Step.INFORM)
AFTER_REJECTION = (Step.INFORM,)


def way(kind: Kind, outcome: Outcome, defect: bool) -> tuple[Step, ...]:
    """Return the steps that carry out a decision; every outcome ends with the appellant informed."""
    if outcome is Outcome.REJECT:
        return AFTER_REJECTION
    if kind is Kind.PROCEDURE:
        return AFTER_PROCEDURE
    return AFTER_DEFECT if defect else AFTER_OTHER_ERROR


class StepState(StrEnum):
    """How a step stands."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    """What happened before made it unnecessary; it is kept with its reason, never left out."""


OPEN, DONE, SKIPPED = StepState


def due_dates(
    decided: dt.date,
    rules: RuleSet,
    calendar: WorkCalendar,
    recalculates: bool = True,
) -> dict[Step, dt.date]:
    """Return the last day of every step, one term after the other.

    Decision to centre, recalculation, approval and notice; all three are believed values of the
    rule set. Where nothing is recalculated, the appellant is informed with the term of the decision
    (no text known names a term for annulling and for the reserve day).
    """
    sent = last_day(calendar, decided, rules.term("decision_sent"))
    recalculated = last_day(calendar, sent, rules.term("recalculation"))
    approved = last_day(calendar, recalculated, rules.term("changed_result_approved"))
    ends = {
        "decision_sent": sent,
        "recalculation": recalculated,
        "changed_result_approved": approved,
    }
    due = {step: ends[term] for step, term in TERMS.items()}
    # Answered at once: of a rejected or a procedural appeal nothing is recalculated first.
    if not recalculates:
        due[Step.INFORM] = sent
    return due


def check_hands(person_id: str, first_hands: Mapping[str, Sequence[str]]) -> None:
    """SamePerson when somebody who touched an earlier version is to transfer or read again.

    `first_hands`: person → the parts they had in it.
    """
    if person_id in first_hands:
        raise SamePerson(
            N_(
                "The second transfer needs other hands: this person took part in the first as %(role)s."
            ),
            advice=N_(
                "Name somebody who has not keyed in, settled, copied, verified or signed it."
            ),
            params={"role": first_hands[person_id][0]},
        )


@dataclass(frozen=True)
class Progress:
    """How the steps stand."""

    next: Step | None
    """None where nothing is left to do, which alone does not close the case: see `may_close`."""
    may_close: bool


CLOSED_STEPS = (DONE, SKIPPED)
"""What a step must say to count as closed; a step that says nothing, or another word, is open."""


def progress(named: Sequence[Step], states: Mapping[Step, str]) -> Progress:
    """Return the first open step, and whether the case may close: when none is open.

    `named`: the steps of the outcome, as `way` gives them; `states`: what is recorded of them. A
    step of which nothing is recorded is open.
    """
    following = next((step for step in named if states.get(step) not in CLOSED_STEPS), None)
    return Progress(following, following is None)


def check_step(named: Sequence[Step], states: Mapping[Step, str], step: Step) -> None:
    """Conflict unless `step` is the next open one: no step is skipped or done twice."""
    following = progress(named, states).next
    if following != step:
        raise Conflict(
            N_("The next step of this order is «%(next)s»."),
            code="wrong-step",
            advice=N_("Do that step first; each has its owner and its term."),
            params={"next": STEP_NAMES[following] if following else N_("close the case")},
        )


def check_close(named: Sequence[Step], states: Mapping[Step, str]) -> None:
    """Conflict while a step is open."""
    following = progress(named, states).next
    if following is not None:
        raise Conflict(
            N_("The case cannot be closed: the step «%(step)s» is open."),
            code="open-step",
            advice=N_("Finish the step, then close the case."),
            params={"step": STEP_NAMES[following]},
        )


@dataclass(frozen=True)
class Results:
    """Scores before and after, as the centre sent them."""

    before: int
    after: int
    fell: str = ""
    """Why a lower score is right, which the appellant has to be told; empty unless it fell."""


def check_results(results: Results) -> None:
    """Invalid outside of 0 to 100, or for a score that fell without a word on it.

    It may fall (domain.md 10.2, step 6), but mostly two fields were mixed up.
    """
    for name, score in (("before", results.before), ("after", results.after)):
        if not 0 <= score <= 100:
            raise Invalid(
                N_("Scores lie between 0 and 100."),
                code="score",
                field=name,
                advice=N_("Correct the figures."),
            )
    if results.after < results.before and not results.fell.strip():
        raise Invalid(
            N_("The score fell from %(before)s to %(after)s: is that right?"),
            code="score-fell",
            field="fell",
            advice=N_("Exchange the figures if they were mixed up; else say why it fell."),
            params={"before": results.before, "after": results.after},
        )


def check_told(told: dt.date, since: dt.date, today: dt.date) -> None:
    """Invalid for a day on which the appellant could not yet be told, or that has not come."""
    if not since <= told <= today:
        raise Invalid(
            N_("The appellant can have been told between %(first)s and %(last)s."),
            code="told-day",
            field="day",
            advice=N_("Check the date."),
            params={"first": since.strftime("%d.%m.%Y"), "last": today.strftime("%d.%m.%Y")},
        )


def check_reserve_day(reserve: dt.date, decided: dt.date) -> None:
    """Invalid for a reserve day that is not after the decision."""
    if reserve <= decided:
        raise Invalid(
            N_("The reserve day lies after the decision of %(day)s."),
            code="reserve-day",
            field="day",
            advice=N_("Check the date."),
            params={"day": decided.strftime("%d.%m.%Y")},
        )


def check_closing_day(held: dt.date, today: dt.date) -> None:
    """Conflict when a case would be closed before it was considered."""
    if today < held:
        raise Conflict(
            N_("The case was considered on %(held)s; today is %(today)s."),
            code="closed-before-heard",
            advice=N_("Check the clock of this computer; nothing was closed."),
            params={"held": held.strftime("%d.%m.%Y"), "today": today.strftime("%d.%m.%Y")},
        )
