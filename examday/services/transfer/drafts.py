"""Drafts: autosaved work of one person, seen by nobody else, deleted when it is handed in."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from examday.domain.transfer.answers import (
    Check,
    Seen,
    Value,
    plain_values,
    read_value,
    read_values,
    writable,
)
from examday.domain.transfer.duties import VERIFIER
from examday.domain.transfer.readings import PART_OF_SOURCE, Source
from examday.services.transfer.assignments import hold_part
from examday.services.transfer.desks.entries import as_on_form, values_in
from examday.services.transfer.readings import seal
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading
from examday.storage.tables_draft import Draft


def mine(uow: UnitOfWork, booklet: Booklet, part: str) -> Draft | None:
    """Return the actor's own draft of a part of the present version."""
    return uow.session.scalars(
        select(Draft).where(
            Draft.booklet_id == booklet.id,
            Draft.version == booklet.version,
            Draft.part == part,
            Draft.person_id == uow.actor.person_id,
        )
    ).first()


def values(uow: UnitOfWork, booklet: Booklet, part: str) -> dict[str, Value]:
    """Return the values that the actor has entered so far."""
    draft = mine(uow, booklet, part)
    return read_values(draft.content.get("fields", {})) if draft else {}


def checks(uow: UnitOfWork, booklet: Booklet, part: str) -> dict[str, Check]:
    """Return what the actor has said of the copy so far."""
    draft = mine(uow, booklet, part)
    stored = draft.content.get("checks", {}) if draft else {}
    return {
        field_id: Check(
            Seen(check["seen"]),
            read_value(field_id, check["value"]) if check.get("value") else None,
            bool(check.get("bulk")),
        )
        for field_id, check in stored.items()
    }


def text(uow: UnitOfWork, booklet: Booklet, part: str) -> str:
    """Return the Braille entry of the actor as it was typed so far."""
    return str(kept(uow, booklet, part).get("braille", ""))


def kept(uow: UnitOfWork, booklet: Booklet, part: str) -> Mapping[str, Any]:
    """Return everything that the actor's draft holds; empty without one."""
    draft = mine(uow, booklet, part)
    return draft.content if draft else {}


def save(
    uow: UnitOfWork,
    booklet_id: str,
    part: str,
    values: Mapping[str, Value],
    row_version: int | None = None,
    **more: object,
) -> Draft:
    """Keep work as it is, finished or not.

    NotFound for somebody else's part, Conflict for a step that is over. `more`: kept beside the
    values (the text of a Braille entry).
    """
    # Held, although nothing is decided: an autosave that is late must not come back as a draft
    # after the reading has been handed in.
    booklet = hold_part(uow, booklet_id, part, row_version)
    # Empty inputs are left out: in a draft they say nothing yet, not even «blank».
    entered = {f: v for f, v in as_on_form(booklet, writable(values)).items() if not v.empty}
    content = {"fields": plain_values(entered), **more}
    draft = mine(uow, booklet, part)
    if draft is None:
        draft = uow.add(
            Draft(
                booklet_id=booklet.id,
                version=booklet.version,
                part=part,
                person_id=uow.actor.person_id,
                content=content,
                saved_at=uow.now(),
            )
        )
    draft.content, draft.saved_at = content, uow.now()
    return draft


def save_checks(
    uow: UnitOfWork,
    booklet_id: str,
    checks: Mapping[str, Check],
    row_version: int | None = None,
) -> None:
    """Keep the checks that the verifying person has made so far."""
    writable(values_in(checks))
    plain = {f: check.plain(f) for f, check in checks.items()}
    save(uow, booklet_id, VERIFIER, {}, row_version, checks=plain)


def hand_in(
    uow: UnitOfWork,
    booklet: Booklet,
    source: Source,
    content: Mapping[str, object],
    *,
    number: int = 1,
) -> Reading:
    """Seal what the actor has done as a reading, and delete the draft it grew from."""
    reading = seal(uow, booklet, source, content, number=number, person_id=uow.actor.person_id)
    draft = mine(uow, booklet, PART_OF_SOURCE[source])
    if draft is not None:
        uow.session.delete(draft)
    return reading
