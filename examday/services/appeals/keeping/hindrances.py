"""What stands against an act of destruction."""

from collections.abc import Sequence

from sqlalchemy import select

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.scans.pages import PageState
from examday.services.rules import in_force
from examday.services.travel.confirmed import require_confirmed
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Page, ScanFile
from examday.storage.tables_appeal import Destruction


def require_free(uow: UnitOfWork, exam: Exam, works: Sequence[Booklet]) -> None:
    """Conflict where the works of an exam have to be kept."""
    _check_not_destroyed(uow, exam)
    _check_term(uow, exam, works)
    _check_decided(uow, exam)
    require_confirmed(uow, exam, works)


def _check_not_destroyed(uow: UnitOfWork, exam: Exam) -> None:
    """Conflict when there is an act of this exam already."""
    if uow.session.scalar(select(Destruction.id).where(Destruction.exam_id == exam.id).limit(1)):
        raise Conflict(
            N_("The works of this exam were destroyed by act already."),
            code="destroyed",
            advice=N_("Nothing more is to be done: the act stands in the journal."),
        )


def _check_term(uow: UnitOfWork, exam: Exam, works: Sequence[Booklet]) -> None:
    """Conflict while a work is under appeal, or before the term is over."""
    if any(work.hold for work in works):
        raise Conflict(
            N_("Works of this exam are under appeal: nothing may be destroyed."),
            code="legal-hold",
            advice=N_("Wait until every case is closed."),
        )
    until = in_force.for_exam(exam).retention_end(exam.date)
    # The last day itself still belongs to the term.
    if uow.today() <= until:
        raise Conflict(
            N_("These works are kept until %(day)s."),
            code="retention",
            params={"day": until.strftime("%d.%m.%Y")},
            advice=N_("The term comes from the rule set of the exam."),
        )


def _check_decided(uow: UnitOfWork, exam: Exam) -> None:
    """Conflict while a page of these files waits: it may be of a work that is to be kept."""
    waiting = (
        select(Page.id)
        .join(ScanFile)
        .where(Page.state == PageState.EXCEPTION, ScanFile.sha256.in_(scans_of(uow, exam)))
    )
    if uow.session.scalar(waiting.limit(1)) is not None:
        raise Conflict(
            N_("A page in the scans of this exam waits for a decision: nobody knows whose it is."),
            code="page-waits",
            advice=N_("Decide about the page first. Nothing was destroyed."),
        )


def scans_of(uow: UnitOfWork, exam: Exam) -> list[str]:
    """Return the digests of all scans of the exam: what stays of them."""
    scans = (
        select(ScanFile.sha256)
        .join(Page)
        .join(Booklet)
        .where(Booklet.exam_id == exam.id)
        .distinct()
        .order_by(ScanFile.sha256)
    )
    return list(uow.session.scalars(scans))
