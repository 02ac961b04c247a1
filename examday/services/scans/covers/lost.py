"""Works of whose cover sheets nothing came, while others of their room came: one may have been lost.

Two sheets drawn in at once, or a cover sheet laid face down, leave its pages with the work before it. Of a
notebook nothing else tells at intake: its sheets are counted by the commission alone, before anybody
transcribes it (`braille.notebook.statement`).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from examday.domain.custody.lifecycle import BY_PAGES, State
from examday.domain.identity import place_order
from examday.domain.scans.pages import COVER_SHEET, ORIGINAL, PageState
from examday.services.scans.covers.reach import cover_on
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page, ScanFile, Seat

STILL_SCANNING = dt.timedelta(minutes=2)
"""So long after the last cover sheet of a room the rest of its stack may still come."""


@dataclass(frozen=True)
class Came:
    """A work whose cover sheet came, and how many pages lie in it."""

    booklet: Booklet
    pages: int


@dataclass(frozen=True)
class LostCovers:
    """Works of one room: those that have no page yet, and those whose cover sheets came, by seat."""

    missing: Sequence[Booklet]
    came: Sequence[Came]


def lost_covers(uow: UnitOfWork, since: dt.datetime) -> list[LostCovers]:
    """The rooms of which only some works came behind their cover sheets. `since`: of files from then on."""
    last: dict[str, dt.datetime] = {}
    rows = uow.session.execute(
        select(Page, ScanFile.received_at)
        .join(Page.file)
        .where(Page.state == PageState.REJECTED, Page.reason == COVER_SHEET)
        .where(ScanFile.received_at >= since)
        .order_by(ScanFile.received_at)
    )
    for page, at in rows:
        last[cover_on(page)] = at
    if not last:
        return []
    rooms: dict[tuple[str, str], list[Booklet]] = {}
    for booklet in _of_their_rooms(uow, list(last)):
        rooms.setdefault((booklet.exam_id, booklet.seat.room_id), []).append(booklet)
    pages = _pages_in(uow, [b.id for works in rooms.values() for b in works])
    found = []
    for works in rooms.values():
        came = [Came(b, pages.get(b.id, 0)) for b in works if b.id in last]
        missing = [b for b in works if b.id not in last and _waits(b) and b.id not in pages]
        quiet = uow.now() - max(last[one.booklet.id] for one in came) >= STILL_SCANNING
        if missing and quiet:
            found.append(LostCovers(missing, came))
    return found


def _waits(booklet: Booklet) -> bool:
    return bool(booklet.state == State.COLLECTED)


def _of_their_rooms(uow: UnitOfWork, ids: Sequence[str]) -> list[Booklet]:
    """The works on pages of the rooms and exams of these works, by seat."""
    rooms = select(Booklet.exam_id, Seat.room_id).join(Booklet.seat).where(Booklet.id.in_(ids))
    keys = {(exam, room) for exam, room in uow.session.execute(rooms)}
    found = uow.session.scalars(
        select(Booklet)
        .join(Booklet.seat)
        .where(Booklet.medium.in_(list(BY_PAGES)))
        .where(Booklet.exam_id.in_({exam for exam, _room in keys}))
        .where(Seat.room_id.in_({room for _exam, room in keys}))
        .options(joinedload(Booklet.seat).joinedload(Seat.room))
    )
    mine = [b for b in found if (b.exam_id, b.seat.room_id) in keys]
    return sorted(mine, key=lambda b: place_order(b.seat.place))


def _pages_in(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, int]:
    counted = uow.session.execute(
        select(Page.booklet_id, func.count())
        .where(Page.booklet_id.in_(ids), Page.role == ORIGINAL)
        .where(Page.state == PageState.ATTACHED)
        .group_by(Page.booklet_id)
    )
    return {str(booklet_id): number for booklet_id, number in counted}
