"""Notebooks and extra sheets that a Braille work should have."""

from examday.domain.custody.kit import ORIGINALS, Kind
from examday.domain.custody.lifecycle import Medium
from examday.services.custody import papers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def sheets_expected(uow: UnitOfWork, booklet: Booklet) -> dict[Kind, int]:
    """Notebooks and extra sheets by the journal; both are asked for, also where there should be
    none. Empty for a work that came without any count."""
    known = papers.expected(uow, booklet)
    return {kind: known.get(kind, 0) for kind in ORIGINALS[Medium.BRAILLE]} if known else {}
