"""Files that came in before, byte for byte: their pages count once."""

from sqlalchemy import select

from examday.domain.messages import N_
from examday.domain.scans.pages import ScanState
from examday.services.scans.files.setting_aside import problem
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import ScanFile


def same_bytes(uow: UnitOfWork, scan: ScanFile) -> ScanFile | None:
    """An earlier file with the very same bytes that was accepted or still waits."""
    return uow.session.scalars(
        select(ScanFile)
        .where(
            ScanFile.sha256 == scan.sha256,
            ScanFile.id != scan.id,
            ScanFile.state.in_((ScanState.QUEUED, ScanState.POSTPONED, ScanState.DONE)),
        )
        .order_by(ScanFile.received_at, ScanFile.id)
    ).first()


def close_as_duplicate(uow: UnitOfWork, scan: ScanFile, first: ScanFile) -> None:
    """Nothing is done with a file that is there as `first`; it says so."""
    scan.state, scan.done_at, scan.pages = ScanState.DUPLICATE, uow.now(), 0
    scan.problem = problem(
        "duplicate-file",
        N_("The very same file came in before, as «%(first)s»."),
        N_("Nothing needs to be done: its pages were counted once."),
        first=first.name,
    )
