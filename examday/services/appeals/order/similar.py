"""Works that may carry the same defect as the disputed one."""

from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals.diagnosis import Category, Diagnosis, propose_all
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
    shifted: int
    """Of these, tasks whose answers stand in a shifted row: the mark of one slip in a whole room."""
    unread: int
    """Tasks of which one paper was never read: nobody knows whether they differ."""
    case: Appeal | None
    """The case on that work, so that none is opened twice; None while there is none."""


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
            found.append(_looked_at(uow, booklet, tuple(reasons)))
    return sorted(
        found, key=lambda one: (-one.shifted, -one.differing, -one.unread, -len(one.reasons))
    )


def _looked_at(uow: UnitOfWork, booklet: Booklet, reasons: tuple[str, ...]) -> Similar:
    """Return a work with what its own readings say of it."""
    layers = layers_of_work(uow, booklet.id, booklet.version)
    proposed = propose_all(layers).values()
    found = [one for one in proposed if one.diagnosis is Diagnosis.TRANSFER_DEFECT]
    cases = uow.session.scalars(
        select(Appeal).where(Appeal.booklet_id == booklet.id).order_by(Appeal.filed.desc())
    )
    return Similar(
        booklet,
        reasons,
        differing=len(found),
        shifted=sum(1 for one in found if one.category is Category.ROW_SHIFT),
        # A layer that nobody read is no agreement either.
        unread=sum(1 for one in proposed if one.diagnosis is Diagnosis.UNKNOWN),
        case=cases.first(),
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
