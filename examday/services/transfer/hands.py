"""Who did which part of a transfer.

Who has taken a part and who has handed in something of it: both count. A part that was given back leaves no trace in the assignments, but what was handed in
before stays with its author.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.events import Event, read_data
from examday.domain.transfer.duties import COPIER, FIRST, PARTS, SECOND
from examday.domain.transfer.readings import KEPT, PART_OF_SOURCE, TAKEN_BACK, Source
from examday.domain.transfer.signing import Hands
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import NEWEST_FIRST, Assignment, Booklet, EventRow, Reading

PartOfWork = tuple[str, int, str]
"""Booklet id, version, part: hands of an earlier version bar nobody but after a defect."""
PartOfReading = tuple[str, int, str]
"""Booklet id, version, source of a reading: a reading bars its reader as a part does, and only in
its version."""


def taken(uow: UnitOfWork, booklet_ids: Collection[str]) -> dict[PartOfWork, str]:
    """Return who holds each part of these works, in every version; one query for any number."""
    rows = uow.session.scalars(select(Assignment).where(Assignment.booklet_id.in_(booklet_ids)))
    return {(row.booklet_id, row.version, row.part): row.person_id for row in rows}


def handed_in(uow: UnitOfWork, booklet_ids: Collection[str]) -> dict[PartOfWork, set[str]]:
    """Return who has handed in something of each part of these works; one query for any number."""
    rows = uow.session.execute(
        select(Reading.booklet_id, Reading.version, Reading.source, Reading.person_id).where(
            Reading.booklet_id.in_(booklet_ids), Reading.source.in_(PART_OF_SOURCE)
        )
    )
    found: dict[PartOfWork, set[str]] = defaultdict(set)
    stays: set[PartOfReading] = set()
    for booklet_id, version, source, person_id in rows:
        # What was agreed by itself has no person and bars nobody.
        if person_id:
            found[booklet_id, version, PART_OF_SOURCE[source]].add(person_id)
        if source in KEPT.values():
            stays.add((booklet_id, version, source))
    _hand_on(found, stays)
    return found


def _hand_on(found: dict[PartOfWork, set[str]], stays: Collection[PartOfReading]) -> None:
    """Add whoever read what stays once more: a later key-in holds it under another name."""
    for booklet_id, version, source in sorted(stays):
        if (booklet_id, version - 1, source) in stays:
            part = PART_OF_SOURCE[source]
            found[booklet_id, version, part] |= found[booklet_id, version - 1, part]


def by_part(
    booklet: Booklet, held: Mapping[PartOfWork, str], done: Mapping[PartOfWork, Collection[str]]
) -> dict[str, set[str]]:
    """Return part → everybody who holds it or has handed in something of it in the present version."""
    found = {}
    for part in PARTS:
        key = (booklet.id, booklet.version, part)
        found[part] = set(done.get(key, ()))
        if key in held:
            found[part].add(held[key])
    return found


def everybody(uow: UnitOfWork, booklet: Booklet) -> dict[str, set[str]]:
    """Return part → everybody who holds it or has handed in something of it in the present version."""
    return by_part(booklet, taken(uow, [booklet.id]), handed_in(uow, [booklet.id]))


def of_works(uow: UnitOfWork, booklets: Sequence[Booklet]) -> dict[str, Hands]:
    """Return booklet id → who worked on its present version.

    As many queries for many works as for one.
    """
    ids = [booklet.id for booklet in booklets]
    assigned, finished = taken(uow, ids), handed_in(uow, ids)
    copied = _copied_by(uow, ids)
    found = {}
    for booklet in booklets:
        copier = copied.get((booklet.id, booklet.version))
        # By the assignment, because nobody has said «copied» yet where a print-out asks who is
        # going to sign.
        copier = copier or assigned.get((booklet.id, booklet.version, COPIER), "")
        found[booklet.id] = Hands(by_part(booklet, assigned, finished), copier)
    return found


def _copied_by(uow: UnitOfWork, booklet_ids: Collection[str]) -> dict[tuple[str, int], str]:
    """Return booklet id and version → who made the newest copy."""
    rows = uow.session.execute(
        select(Reading.booklet_id, Reading.version, Reading.person_id)
        .where(
            Reading.booklet_id.in_(booklet_ids),
            Reading.source == Source.COPIED,
            Reading.person_id.is_not(None),
        )
        .order_by(Reading.round)  # later rounds overwrite earlier ones below
    )
    return {(booklet_id, version): who for booklet_id, version, who in rows if who}


def done_by(uow: UnitOfWork, booklet: Booklet) -> dict[str, set[str]]:
    """Return part → who has handed in something of it in the present version that still counts."""
    done = by_part(booklet, {}, handed_in(uow, [booklet.id]))
    again = taken_back(uow, [booklet.id])
    return {
        part: set() if (booklet.id, booklet.version, part) in again else who
        for part, who in done.items()
    }


def taken_back(uow: UnitOfWork, booklet_ids: Collection[str]) -> set[PartOfWork]:
    """Return the key-ins that were taken back, whole or for the fields of one sheet, and not handed
    in anew.

    Whoever made one has read the original all the same: `handed_in` names them, and it bars them.
    """
    rows = uow.session.execute(
        select(Reading.booklet_id, Reading.version, Reading.source).where(
            Reading.booklet_id.in_(booklet_ids),
            Reading.source.in_((*TAKEN_BACK, *TAKEN_BACK.values(), *KEPT.values())),
        )
    )
    found = Counter((booklet_id, version, source) for booklet_id, version, source in rows)
    return {
        (booklet_id, version, PART_OF_SOURCE[key_in])
        for booklet_id, version, _source in tuple(found)
        for key_in, back in TAKEN_BACK.items()
        if _open_again(found, booklet_id, version, key_in, back)
    }


def begun(uow: UnitOfWork, booklets: Collection[Booklet]) -> set[str]:
    """Return the ids of works of which the first of two readers has handed in, and it counts."""
    read = {b.id: b for b in booklets if b.state == State.SCANNED}
    handed, open_again = handed_in(uow, read), taken_back(uow, read)
    return {
        b.id
        for b in read.values()
        if any(
            (key := (b.id, b.version, part)) in handed and key not in open_again
            for part in (FIRST, SECOND)
        )
    }


def _open_again(
    found: Counter[PartOfReading],
    booklet_id: str,
    version: int,
    key_in: Source,
    back: Source,
) -> bool:
    """Was this key-in begun, and does none of it count now?"""
    times = found[booklet_id, version, key_in]
    begun = times or found[booklet_id, version, KEPT[key_in]]
    return bool(begun) and found[booklet_id, version, back] == times


def holders(uow: UnitOfWork, booklet: Booklet) -> dict[str, str]:
    """Return part → who holds it in the present version."""
    return holders_of(uow, [booklet])[booklet.id]


def holders_of(uow: UnitOfWork, booklets: Collection[Booklet]) -> dict[str, dict[str, str]]:
    """Return booklet id → part → who holds it in the present version; one query for any number."""
    versions = {booklet.id: booklet.version for booklet in booklets}
    found: dict[str, dict[str, str]] = {key: {} for key in versions}
    for (key, version, part), person_id in taken(uow, versions).items():
        if version == versions[key]:
            found[key][part] = person_id
    return found


def earlier_hands(uow: UnitOfWork, booklet: Booklet) -> set[str]:
    """Return who had a part in the versions that a re-transfer after a defect has replaced.

    Nobody when there was none.
    """
    if booklet.version == 1:
        return set()
    event = uow.session.scalars(
        select(EventRow)
        .where(
            EventRow.subject == f"booklet:{booklet.id}", EventRow.kind == Event.BOOKLET_RETRANSFER
        )
        .order_by(*NEWEST_FIRST)
        .limit(1)
    ).first()
    # A version without such an event was reopened: there the same people may go on.
    if event is None:
        return set()
    replaced = read_data(event.data)["version"]
    # Readings too: who handed in and gave the part back has no assignment any more.
    people = uow.session.scalars(
        select(Reading.person_id)
        .where(
            Reading.booklet_id == booklet.id,
            Reading.version < replaced,
            Reading.source.in_(PART_OF_SOURCE),
        )
        .union(
            select(Assignment.person_id).where(
                Assignment.booklet_id == booklet.id, Assignment.version < replaced
            )
        )
    )
    return {person for person in people if person}
