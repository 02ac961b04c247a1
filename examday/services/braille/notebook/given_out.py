"""Works that the chair has given out and that cannot be read yet."""

from dataclasses import dataclass

from examday.domain.custody.lifecycle import Medium, State, waits_for
from examday.domain.messages import Msgid
from examday.domain.transfer.readings import Source
from examday.services.braille.notebook.receipt import Package, packages
from examday.services.transfer.assignments import my_keyin, works_to_read
from examday.services.transfer.crew.waiting import to_read
from examday.services.transfer.readings import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


@dataclass(frozen=True)
class Given:
    """A work of the actor that cannot be read yet.

    `waits_for`: who acts next and what the act is, for each thing that is missing. `package`: what
    its envelope lies in; None where it waits for its scans alone.
    """

    booklet: Booklet
    waits_for: tuple[Msgid, ...]
    package: Package | None


def given(uow: UnitOfWork) -> list[Given]:
    """Return the works that the chair gave the actor and that are not ready to be read.

    They are not scanned, or lie in a package that the commission has not opened.
    """
    unscanned = works_to_read(uow, State.COLLECTED)
    scanned = works_to_read(uow, State.SCANNED, to_read(uow.actor.person_id))
    closed = packages(uow, [*unscanned, *scanned])
    waiting = (work for work in scanned if work.id in closed and not _read(uow, work))
    shown = [*unscanned, *waiting]
    return [Given(work, _missing(work, closed.get(work.id)), closed.get(work.id)) for work in shown]


def _read(uow: UnitOfWork, work: Booklet) -> bool:
    """Tell whether the actor has handed in the own key-in."""
    return find(uow, work, Source(my_keyin(uow, work))) is not None


def _missing(work: Booklet, package: Package | None) -> tuple[Msgid, ...]:
    """Return who acts next: with the package, and where the work is not scanned, with its scans."""
    unscanned = work.state == State.COLLECTED
    scans = [Msgid(waits_for(State.COLLECTED, Medium(work.medium)))] if unscanned else []
    return tuple([*([package.waits_for] if package else []), *scans])
