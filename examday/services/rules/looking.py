"""What a rule set would change here, before it holds."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from examday.domain.custody.lifecycle import NOT_ISSUED
from examday.domain.rules.differing import Difference, differences
from examday.domain.rules.ruleset import RuleSet, choose
from examday.services.rules import in_force, texts
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam
from examday.storage.tables_calendar import RuleText


@dataclass(frozen=True)
class Day:
    """A day of exams that would be held by other rules."""

    day: dt.date
    exams: int
    begun: int
    """Works whose kit was issued by the rules of before: they stand against new ones, for a work
    keeps one set of rules."""


@dataclass(frozen=True)
class Outlook:
    """What a rule set would change here."""

    rules: RuleSet
    known: bool
    """It counts here already, word for word: taking it once more would change nothing."""
    changes: Sequence[Difference]
    """Against what holds now on its first day: so a person sees what the new text would change."""
    days: Sequence[Day]

    @property
    def begun(self) -> int:
        """Works that stand against it."""
        return sum(day.begun for day in self.days)


def look(uow: UnitOfWork, text: str) -> Outlook:
    """Say what the rules in this text would change; nothing does. Errors: those of `texts.parse`."""
    new, before = texts.parse(text), in_force.sets(uow)
    newest = select(RuleText.text).where(RuleText.name == new.id)
    known = uow.session.scalar(newest.order_by(RuleText.number.desc()).limit(1)) == text
    changes = differences(choose(before, new.since), new)
    return Outlook(new, known, changes, () if known else list(_days(uow, new)))


def _days(uow: UnitOfWork, new: RuleSet) -> Iterator[Day]:
    others = tuple(one for one in in_force.sets(uow) if one.id != new.id)
    of = select(Exam.date, func.count(Exam.id)).group_by(Exam.date).order_by(Exam.date)
    for day, exams in uow.session.execute(of):
        before, after = in_force.on(uow, day), choose((new, *others), day)
        if differences(before, after):
            yield Day(day, exams, _begun(uow, day))


def _begun(uow: UnitOfWork, day: dt.date) -> int:
    begun = select(func.count(Booklet.id)).join(Exam, Exam.id == Booklet.exam_id)
    return uow.count(begun.where(Exam.date == day, Booklet.state.not_in(NOT_ISSUED)))
