"""The rules of an exam here: those that the centre has ordered, then those of the program."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from examday.domain.rules.ruleset import RuleSet, choose
from examday.services.rules import rulesets, texts
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Exam
from examday.storage.tables_calendar import RuleText

KEPT = "rule sets"
"""Where a session keeps them: read once in a transaction, and only where rules are asked for."""


def for_exam(exam: Exam) -> RuleSet:
    """The rule set of an exam, by its date. Invalid for a day before the first set."""
    session = object_session(exam)
    return choose(_sets(session) if session else rulesets.all_sets(), exam.date)


def on(uow: UnitOfWork, day: dt.date) -> RuleSet:
    """The rule set of exams on this day. Invalid for a day before the first set."""
    return choose(_sets(uow.session), day)


def by_id(uow: UnitOfWork) -> dict[str, RuleSet]:
    """Every rule set by its id, the program's own first; of one id what counts."""
    return {one.id: one for one in (*rulesets.all_sets(), *reversed(_ordered(uow.session)))}


def sets(uow: UnitOfWork) -> tuple[RuleSet, ...]:
    """In the order in which they are asked: the first that holds on a day counts."""
    return _sets(uow.session)


def forget(uow: UnitOfWork) -> None:
    """Ask anew: one came in."""
    uow.session.info.pop(KEPT, None)


def _sets(session: Session) -> tuple[RuleSet, ...]:
    return (*_ordered(session), *rulesets.all_sets())


def _ordered(session: Session) -> tuple[RuleSet, ...]:
    """Those that were ordered, the newest first; of one id the newest alone."""
    if KEPT not in session.info:
        newest = dict[str, str]()
        # Whoever asks may be in the middle of a change.
        with session.no_autoflush:
            of = select(RuleText.name, RuleText.text).order_by(RuleText.number)
            for name, text in session.execute(of):
                newest.pop(name, None)
                newest[name] = text
        session.info[KEPT] = tuple(texts.parse(text) for text in reversed(newest.values()))
    found: tuple[RuleSet, ...] = session.info[KEPT]
    return found
