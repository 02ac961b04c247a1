"""The page of keeping and destruction: terms, acts, who may sign one."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from examday.services.appeals.keeping import retention, signers
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
    """The last exam shown, from which the next page begins: a number of pages would shift when
    works are destroyed. Empty on the last one."""
    older: str
    """The last act shown, as acts are added and a number of pages would shift; empty on the last
    page."""
    second: list[tuple[str, str]]
    """(id, name) of possible second signers: nobody destroys works alone."""


def keeping(uow: UnitOfWork, after: str = "", older: str = "") -> Keeping:
    """Return how long works are kept, and what was destroyed.

    `after`, `older`: where the page of exams and that of acts begin.
    """
    kept = retention.overview(uow, after)
    full = len(kept) == retention.A_PAGE
    last = f"{kept[-1].exam.date.isoformat()} {kept[-1].exam.id}" if full else ""
    acts = _acts(uow, older)
    further = acts[retention.A_PAGE :]
    return Keeping(
        kept,
        acts[: retention.A_PAGE],
        last,
        further[0].id if further else "",
        signers.second_signers(uow),
    )


def _acts(uow: UnitOfWork, first: str) -> list[Act]:
    """The acts, newest first, from one of them on: a page, and one more where there are more."""
    names = directory.names(uow)
    query = (
        select(Destruction, Exam)
        .join(Exam, Exam.id == Destruction.exam_id)
        .order_by(Destruction.at.desc(), Destruction.id.desc())
        .limit(retention.A_PAGE + 1)
    )
    if first:
        at = uow.get(Destruction, first).at
        same = (Destruction.at == at) & (Destruction.id <= first)
        query = query.where((Destruction.at < at) | same)
    rows = uow.session.execute(query)
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
