"""The readiness board.

It has every rule of the field that a plan can be checked by, before the day begins.

Rules that are checked later, at the step itself: the characters of R27 at key-in, R28 (counts) at
each hand-over, R31–R34 (names, hearing) and R38 (retention) by the appeals body.
"""

from examday.domain.plan.checks.duties import DUTY_CHECKS
from examday.domain.plan.checks.equipment import EQUIPMENT_CHECKS
from examday.domain.plan.checks.papers import PAPER_CHECKS
from examday.domain.plan.checks.people import PEOPLE_CHECKS
from examday.domain.plan.checks.rooms import ROOM_CHECKS
from examday.domain.plan.checks.transfer import TRANSFER_CHECKS
from examday.domain.plan.day import DayPlan
from examday.domain.plan.findings import Finding, Level, one_per_cause

CHECKS = (
    *PAPER_CHECKS,
    *ROOM_CHECKS,
    *EQUIPMENT_CHECKS,
    *PEOPLE_CHECKS,
    *TRANSFER_CHECKS,
    *DUTY_CHECKS,
)
_URGENCY = {Level.FAIL: 0, Level.WARN: 1, Level.PASS: 2}
"""Failures first: on the morning of the exam only the top of the board is read."""


def check(day: DayPlan) -> tuple[Finding, ...]:
    """All findings on the plan, one for each cause: failures first, then by rule and subject."""
    found = [finding for rule in CHECKS for finding in rule(day)]
    found.sort(key=lambda row: (_URGENCY[row.level], _order(row.rule), row.subject))
    return tuple(one_per_cause(found))


def _order(rule: str) -> tuple[bool, str]:
    """Rules of the texts before those of this program: a shared cause is named by the text."""
    return rule.startswith("P"), rule
