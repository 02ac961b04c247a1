"""Autosaved work in hand: seen by its author alone, gone when the reading is handed in."""

from collections.abc import Mapping

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
from examday.services.transfer.assignments import require_part
from examday.services.transfer.readings import fresh
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Draft


def mine(uow: UnitOfWork, booklet: Booklet, part: str) -> Draft | None:
    """The actor's own draft of a part of the present version."""
    return uow.session.scalars(
        select(Draft).where(
            Draft.booklet_id == booklet.id,
            Draft.version == booklet.version,
            Draft.part == part,
            Draft.person_id == uow.actor.person_id,
        )
    ).first()


def values(uow: UnitOfWork, booklet: Booklet, part: str) -> dict[str, Value]:
    """The values that the actor has entered so far."""
    draft = mine(uow, booklet, part)
    return read_values(draft.content.get("fields", {})) if draft else {}


def checks(uow: UnitOfWork, booklet: Booklet, part: str) -> dict[str, Check]:
    """What the actor has said of the copy so far."""
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
    """The Braille entry of the actor as it was typed so far."""
    draft = mine(uow, booklet, part)
    return str(draft.content.get("braille", "")) if draft else ""


def save(
    uow: UnitOfWork,
    booklet_id: str,
    part: str,
    values: Mapping[str, Value],
    row_version: int | None = None,
    **more: object,
) -> Draft:
    """Keep work in hand as it is, finished or not. Refused for somebody else's part and for a step
    that is over."""
    booklet = uow.hold(Booklet, booklet_id)  # an autosave must not come back after the hand-in
    require_part(uow, booklet, part)
    fresh(booklet, row_version)
    kept = {
        "fields": plain_values({f: v for f, v in writable(values).items() if not v.empty}),
        **more,
    }
    draft = mine(uow, booklet, part)
    if draft is None:
        draft = uow.add(
            Draft(
                booklet_id=booklet.id,
                version=booklet.version,
                part=part,
                person_id=uow.actor.person_id,
                content=kept,
                saved_at=uow.now(),
            )
        )
    draft.content, draft.saved_at = kept, uow.now()
    return draft


def drop(uow: UnitOfWork, booklet: Booklet, part: str) -> None:
    """The work is handed in: the draft has done its service."""
    draft = mine(uow, booklet, part)
    if draft is not None:
        uow.session.delete(draft)
