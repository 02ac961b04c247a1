"""Removal of the scans that an act of destruction names; their hashes stay."""

from sqlalchemy import select

from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.objects import Objects
from examday.storage.tables import Booklet, Page, ScanFile
from examday.storage.tables_appeal import Destruction


def remove(store: Store, act_id: str) -> None:
    """Remove the files an act names, unless a work outside the act still has the same file; twice
    is harmless."""
    objects = Objects(store.settings.objects)
    with store.read() as uow:
        act = uow.get(Destruction, act_id)
        elsewhere = set(
            uow.session.scalars(
                select(ScanFile.sha256)
                .join(Page)
                .join(Booklet)
                .where(ScanFile.sha256.in_(act.hashes), Booklet.exam_id != act.exam_id)
            )
        )
        doomed = [sha256 for sha256 in act.hashes if sha256 not in elsewhere]
    for sha256 in doomed:
        objects.remove(sha256)


def destroyed(uow: UnitOfWork) -> set[str]:
    """Digests of scans that were destroyed by act: their absence is no damage."""
    return {
        sha256 for hashes in uow.session.scalars(select(Destruction.hashes)) for sha256 in hashes
    }


def report_failed(store: Store, act_id: str) -> None:
    """Say in the ledger that the files of an act could not be removed; a person has to look."""
    with store.begin(Actor.system("worker")) as uow:
        uow.record(Event.RETENTION_REMOVE_FAILED, f"destruction:{act_id}")
