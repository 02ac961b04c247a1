"""Removal of the scans that an act of destruction names, and of their pictures; their digests stay."""

from collections.abc import Collection

from sqlalchemy import select

from examday.domain.events import Event
from examday.services.unit_of_work import WORKER, Store, UnitOfWork
from examday.storage.objects.opened import originals, pictures
from examday.storage.tables import Booklet, Page, ScanFile
from examday.storage.tables_appeal import Destruction

AT_ONCE = 500
"""Files that are asked for in one statement: databases limit the length of a list."""


def remove(store: Store, act_id: str) -> None:
    """Remove the files that an act names. Running it twice does no harm."""
    kept, made = originals(store.settings), pictures(store.settings)
    with store.read() as uow:
        doomed = _unneeded(uow, uow.get(Destruction, act_id).hashes)
    for sha256 in doomed:
        made.remove(sha256)
        kept.remove(sha256)


def destroyed(uow: UnitOfWork) -> set[str]:
    """Return the digests of all scans that acts have destroyed: nobody misses them."""
    named = {
        sha256 for hashes in uow.session.scalars(select(Destruction.hashes)) for sha256 in hashes
    }
    return _unneeded(uow, named)


def _unneeded(uow: UnitOfWork, hashes: Collection[str]) -> set[str]:
    """Those of these scans that no work of another exam needs.

    Files are kept by digest: the same scan may belong to a work of another exam, or point. The act of
    the last of these exams removes it.
    """
    needed = (
        select(ScanFile.sha256)
        .join(Page)
        .join(Booklet)
        .where(Booklet.exam_id.not_in(select(Destruction.exam_id)))
    )
    left, asked = set(hashes), sorted(hashes)
    with uow.looking_at():
        for first in range(0, len(asked), AT_ONCE):
            some = ScanFile.sha256.in_(asked[first : first + AT_ONCE])
            left.difference_update(uow.session.scalars(needed.where(some)))
    return left


def report_failed(store: Store, act_id: str) -> None:
    """Record that files of an act could not be removed, so that a person looks."""
    with store.begin(WORKER) as uow:
        uow.record(Event.RETENTION_REMOVE_FAILED, f"destruction:{act_id}")
