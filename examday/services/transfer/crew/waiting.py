"""Works that wait, those that wait longest first, a portion at a time: twenty thousand cost what a
hundred do where a page shows a hundred.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import selectinload

from examday.domain.transfer.duties import FIRST, SECOND
from examday.domain.transfer.readings import KEPT, TAKEN_BACK
from examday.services.unit_of_work import A_PAGE, UnitOfWork
from examday.storage.tables import Booklet, Reading, Seat

FOR_LINES = (
    selectinload(Booklet.exam),
    selectinload(Booklet.seat).options(selectinload(Seat.room), selectinload(Seat.candidate)),
)
"""What a line of a list shows of a work: read once for all of them."""

PORTION = A_PAGE + 1
"""One more than a page shows: the first portion tells whether there are more."""


def longest_waiting(
    uow: UnitOfWork, works: Select[Booklet], most: int | None = None, first: int = PORTION
) -> Iterator[list[Booklet]]:
    """Yield the works of a query in portions, none of them empty: all, or no further portion once
    so many works were seen. `first`: how many the first portion holds, where a few will do.
    """
    ordered = works.order_by(Booklet.since, Booklet.id)
    seen, query, size = 0, ordered, min(first, PORTION)
    while most is None or seen < most:
        some = list(uow.session.scalars(query.limit(size)))
        if some:
            yield some
        if len(some) < size:
            return
        seen, size = seen + len(some), PORTION
        # From the last one on, and not by an offset: those before it would be read again.
        last = (some[-1].since, some[-1].id)
        query = ordered.where(tuple_(Booklet.since, Booklet.id) > last)


def to_read(person_id: str) -> ColumnElement[bool]:
    """That somebody has not simply handed in a key-in of a work's present version.

    Whether one that was taken back is open again is for the rules to say, work by work.
    """
    undone = _sealed().where(Reading.source.in_((*TAKEN_BACK.values(), *KEPT.values())))
    return ~has_handed_in(person_id) | undone.exists()


def has_handed_in(person_id: str) -> ColumnElement[bool]:
    """That somebody has handed in a key-in of a work's present version, taken back since or not."""
    return (
        _sealed()
        .where(Reading.source.in_((FIRST, SECOND)), Reading.person_id == person_id)
        .exists()
    )


def _sealed() -> Select[str]:
    return select(Reading.id).where(
        Reading.booklet_id == Booklet.id, Reading.version == Booklet.version
    )
