"""Jobs that were given up, in words for people.

Their silence is no answer: until somebody has them tried again, or the work needs the machine no
more, the pages say that something was not done. A file that could not be opened says so itself
(`ScanFile.state`), so it is not listed here.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.custody.lifecycle import WAY, State
from examday.domain.errors import Conflict, MachineTrouble
from examday.domain.jobs import Task
from examday.domain.messages import N_
from examday.domain.scans.pages import COPY, ORIGINAL, PageState
from examday.services.custody.booklets import require
from examday.services.jobs import outbox
from examday.services.scans.pictures import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Outbox, Page
from examday.storage.tables_appeal import Destruction

PEOPLE_READ = N_(
    "People read this work without the machine's hint: nothing is sorted for them beforehand. Have it "
    "tried again; if that fails too, tell the technical specialist."
)
WORDS: dict[Task, tuple[str, str]] = {
    Task.READ_PAGE: (N_("read the page"), PEOPLE_READ),
    Task.READ_BRAILLE: (N_("read the Braille notebook"), PEOPLE_READ),
    Task.READ_BACKS: (N_("read the backs of the Braille notebook"), PEOPLE_READ),
    Task.JOIN_HALVES: (
        N_("join the two halves of a sheet"),
        N_("Have it tried again, or join the halves by hand: open the page that waits."),
    ),
    Task.REMOVE_DESTROYED: (
        N_("remove the scans that an act of destruction names"),
        N_(
            "Scans that the act names may still be on this computer. Have it tried again; if that "
            "fails too, tell the technical specialist."
        ),
    ),
}
"""What was tried, and what to do now. A task without words here is no matter for people: they could
do nothing."""


@dataclass(frozen=True)
class About:
    """What a job was to be done to: a page, a work, or the exam of an act."""

    page: Page | None = None
    booklet: Booklet | None = None
    exam: Exam | None = None

    @property
    def exam_id(self) -> str:
        """The exam that it concerns; "" where nobody knows yet."""
        if self.exam is not None:
            return self.exam.id
        return self.booklet.exam_id if self.booklet is not None else ""


@dataclass(frozen=True)
class Failure:
    """A job that was given up. `since`: when; `tries`: how often it was tried.

    `machine`: the computer could not do it; else the program failed at it.
    """

    id: str
    task: Task
    about: About
    machine: bool
    tries: int
    since: dt.datetime


def open_failures(uow: UnitOfWork) -> list[Failure]:
    """List the jobs that were given up and that are still of use, the oldest first."""
    rows = uow.session.scalars(outbox.given_up().where(Outbox.task.in_(WORDS)))
    # Once for each job, because two rows of one job end together.
    last = {(row.task, row.arg): row for row in rows}
    found = []
    for row in last.values():
        about = _about(uow, Task(row.task), row.arg)
        if about is not None:
            found.append(_failure(row, about))
    return found


def _failure(row: Outbox, about: About) -> Failure:
    return Failure(
        row.id,
        Task(row.task),
        about,
        row.error == MachineTrouble.code,
        # Less one, since the last begin only finds that the tries are used up.
        row.attempts - 1,
        row.done_at or row.created_at,
    )


def is_given_up(uow: UnitOfWork, task: Task, args: Collection[str]) -> bool:
    """Tell whether the job was given up for one of these ids, and nobody has had it tried again."""
    found = outbox.given_up().where(Outbox.task == task, Outbox.arg.in_(args))
    return uow.session.scalars(found).first() is not None


def copy_unread(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Tell whether the machine was to read a page of the present copy and could not."""
    pages = [page.id for page in pages_of(uow, booklet, COPY)]
    return is_given_up(uow, Task.READ_PAGE, pages)


def copy_being_read(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Tell whether the machine is about to read a page that the copy is compared on.

    Not after a first failure: the pauses between tries are longer than anybody should wait.
    """
    pages = [page.id for role in (ORIGINAL, COPY) for page in pages_of(uow, booklet, role)]
    open_ = (
        Outbox.task == Task.READ_PAGE,
        Outbox.arg.in_(pages),
        Outbox.done_at.is_(None),
        Outbox.attempts <= 1,
    )
    return uow.session.scalars(select(Outbox.id).where(*open_).limit(1)).first() is not None


def notebook_unread(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Tell whether the machine was to read the notebook, or a page that came later, and could not."""
    return is_given_up(uow, Task.READ_BRAILLE, [booklet.id])


def try_again(uow: UnitOfWork, failure_id: str) -> None:
    """Put the job back: it is tried as often as a new one.

    Errors: Forbidden, NotFound, Conflict (it is being tried again, or is done).
    """
    require(uow, "scans.decide")
    row = uow.hold(Outbox, failure_id)
    if uow.session.scalars(outbox.given_up().where(Outbox.id == row.id)).first() is None:
        raise Conflict(
            N_("This is being tried again already."),
            code="not-given-up",
            advice=N_("Open the list again in a moment."),
        )
    uow.enqueue(Task(row.task), row.arg)


def _about(uow: UnitOfWork, task: Task, arg: str) -> About | None:
    """What the job was to be done to; None when it is of no use any more."""
    if task is Task.REMOVE_DESTROYED:
        act = uow.session.get(Destruction, arg)
        return About(exam=uow.get(Exam, act.exam_id)) if act else None
    if task in (Task.READ_BRAILLE, Task.READ_BACKS):
        booklet = uow.session.get(Booklet, arg)
        return About(booklet=booklet) if booklet and _needs_hints(booklet) else None
    page = uow.session.get(Page, arg)
    if page is None:
        return None
    if task is Task.JOIN_HALVES:
        return About(page) if page.state == PageState.EXCEPTION else None
    return _page_to_read(uow, page)


def _page_to_read(uow: UnitOfWork, page: Page) -> About | None:
    """The page with its work; None when it was taken back or belongs to an earlier transfer."""
    booklet = uow.session.get(Booklet, page.booklet_id) if page.booklet_id else None
    if booklet is None or page.state != PageState.ATTACHED or not _needs_hints(booklet):
        return None
    present = page.id in {one.id for one in pages_of(uow, booklet, page.role)}
    return About(page, booklet) if present else None


def _needs_hints(booklet: Booklet) -> bool:
    """Tell whether people still read the work: what they have signed needs no machine."""
    return booklet.state in WAY and WAY.index(State(booklet.state)) < WAY.index(State.CERTIFIED)
