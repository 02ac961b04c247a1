"""What stays of the key-ins when one sheet of the original is taken back or exchanged.

A new version begins, and only the fields of that sheet are read anew: of each earlier reading the
other fields are sealed once more under a source of their own, in the name of whoever read them. Where
several did, in several versions, it is in nobody's name, and says who read which field.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from examday.domain.transfer.answers import Value, Values
from examday.domain.transfer.duties import FIRST, SECOND
from examday.domain.transfer.readings import KEPT, Source
from examday.services.rules.exam_forms import fields_for
from examday.services.transfer.readings import (
    content_of,
    find,
    first_and_second,
    rounds,
    seal,
    values_of,
)
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading
from examday.storage.tables_draft import Draft


def keep(
    uow: UnitOfWork,
    booklet: Booklet,
    version: int,
    again: Collection[str],
) -> None:
    """Keep what was read in this version and does not rest on the fields `again`.

    `version`: the present one, or the one before where a new one has just begun. Drafts of the
    key-ins lose these fields, and go on in the present version.
    """
    for source, kept in KEPT.items():
        old = find(uow, booklet, source, version) or find(uow, booklet, kept, version)
        if old is None:
            continue
        left = {f: value for f, value in values_of(old).items() if f not in again}
        decisions = {f: one for f, one in _decided(old).items() if f not in again}
        if left or find(uow, booklet, kept):
            who = _authors(old, find(uow, booklet, kept, version), left)
            person_id = next(iter(who)) if len(who) == 1 else None
            content = content_of(left, of=old.sha256, decisions=decisions, **_said(who))
            number = rounds(uow, booklet, kept) + 1
            seal(uow, booklet, kept, content, number=number, person_id=person_id or None)
    _shorten_drafts(uow, booklet, version, again)


def _authors(old: Reading, taken: Reading | None, left: Values) -> dict[str, list[str]]:
    """Return who read each of these fields: person ("" for nobody) → fields.

    `taken`: what the reading `old` took over from an earlier version; nobody entered that again.
    """
    before = values_of(taken) if taken is not None else {}
    found: dict[str, list[str]] = {}
    for field in left:
        read_in = taken if taken is not None and field in before else old
        found.setdefault(_author(read_in, field), []).append(field)
    return found or {old.person_id or "": []}


def _author(reading: Reading, field: str) -> str:
    by: Mapping[str, list[str]] = reading.content.get("by", {})
    return next((who for who, fields in by.items() if field in fields), reading.person_id or "")


def _said(who: dict[str, list[str]]) -> dict[str, object]:
    """What several people read stands in nobody's name: by person, which fields."""
    return {"by": who} if len(who) > 1 else {}


def values(uow: UnitOfWork, booklet: Booklet, source: Source) -> dict[str, Value]:
    """Return what stays of a reading in the present version; nothing where all is read anew."""
    kept = find(uow, booklet, KEPT[source])
    return values_of(kept) if kept else {}


def to_read(uow: UnitOfWork, booklet: Booklet, source: Source) -> tuple[str, ...]:
    """Return the fields that a key-in of the present version reads, in the order of the sheet."""
    there = values(uow, booklet, source)
    return tuple(f for f in fields_for(booklet.exam).ids if f not in there)


def with_kept(
    uow: UnitOfWork,
    booklet: Booklet,
    source: Source,
    entered: Values,
) -> dict[str, Value]:
    """Return what was entered together with what stays, which no entry changes."""
    return {**entered, **values(uow, booklet, source)}


def to_compare(uow: UnitOfWork, booklet: Booklet) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return the two key-ins as they are compared.

    Where an earlier version has settled a field that stays, both say what was settled: nobody is
    asked about it twice. Conflict until both are handed in.
    """
    settled = values(uow, booklet, Source.SETTLED)
    first, second = first_and_second(uow, booklet)
    return values_of(first) | settled, values_of(second) | settled


def decisions(uow: UnitOfWork, booklet: Booklet) -> Mapping[str, Any]:
    """Return the decisions of an earlier version on fields that stay, as they are stored."""
    kept = find(uow, booklet, Source.SETTLED_KEPT)
    return _decided(kept) if kept else {}


def _decided(reading: Reading) -> Mapping[str, Any]:
    found: Mapping[str, Any] = reading.content.get("decisions", {})
    return found


def _shorten_drafts(
    uow: UnitOfWork,
    booklet: Booklet,
    version: int,
    again: Collection[str],
) -> None:
    drafts = uow.session.scalars(
        select(Draft).where(
            Draft.booklet_id == booklet.id,
            Draft.version == version,
            Draft.part.in_((FIRST, SECOND)),
        )
    )
    for draft in drafts.all():
        entered = draft.content.get("fields", {})
        left = {f: value for f, value in entered.items() if f not in again}
        if left:
            draft.version, draft.content = booklet.version, {"fields": left}
        else:
            uow.session.delete(draft)
