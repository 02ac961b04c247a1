"""Who did which part of a transfer: who has taken a part, and who has handed in something of it.

Both count. A part that was given back leaves no trace in the assignments, but what was handed in
before stays with its author.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select

from examday.domain.transfer.duties import PARTS
from examday.domain.transfer.readings import PART_OF_SOURCE
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet, Reading

PartOfWork = tuple[str, int, str]
"""Booklet id, version, part."""


def taken(uow: UnitOfWork, booklet_ids: Collection[str]) -> dict[PartOfWork, str]:
    """Who holds each part of these works, in every version; one query for any number."""
    rows = uow.session.scalars(select(Assignment).where(Assignment.booklet_id.in_(booklet_ids)))
    return {(row.booklet_id, row.version, row.part): row.person_id for row in rows}


def handed_in(uow: UnitOfWork, booklet_ids: Collection[str]) -> dict[PartOfWork, set[str]]:
    """Who has handed in something of each part of these works; one query for any number."""
    rows = uow.session.execute(
        select(Reading.booklet_id, Reading.version, Reading.source, Reading.person_id).where(
            Reading.booklet_id.in_(booklet_ids), Reading.person_id.is_not(None)
        )
    )
    found: dict[PartOfWork, set[str]] = defaultdict(set)
    for booklet_id, version, source, person_id in rows:
        if source in PART_OF_SOURCE and person_id:
            found[booklet_id, version, PART_OF_SOURCE[source]].add(person_id)
    return found


def by_part(
    booklet: Booklet, held: Mapping[PartOfWork, str], done: Mapping[PartOfWork, Collection[str]]
) -> dict[str, set[str]]:
    """Part → everybody who holds it or has handed in something of it in the present version."""
    found = {}
    for part in PARTS:
        key = (booklet.id, booklet.version, part)
        found[part] = set(done.get(key, ()))
        if key in held:
            found[part].add(held[key])
    return found


def everybody(uow: UnitOfWork, booklet: Booklet) -> dict[str, set[str]]:
    """Part → everybody who holds it or has handed in something of it in the present version."""
    return by_part(booklet, taken(uow, [booklet.id]), handed_in(uow, [booklet.id]))


def done_by(uow: UnitOfWork, booklet: Booklet) -> dict[str, set[str]]:
    """Part → who has handed in something of it in the present version."""
    return by_part(booklet, {}, handed_in(uow, [booklet.id]))


def holders(uow: UnitOfWork, booklet: Booklet) -> dict[str, str]:
    """Part → who holds it in the present version."""
    return {
        part: person_id
        for (_id, version, part), person_id in taken(uow, [booklet.id]).items()
        if version == booklet.version
    }
