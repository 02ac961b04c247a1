"""Housekeeping of the stored originals and of the pictures made from them."""

import time

from sqlalchemy import select

from examday import log
from examday.domain.errors import MachineTrouble
from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import ScanState
from examday.reading.guards import BadFile
from examday.services.appeals.keeping.removal import destroyed
from examday.services.scans.files import decoding
from examday.services.unit_of_work import Store
from examday.storage.objects.opened import originals, pictures
from examday.storage.tables import ScanFile

logger = log.get("upkeep")
STALE_S = 3600.0
"""Seconds after which a temporary file belongs to no running intake any more: taking in a file
takes minutes."""


def verify_objects(store: Store) -> list[str]:
    """Compare every recorded original with its digest, but those that an act has destroyed.

    The digests that are missing or damaged, each also an event in the ledger (once).
    """
    objects = originals(store.settings)
    objects.sweep(STALE_S, time.time())
    pictures(store.settings).sweep(STALE_S, time.time())
    with store.read() as uow:
        of = select(ScanFile.id, ScanFile.sha256).where(ScanFile.sha256 != "")
        known = [
            (key, sha256) for key, sha256 in uow.session.execute(of.order_by(ScanFile.received_at))
        ]
        gone = destroyed(uow)
    wrong = set[str]()
    for key, sha256 in known:
        if sha256 in wrong | gone or objects.intact(sha256):
            continue
        with store.read() as uow:
            # In a region a round takes hours, and acts go on meanwhile.
            gone = destroyed(uow)
        if sha256 not in gone:
            wrong.add(sha256)
            # Told at once: what stops a round must lose no finding.
            _alarm(store, key)
    return sorted(wrong)


def _alarm(store: Store, scan_id: str) -> None:
    """Say that an original is missing or damaged; once, as the check runs every few hours."""
    with store.begin(Actor.system("upkeep")) as uow:
        row = uow.hold(ScanFile, scan_id)
        if row.problem.get("code") == "original-lost":
            return
        logger.error("a stored original is missing or damaged", scan=row.id, sha256=row.sha256)
        row.problem = {"code": "original-lost"}
        uow.record(Event.SCAN_DAMAGED, f"scan:{row.id}", sha256=row.sha256)


def remake_pictures(store: Store) -> int:
    """Make the pictures of accepted files again where they are missing.

    The derived folder may be deleted. Returns how many files that were.
    """
    kept, count = pictures(store.settings), 0
    with store.read() as uow:
        done = list(uow.session.scalars(select(ScanFile).where(ScanFile.state == ScanState.DONE)))
    for scan in done:
        if kept.complete(scan.sha256):
            continue
        try:
            decoding.pages_of(store.settings, scan.sha256)
            count += 1
        except BadFile as error:
            if error.code == decoding.LOST:  # not told here, since `verify_objects` tells of it
                continue
            logger.error("a picture could not be made again", scan=scan.id, code=error.code)
        except MachineTrouble as error:
            logger.error(
                "no pictures can be made just now",
                scan=scan.id,
                code=str(error.params.get("what", "")),
            )
            break  # the next round, some hours later, goes on here: no round may take hours
    return count


def pictures_of_point(store: Store, _station_id: str) -> None:
    """Make the missing pictures of the point at which this store is opened."""
    remake_pictures(store)


def leave_to_the_clock(_store: Store, station_id: str) -> None:
    """Say in the log that pictures are missing: the next round of the clock tries them again."""
    logger.error("pictures of a bundle were not made", station=station_id)
