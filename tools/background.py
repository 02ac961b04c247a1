"""The background work that pictures of a day need, done here instead of by workers."""

from sqlalchemy import select

from examday.domain.jobs import Task
from examday.services.jobs import outbox
from examday.services.recognition import readers
from examday.services.scans.files import opening, setting_aside
from examday.services.unit_of_work import Store
from examday.storage.tables import Outbox

TASKS = {
    Task.TAKE_IN: (opening.process, setting_aside.give_up),
    Task.READ_PAGE: (readers.process_page, readers.give_up_page),
}


def work_off(store: Store) -> None:
    """Do the background work here and now."""
    with store.read() as uow:
        waiting = [
            (Task(row.task), row.arg)
            for row in uow.session.scalars(select(Outbox).where(Outbox.done_at.is_(None)))
        ]
    for task, arg in waiting:
        if task in TASKS:
            outbox.run(store, task, arg, *TASKS[task])
