"""The program's own rules of a day, where no database is asked."""

import datetime as dt

from examday.domain.rules.ruleset import RuleSet, choose
from examday.services.rules import rulesets


def for_date(day: dt.date) -> RuleSet:
    """The rule set of exams on this day, as long as nobody has ordered another one."""
    return choose(rulesets.all_sets(), day)
