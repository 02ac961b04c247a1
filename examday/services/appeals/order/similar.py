"""Works that may carry the same defect as the disputed one."""

from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.messages import N_
from examday.domain.transfer.readings import Source
from examday.services.appeals.decision.layers import layers_of_work
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading
from examday.storage.tables_appeal import Appeal


@dataclass(frozen=True)
class Similar:
    """A work that may carry the same defect."""

    booklet: Booklet
    reasons: tuple[str, ...]
    """Msgids that say why it is looked at: a copier who slipped once, or a room where sheets were
    swapped."""
    differing: int
    """Tasks in which its own original and copy differ now: works with most of them are looked at
    first."""


def similar(uow: UnitOfWork, appeal: Appeal) -> list[Similar]:
    """Return works of the same exam by the same copier or from the same room.

    Most differences first.
    """
    hands = _copiers(uow, appeal.booklet_id, appeal.version)
    rows = uow.session.scalars(
        select(Booklet).where(Booklet.exam_id == appeal.exam_id, Booklet.id != appeal.booklet_id)
    )
    found: list[Similar] = []
    for booklet in rows:
        reasons: list[str] = []
        if hands & _copiers(uow, booklet.id, booklet.version):
            reasons.append(N_("the same person copied it"))
        if booklet.seat.room_id == appeal.booklet.seat.room_id:
            reasons.append(N_("written in the same room"))
        if reasons:
            found.append(Similar(booklet, tuple(reasons), _differing(uow, booklet)))
    return sorted(found, key=lambda one: (-one.differing, -len(one.reasons)))


def _differing(uow: UnitOfWork, booklet: Booklet) -> int:
    """Count the tasks in which the work's own original and copy differ."""
    layers = layers_of_work(uow, booklet.id, booklet.version).values()
    return sum(
        # A layer that nobody read is no difference; it is simply not known.
        one.original is not None and one.copy is not None and not one.original.same(one.copy)
        for one in layers
    )


def _copiers(uow: UnitOfWork, booklet_id: str, version: int) -> set[str]:
    """Return the people who copied this version of a work."""
    rows = uow.session.scalars(
        select(Reading.person_id).where(
            Reading.booklet_id == booklet_id,
            Reading.version == version,
            Reading.source == Source.COPIED,
        )
    )
    return {person for person in rows if person}
