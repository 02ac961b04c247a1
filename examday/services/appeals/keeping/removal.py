"""Removal of the scans that an act of destruction names, and of their pictures; their digests stay."""

from sqlalchemy import select

from examday.domain.events import Event
from examday.services.unit_of_work import WORKER, Store
from examday.storage.objects.opened import originals, pictures
from examday.storage.tables import Booklet, Page, ScanFile
from examday.storage.tables_appeal import Destruction


def remove(store: Store, act_id: str) -> None:
    """Remove the files that an act names. Running it twice does no harm."""
    kept, made = originals(store.settings), pictures(store.settings)
    with store.read() as uow:
        act = uow.get(Destruction, act_id)
        # Files are kept by digest: the same scan may belong to a work of another exam, or point. The
        # act of the last of these exams removes it.
        ended = select(Destruction.exam_id)
        others = (
            select(ScanFile.sha256)
            .join(Page)
            .join(Booklet)
            .where(ScanFile.sha256.in_(act.hashes), Booklet.exam_id.not_in(ended))
        )
        with uow.looking_at():
            elsewhere = set(uow.session.scalars(others))
        doomed = [sha256 for sha256 in act.hashes if sha256 not in elsewhere]
    for sha256 in doomed:
        made.remove(sha256)
        kept.remove(sha256)


def report_failed(store: Store, act_id: str) -> None:
    """Record that files of an act could not be removed, so that a person looks."""
    with store.begin(WORKER) as uow:
        uow.record(Event.RETENTION_REMOVE_FAILED, f"destruction:{act_id}")
