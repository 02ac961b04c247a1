"""The pages of a file are entered and matched with works."""

import datetime as dt
import hashlib

from examday.domain.events import Event
from examday.domain.scans.pages import PageState, ScanState
from examday.services.scans import matching
from examday.services.scans.files import decoding
from examday.services.scans.files.duplicates import close_as_duplicate, same_bytes
from examday.services.scans.making import halves
from examday.services.unit_of_work import WORKER, Store
from examday.storage.tables import Page, ScanFile


def place(store: Store, scan_id: str, pages: decoding.Pages) -> None:
    """All pages of the file find their place in one transaction: pages in = pages out."""
    with store.begin(WORKER) as uow:
        scan = uow.session.get(ScanFile, scan_id, with_for_update=True)
        # Another worker may have been quicker: twice has the effect of once.
        if scan is None or scan.state != ScanState.QUEUED:
            return
        first = same_bytes(uow, scan)
        if first is not None and (first.received_at, first.id) < (scan.received_at, scan.id):
            close_as_duplicate(uow, scan, first)
            uow.record(Event.SCAN_DUPLICATE, f"scan:{scan_id}")
            return
        placed = [uow.add(row_of(store, scan, info, uow.now())) for info in pages]
        matching.place_all(uow, placed)
        halves.ask_to_join(uow, placed)
        scan.state, scan.pages, scan.done_at = ScanState.DONE, len(pages), uow.now()
        uow.record(Event.SCAN_DONE, f"scan:{scan_id}", pages=len(pages))


def row_of(
    store: Store,
    scan: ScanFile,
    info: decoding.PageInfo,
    at: dt.datetime,
) -> Page:
    """The row of one page; the same page of the same file has the same id."""
    return Page(
        id=hashlib.sha256(f"{scan.id}:{info.number}".encode()).hexdigest()[:32],
        scan_file_id=scan.id,
        number=info.number,
        state=PageState.EXCEPTION,
        code=None,
        problems=[],
        at=at,
        identity={
            **info.identity,
            "width": info.width,
            "height": info.height,
            "dpi": info.dpi,
        },
        image_sha256=decoding.picture_digest(store.settings, scan.sha256, info.number),
    )
