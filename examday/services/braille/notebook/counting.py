"""Counts of a Braille work: notebooks and extra sheets that should be there."""

from examday.domain.custody.kit import ORIGINALS, Kind
from examday.domain.custody.lifecycle import Medium
from examday.services.custody import papers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def sheets_expected(uow: UnitOfWork, booklet: Booklet) -> dict[Kind, int]:
    """Return notebooks and extra sheets by the journal; empty for a work without any count."""
    known = papers.expected(uow, booklet)
    # Both are asked for, also where there should be none: an extra sheet that nobody knows of is
    # found that way.
    return {kind: known.get(kind, 0) for kind in ORIGINALS[Medium.BRAILLE]} if known else {}
