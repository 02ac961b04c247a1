"""Jobs that are asked for once, however many pages of a work arrive."""

from sqlalchemy import ScalarResult, select

from examday.domain.jobs import Task
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Outbox


def open_wish(uow: UnitOfWork, task: Task, booklet: Booklet) -> ScalarResult[Outbox]:
    """Find the unfinished jobs of this kind for a work."""
    return uow.session.scalars(
        select(Outbox).where(
            Outbox.task == task, Outbox.arg == booklet.id, Outbox.done_at.is_(None)
        )
    )


def wish(uow: UnitOfWork, task: Task, booklet: Booklet) -> None:
    """Ask for the job unless one is waiting."""
    # A job that has been begun does not count: it may have looked before this page was attached.
    if all(job.attempts for job in open_wish(uow, task, booklet)):
        uow.enqueue(task, booklet.id)
