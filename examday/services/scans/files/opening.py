"""A stored file is opened once: its pages are found, pictured, and each finds its place."""

from contextlib import suppress

from examday.domain.errors import Conflict
from examday.domain.scans.pages import ScanState
from examday.reading.guards import BadFile
from examday.services.scans.files import decoding
from examday.services.scans.files.placing import place, row_of
from examday.services.scans.files.setting_aside import quarantine
from examday.services.scans.works.pages_again import compare_ahead
from examday.services.unit_of_work import Store
from examday.storage.tables import ScanFile


def process(store: Store, scan_id: str) -> None:
    """Look at one stored file: decode it in a child with limits, write previews, place its pages.

    A file that cannot be accepted goes to quarantine; MachineTrouble says nothing against the file.
    Twice, or at once in two workers, has the effect of once.
    """
    with store.read() as uow:
        scan = uow.get(ScanFile, scan_id)
    if scan.state != ScanState.QUEUED:
        return
    try:
        pages = decoding.pages_of(store.settings, scan.sha256)
    except BadFile as bad:
        return quarantine(store, scan, bad.code, bad.message, bad.advice, bad.params)
    rows = [row_of(store, scan, info, scan.received_at) for info in pages]
    compare_ahead(store, scan, rows)
    for _attempt in range(5):
        # Somebody moved a booklet meanwhile: look again at what is true now.
        with suppress(Conflict):
            return place(store, scan_id, pages)
    place(store, scan_id, pages)
