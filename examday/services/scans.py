"""What the scan pages show: files with their progress, pages that wait for a person, quarantine, counts."""

from collections.abc import Sequence

from sqlalchemy import func, select

from examday.storage.tables import Page, ScanFile
from examday.storage.uow import Store, UnitOfWork


def quarantined(store: Store) -> Sequence[ScanFile]:
    """Files that were set aside, newest first."""
    with store.read() as uow:
        return uow.session.scalars(select(ScanFile).where(ScanFile.state == "quarantined")
                                   .order_by(ScanFile.received_at.desc())).all()


def page_counts(uow: UnitOfWork) -> dict[str, int]:
    """Pages in = pages out: pages read from all files, and where they are now."""
    found = uow.session.execute(select(Page.state, func.count()).group_by(Page.state))
    states = {state: count for state, count in found}
    read = uow.session.scalar(select(func.coalesce(func.sum(ScanFile.pages), 0))) or 0
    return {"read": int(read), **{state: states.get(state, 0) for state in ("attached", "exception", "rejected")}}
