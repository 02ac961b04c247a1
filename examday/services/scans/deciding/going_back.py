"""How far a work goes back when one of its pictures was the wrong one: only what rested on it."""

from sqlalchemy import delete, func, select

from examday.domain.custody.lifecycle import State
from examday.domain.scans.pages import COPY, ORIGINAL
from examday.domain.transfer.duties import VERIFIER
from examday.domain.transfer.readings import Source
from examday.services.custody.booklets import advance
from examday.services.scans.works import whole, work_sheets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading
from examday.storage.tables_draft import Draft

PAST_COPYING = (State.COPY_SCANNED, State.VERIFIED, State.CERTIFIED)
PAST_SCANNING = (
    State.SCANNED,
    State.KEYED,
    State.SETTLED,
    State.COPIED,
    *PAST_COPYING,
)


def go_back(
    uow: UnitOfWork,
    booklet: Booklet,
    role: str,
    exchanged: str = "",
) -> None:
    """Bring the work back to the step that waits for this picture, no further than what rested on
    it. `exchanged`: the page whose place is taken, so that it is missing for a moment only.
    """
    if role == COPY and booklet.state in PAST_COPYING:
        _forget_drafts(uow, booklet, VERIFIER)
        advance(uow, booklet, "rescan_copy")
    elif role == ORIGINAL and booklet.state in PAST_SCANNING:
        if _keyed(uow, booklet):
            advance(uow, booklet, "retake_original")
        else:
            _forget_drafts(uow, booklet)
            advance(uow, booklet, "rescan_original")
    else:
        return
    # A notebook has other pages, and a sheet that came in beside the needed ones leaves none open.
    if not exchanged and work_sheets.lack(uow, booklet) is None:
        pages = [page for page in work_sheets.pages_of(uow, booklet) if page.role == role]
        whole.move_on(uow, booklet, pages[-1])


def _keyed(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Has anything of this version been handed in that was read from the original?"""
    found = uow.session.scalar(
        select(func.count())
        .select_from(Reading)
        .where(
            Reading.booklet_id == booklet.id,
            Reading.version == booklet.version,
            Reading.source.in_((Source.FIRST, Source.SECOND)),
        )
    )
    return bool(found)


def _forget_drafts(uow: UnitOfWork, booklet: Booklet, *parts: str) -> None:
    """Unfinished work on the wrong picture; of all parts when none is named."""
    wanted = [Draft.booklet_id == booklet.id, Draft.version == booklet.version]
    if parts:
        wanted.append(Draft.part.in_(parts))
    uow.session.execute(delete(Draft).where(*wanted))
