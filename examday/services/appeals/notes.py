"""Notes of a case: written beside its acts, never changed."""

from collections.abc import Mapping

from sqlalchemy import select

from examday.domain.appeals.notes import NoteKind
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, CaseNote


def add_note(
    uow: UnitOfWork,
    appeal: Appeal,
    kind: NoteKind,
    facts: Mapping[str, object],
    *,
    about: str = "",
    reason: str = "",
) -> CaseNote:
    """Add a note in the transaction of the act that it belongs to; that act records the entry."""
    return uow.add(
        CaseNote(
            appeal_id=appeal.id,
            kind=kind,
            about=about,
            facts=dict(facts),
            reason=reason.strip(),
            person_id=uow.actor.person_id,
            at=uow.now(),
        )
    )


def notes_of(uow: UnitOfWork, appeal: Appeal, kind: NoteKind) -> list[CaseNote]:
    """Return the notes of one kind, in the order in which they were written."""
    return list(
        uow.session.scalars(
            select(CaseNote)
            .where(CaseNote.appeal_id == appeal.id, CaseNote.kind == kind)
            .order_by(CaseNote.at, CaseNote.id)
        )
    )
