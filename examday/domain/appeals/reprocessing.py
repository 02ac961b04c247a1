"""The order for reprocessing after a technical defect: each step has an owner and a term."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.errors import Conflict, SamePerson
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.rules.calendar import WorkCalendar, last_day
from examday.domain.rules.ruleset import RuleSet


class Step(StrEnum):
    """The steps in their order (domain.md 10.5)."""

    ASSIGN = "assign"
    RETRANSFER = "retransfer"
    HAND_OVER = "hand_over"
    EXPERT_RECHECK = "expert_recheck"
    """Only if a long answer changed: short answers are marked by the key alone."""
    RECALCULATE = "recalculate"
    """By the federal centre: the points of one task may change the whole score."""
    APPROVE = "approve"
    INFORM = "inform"


STEP_NAMES: dict[Step, str] = {
    Step.ASSIGN: N_("name other hands for the transfer"),
    Step.RETRANSFER: N_("transfer again, verify, certify «true copy»"),
    Step.HAND_OVER: N_("hand over to the processing centre"),
    Step.EXPERT_RECHECK: N_("experts check long answers again"),
    Step.RECALCULATE: N_("results before and after"),
    Step.APPROVE: N_("approve the changed result"),
    Step.INFORM: N_("inform the appellant"),
}
OWNERS: dict[Step, tuple[Role, ...]] = {
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


class StepState(StrEnum):
    """How a step stands."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    """What happened before made it unnecessary; it is kept with its reason, never left out."""


OPEN, DONE, SKIPPED = StepState


def due_dates(decided: dt.date, rules: RuleSet, calendar: WorkCalendar) -> dict[Step, dt.date]:
    """Return the last day of every step, one term after the other.

    Decision to centre, recalculation, approval and notice; all three are believed values of the
    rule set.
    """
    sent = last_day(calendar, decided, rules.term("decision_sent"))
    recalculated = last_day(calendar, sent, rules.term("recalculation"))
    approved = last_day(calendar, recalculated, rules.term("changed_result_approved"))
    ends = {
        "decision_sent": sent,
        "recalculation": recalculated,
        "changed_result_approved": approved,
    }
    return {step: ends[term] for step, term in TERMS.items()}


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
    may_close: bool


def progress(states: Mapping[Step, str]) -> Progress:
    """Return the first open step, and whether the case may close: when none is open."""
    # A step without a row counts as open.
    following = next((step for step in Step if states.get(step, OPEN) == OPEN), None)
    return Progress(following, following is None)


def check_step(states: Mapping[Step, str], step: Step) -> None:
    """Conflict unless `step` is the next open one: no step is skipped or done twice."""
    following = progress(states).next
    if following != step:
        raise Conflict(
            N_("The next step of this order is «%(next)s»."),
            code="wrong-step",
            advice=N_("Do that step first; each has its owner and its term."),
            params={"next": STEP_NAMES[following] if following else N_("close the case")},
        )


def check_close(states: Mapping[Step, str]) -> None:
    """Conflict while a step is open."""
    following = progress(states).next
    if following is not None:
        raise Conflict(
            N_("The case cannot be closed: the step «%(step)s» is open."),
            code="open-step",
            advice=N_("Finish the step, then close the case."),
            params={"step": STEP_NAMES[following]},
        )
