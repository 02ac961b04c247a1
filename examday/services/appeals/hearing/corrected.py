"""Corrections of what was recorded of a hearing, by the row that they correct."""

from examday.domain.appeals.notes import Corrected, NoteKind
from examday.services.appeals.notes import notes_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, CaseNote


def corrections(
    uow: UnitOfWork, appeal: Appeal, what: Corrected
) -> dict[str, tuple[CaseNote, ...]]:
    """Return the corrections of one sort: row's id → notes, the latest last."""
    found: dict[str, tuple[CaseNote, ...]] = {}
    for note in notes_of(uow, appeal, NoteKind.CORRECTION):
        sort, _colon, row = note.about.partition(":")
        if sort == what:
            found[row] = (*found.get(row, ()), note)
    return found
