"""A rule set comes beside those of the program: looked at first, refused where works are under way."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from examday.domain.custody.lifecycle import NOT_ISSUED
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.rules.differing import Difference, differences
from examday.domain.rules.ruleset import RuleSet, choose
from examday.services.custody.booklets import require
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
    """Works whose kit was issued by the rules of before."""


@dataclass(frozen=True)
class Outlook:
    """What a rule set would change here."""

    rules: RuleSet
    known: bool
    """It counts here already, word for word."""
    changes: Sequence[Difference]
    """Beside what holds now on its first day."""
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


def bring_in(uow: UnitOfWork, text: str) -> RuleSet:
    """Let the rules in this text hold from now on; word for word once more changes nothing.

    Forbidden; Invalid where the text is none; Conflict where works of an exam that it changes were
    issued by the rules of before.
    """
    require(uow, "plan.edit")
    uow.queue("plan")
    seen = look(uow, text)
    if seen.known:
        return seen.rules
    if seen.begun:
        day = next(one.day for one in seen.days if one.begun)
        raise Conflict(
            N_("Other rules would hold for works that were issued: %(day)s, %(count)s works."),
            code="rules-in-use",
            advice=N_(
                "Nothing was changed. Works are finished by the rules that they were begun with: let the new "
                "ones begin on a later day."
            ),
            params={"day": day.strftime("%d.%m.%Y"), "count": seen.begun},
        )
    number = uow.session.scalar(select(func.max(RuleText.number))) or 0
    uow.add(RuleText(number=number + 1, name=seen.rules.id, text=text, at=uow.now()))
    uow.session.flush()
    in_force.forget(uow)
    told = {
        "from": seen.rules.since.isoformat(),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    uow.record(Event.RULES_CHANGE, f"rules:{seen.rules.id}", **told)
    return seen.rules
