"""The backs of the sheets of a notebook: read by the machine when a person asks for it."""

from examday.domain.errors import NotFound
from examday.domain.jobs import Task
from examday.services.braille.keyins import has_read
from examday.services.braille.machine_pages import BACK
from examday.services.jobs.failures import is_given_up
from examday.services.recognition.braille_pages import is_notebook
from examday.services.recognition.wishes import open_wish, wish
from examday.services.transfer.readings import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def ask_backs(uow: UnitOfWork, booklet_id: str) -> None:
    """Have the backs read from the same pictures.

    NotFound before the actor has handed in a reading of the work.
    """
    booklet = uow.hold(Booklet, booklet_id)
    if not is_notebook(booklet) or not has_read(uow, booklet):
        raise NotFound()
    wish(uow, Task.READ_BACKS, booklet)


def backs_state(uow: UnitOfWork, booklet: Booklet) -> str:
    """Return how far the backs are.

    "waits" when somebody has asked for them, "gave up" when that was tried too often, "read", or ""
    when they can be asked for.
    """
    if open_wish(uow, Task.READ_BACKS, booklet).first() is not None:
        return "waits"
    if is_given_up(uow, Task.READ_BACKS, [booklet.id]):
        return "gave up"
    return "read" if find(uow, booklet, BACK) else ""
