"""The page of keeping and destruction: terms, acts, who may sign one."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from examday.services.appeals import retention
from examday.services.people import directory
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Exam
from examday.storage.tables_appeal import Destruction


@dataclass(frozen=True)
class Act:
    """One act of destruction: of which exam, when, signed by whom."""

    id: str
    subject: str
    exam_date: dt.date
    at: dt.datetime
    signers: tuple[str, str]


@dataclass(frozen=True)
class Keeping:
    """Terms of all exams and the acts, newest first."""

    kept: list[retention.Kept]
    acts: list[Act]
    after: str
    """Where the next page begins; empty on the last one."""
    second: list[tuple[str, str]]
    """(id, name) of possible second signers: nobody destroys works alone."""


def keeping(uow: UnitOfWork, after: str = "") -> Keeping:
    """Return how long works are kept, and what was destroyed lately."""
    kept = retention.overview(uow, after)
    full = len(kept) == retention.A_PAGE
    last = f"{kept[-1].exam.date.isoformat()} {kept[-1].exam.id}" if full else ""
    return Keeping(kept, _acts(uow), last, retention.second_signers(uow))


def _acts(uow: UnitOfWork) -> list[Act]:
    names = directory.names(uow)
    rows = uow.session.execute(
        select(Destruction, Exam)
        .join(Exam, Exam.id == Destruction.exam_id)
        .order_by(Destruction.at.desc())
        .limit(retention.A_PAGE)
    )
    return [
        Act(
            act.id,
            exam.subject,
            exam.date,
            act.at,
            (names.get(act.person_id, "—"), names.get(act.second_id, "—")),
        )
        for act, exam in rows
    ]
