"""How far a work goes back when one of its pictures was the wrong one: only what rested on it."""

from collections.abc import Collection

from sqlalchemy import delete

from examday.domain.custody.lifecycle import State
from examday.domain.scans.pages import COPY, ORIGINAL
from examday.domain.transfer.duties import VERIFIER
from examday.services.custody.booklets import advance
from examday.services.scans.works import resting, whole, work_sheets
from examday.services.transfer.going_back import kept
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet
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
    again: Collection[str] = (),
    exchanged: bool = False,
) -> None:
    """Bring the work back to the step that waits for this picture, no further than what rested on
    it. `again`: the fields that were read from the page of an original; `exchanged`: its place is
    taken, so that it is missing for a moment only.
    """
    if role == COPY:
        if booklet.state not in PAST_COPYING:
            return
        _forget_drafts(uow, booklet, VERIFIER)
        advance(uow, booklet, "rescan_copy")
    elif not again and (exchanged or _needless(uow, booklet)):
        return
    else:
        _read_again(uow, booklet, again)
    # Asked here, because a sheet that came in beside the needed ones leaves none open, and the work
    # would wait for ever.
    if not exchanged and work_sheets.lack(uow, booklet) is None:
        pages = [page for page in work_sheets.pages_of(uow, booklet) if page.role == role]
        whole.move_on(uow, booklet, pages[-1])


def _needless(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Whether a sheet from which nothing was read leaves the work where it is.

    No step waits for it, or the other sheets have been read: a new version would read nothing anew.
    """
    return resting.keyed(uow, booklet) or not work_sheets.lack_of(uow, booklet, ORIGINAL)


def _read_again(uow: UnitOfWork, booklet: Booklet, again: Collection[str]) -> None:
    """Wait for the original again; these fields are read anew, and all others stay as they are."""
    version, fields = booklet.version, sorted(again)
    if booklet.state in PAST_SCANNING:
        action = "retake_original" if resting.keyed(uow, booklet) else "rescan_original"
        advance(uow, booklet, action, again=fields)
    kept.keep(uow, booklet, version, again)


def _forget_drafts(uow: UnitOfWork, booklet: Booklet, part: str) -> None:
    """Unfinished work on the wrong picture."""
    mine = (Draft.booklet_id == booklet.id, Draft.version == booklet.version, Draft.part == part)
    uow.session.execute(delete(Draft).where(*mine))
