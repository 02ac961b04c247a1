"""Pictures that the station makes of others.

They are a sheet joined from two halves, or a sheet cut out of a picture of two.

What is made comes in as a file of its own and goes the way of every file: read, judged, attached or
asked about. The pages it was made of stay, with their files, and do not count.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.events import Event
from examday.domain.jobs import Task
from examday.domain.scans.pages import PageState, ScanState, already_decided
from examday.services.scans.storing import check_space, plain_name
from examday.services.unit_of_work import UnitOfWork
from examday.storage.objects.opened import originals
from examday.storage.tables import Page, ScanFile

JOINED, CUT = "joined", "cut"
"""No scanner made these: their file says what they were made of."""
MADE = (JOINED, CUT)
"""Sources of files that the station made itself; stored words, so they never change."""


@dataclass(frozen=True)
class Picture:
    """A picture that was made: its bytes and the name it is shown under."""

    data: bytes
    name: str


def hold_sources(uow: UnitOfWork, page_ids: Sequence[str]) -> list[Page]:
    """The pages a picture is made of, held. Conflict when somebody has decided about one."""
    pages = uow.hold_all(Page, page_ids)
    if any(page.state != PageState.EXCEPTION for page in pages):
        raise already_decided()
    return pages


def take_in(
    uow: UnitOfWork,
    sources: Sequence[Page],
    pictures: Sequence[Picture],
    source: str,
    reason: str,
) -> list[str]:
    """Store what was made of the pages `sources`, and set these aside.

    The pages are held; they are kept on record, not counted. Returns the ids of the new files.
    """
    made = [_receive(uow, sources, picture, source) for picture in pictures]
    for page in sources:
        page.state, page.reason = PageState.REJECTED, reason
        if not uow.actor.is_program:
            page.decided_by = uow.actor.person_id
        page.identity = {**page.identity, "made_into": made}
        uow.record(Event.PAGE_REJECTED, f"page:{page.id}", source=source, made=made)
    return made


def _receive(
    uow: UnitOfWork,
    sources: Sequence[Page],
    picture: Picture,
    source: str,
) -> str:
    check_space(uow.settings, len(picture.data))
    stored = originals(uow.settings).put(io.BytesIO(picture.data))
    # The same pages and bytes give the same file: doing it twice has the effect of once.
    mark = ":".join((source, *sorted(page.id for page in sources), stored.sha256))
    scan_id = hashlib.sha256(mark.encode()).hexdigest()[:32]
    uow.add(
        ScanFile(
            id=scan_id,
            name=plain_name(picture.name),
            source=source,
            batch=sources[0].file.batch,
            sha256=stored.sha256,
            size=stored.size,
            state=ScanState.QUEUED,
            problem={},
            # The earlier part's time: «came before its step» must not be judged by the moment of
            # joining.
            received_at=min(page.file.received_at for page in sources),
        )
    )
    uow.enqueue(Task.TAKE_IN, scan_id)
    uow.record(
        Event.SCAN_RECEIVED,
        f"scan:{scan_id}",
        sha256=stored.sha256,
        size=stored.size,
        source=source,
        state=ScanState.QUEUED,
        made_of=[page.image_sha256 for page in sources],
    )
    return scan_id


def parts_of(uow: UnitOfWork, page: Page) -> list[Page]:
    """The pages that a made page was made of; empty for a page that was scanned."""
    if page.file.source not in MADE:
        return []
    rows = uow.session.scalars(select(Page).where(Page.state == PageState.REJECTED))
    return [row for row in rows if page.scan_file_id in row.identity.get("made_into", [])]
