"""What the scan pages show: files with their progress, pages that wait for a person, quarantine,
counts.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from examday.domain.errors import NotFound
from examday.domain.scans.pages import PageState, ScanState
from examday.services.scans import pictures
from examday.services.scans.showing.sight import visible_page
from examday.services.scans.works import whole, work_sheets
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Exam, Page, ScanFile, Seat

PER_PAGE = 30
FURTHEST = 1000
"""Pages back that may be asked for by an address: thirty thousand files."""
NOT_LOOKED_AT = (ScanState.QUEUED, ScanState.POSTPONED)
"""Nobody knows yet what these hold: they are counted beside «waits for a person», never as
nothing."""


@dataclass(frozen=True)
class FileLine:
    """One file of the list, with the pages that were found in it and where each went."""

    scan: ScanFile
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True)
class Listing:
    """One screen of files, and the progress of all files it belongs to (one batch, or everything)."""

    lines: tuple[FileLine, ...]
    number: int
    last: int
    states: dict[str, int] = field(default_factory=dict)
    earlier: int = 0
    """Files of the days before that nobody has looked at yet: they wait as well."""

    @property
    def total(self) -> int:
        """All files of the batch; without one those since the last exam day."""
        return sum(self.states.values())

    @property
    def open(self) -> int:
        """Files that still wait to be looked at."""
        return sum(self.states.get(state, 0) for state in NOT_LOOKED_AT) + self.earlier

    @property
    def percent(self) -> int:
        """How far the batch is."""
        every = self.total + self.earlier
        return 100 * (every - self.open) // every if every else 100


def one_file(uow: UnitOfWork, scan_id: str) -> ScanFile:
    """A file that came in; NotFound when there is none."""
    return uow.get(ScanFile, scan_id)


def listing(uow: UnitOfWork, batch: str = "", number: int = 1) -> Listing:
    """Files, newest first; of one upload when `batch` names it."""
    mine = [ScanFile.batch == batch] if batch else []
    state = ScanFile.state.concat("")  # not by its index, see `page_counts`
    counted = uow.session.execute(
        select(state, func.count())
        .where(*(mine or [ScanFile.received_at >= since(uow)]))
        .group_by(state)
    )
    states = {state: count for state, count in counted}
    number = min(max(1, number), FURTHEST)
    found = uow.session.scalars(
        select(ScanFile)
        .where(*mine)
        .order_by(ScanFile.received_at.desc(), ScanFile.id.desc())
        .offset((number - 1) * PER_PAGE)
        .limit(PER_PAGE + 1)
    ).all()
    files, last = found[:PER_PAGE], number + (len(found) > PER_PAGE)
    pages = pages_of_files(uow, [scan.id for scan in files])
    lines = tuple(FileLine(scan, tuple(pages.get(scan.id, ()))) for scan in files)
    return Listing(
        lines,
        number,
        last,
        states,
        earlier=0 if batch else _left_over(uow),
    )


def _left_over(uow: UnitOfWork) -> int:
    """Files from before the last exam day that nobody has looked at: no new day makes them done."""
    waiting = ScanFile.state.in_(NOT_LOOKED_AT), ScanFile.received_at < since(uow)
    there = select(func.count()).select_from(ScanFile).where(*waiting)
    return uow.count(there)


def pages_of_files(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, list[Page]]:
    """The pages of these files, in order."""
    found: dict[str, list[Page]] = {}
    for page in uow.session.scalars(
        select(Page).where(Page.scan_file_id.in_(ids)).order_by(Page.number)
    ):
        found.setdefault(page.scan_file_id, []).append(page)
    return found


@dataclass(frozen=True)
class Shown:
    """One page beside its picture: where it is attached, what it is, how large its picture is.

    `file_id`, `booklet_id`: what it came in with, and the work that it belongs to.
    """

    id: str
    file_id: str
    booklet_id: str | None
    name: str
    number: int
    role: str
    state: str
    where: str
    width: int
    height: int


def attached_page(uow: UnitOfWork, page_id: str) -> Shown:
    """A page that belongs to a work; NotFound when it does not, or is not for the actor's eyes."""
    page = visible_page(uow, page_id)
    if page.booklet_id is None:
        raise NotFound()
    booklet = uow.get(Booklet, page.booklet_id)
    where = f"{booklet.seat.room.number}-{booklet.seat.place}"
    return _shown(page, where)


def set_aside_page(uow: UnitOfWork, page_id: str) -> Shown:
    """A page that waits for a person or does not count."""
    page = visible_page(uow, page_id)
    if page.state == PageState.ATTACHED:
        raise NotFound()
    return _shown(page)


def _shown(page: Page, where: str = "") -> Shown:
    width, height = pictures.size_of(page)
    return Shown(
        page.id,
        page.scan_file_id,
        page.booklet_id,
        page.file.name,
        page.number,
        page.role,
        page.state,
        where,
        width,
        height,
    )


@dataclass(frozen=True)
class Unfinished:
    """A work of which some sheets were scanned, and which waits for the others.

    Says where it sits, what is there and what is missing.
    """

    booklet_id: str
    where: str
    code: str
    lack: work_sheets.Lack
    pages: tuple[str, ...]


def unfinished(uow: UnitOfWork) -> list[Unfinished]:
    """Works that wait for further sheets, the oldest first."""
    found = whole.waiting_works(uow)
    names = {b.id: f"{b.seat.room.number}-{b.seat.place}" for b, _lack, _pages in found}
    return [
        Unfinished(b.id, names[b.id], b.code or "", missing, tuple(page.id for page in pages))
        for b, missing, pages in found
    ]


MOST_ON_WALL = 6
"""Waiting pages that the list of files shows as pictures: more would push the list out of sight.
All are on a page of their own."""


MOST_WAITING = 100
"""Waiting pages that their own page shows at once: an old laptop draws no more; the others come up
as these are decided."""


def exceptions(uow: UnitOfWork, most: int = MOST_WAITING) -> Sequence[Page]:
    """Pages that wait for a person, in the order in which their files came; at most so many.

    By the files: which of them is read first says nothing of the order of the sheets.
    """
    return uow.session.scalars(_exceptions().limit(most)).all()


def _exceptions() -> Select[Page]:
    return (
        select(Page)
        .join(Page.file)
        .where(Page.state == PageState.EXCEPTION)
        .options(contains_eager(Page.file))
        .order_by(ScanFile.received_at, ScanFile.name, Page.number)
    )


def next_exception(uow: UnitOfWork, decided: str) -> Page | None:
    """Return the page to decide about after this one: the next sheet, else the longest waiting.

    None when no page waits.
    """
    came = tuple_(ScanFile.received_at, ScanFile.name, Page.number)
    behind = _exceptions().where(came > _came(uow.get(Page, decided))).limit(1)
    return uow.session.scalars(behind).first() or next(iter(exceptions(uow, 1)), None)


def _came(page: Page) -> tuple[dt.datetime, str, int]:
    return page.file.received_at, page.file.name, page.number


MOST_REJECTED = 50


def rejected(uow: UnitOfWork, most: int = MOST_REJECTED) -> Sequence[Page]:
    """Pages that do not count, newest first: they stay on record."""
    return uow.session.scalars(
        select(Page)
        .where(Page.state == PageState.REJECTED)
        .options(joinedload(Page.file))
        .order_by(Page.at.desc())
        .limit(most)
    ).all()


MOST_SET_ASIDE = 100


def quarantined(uow: UnitOfWork, after: str = "") -> tuple[Sequence[ScanFile], str]:
    """Files that were set aside, newest first, a page of them; and the last one's id where there are
    more. `after`: the last one of the page before.
    """
    newest = (
        select(ScanFile)
        .where(ScanFile.state == ScanState.QUARANTINED)
        .order_by(ScanFile.received_at.desc(), ScanFile.id.desc())
        .limit(MOST_SET_ASIDE + 1)
    )
    if after:
        last = uow.get(ScanFile, after)
        newest = newest.where(
            tuple_(ScanFile.received_at, ScanFile.id) < (last.received_at, last.id)
        )
    rows = uow.session.scalars(newest).all()
    shown = rows[:MOST_SET_ASIDE]
    return shown, shown[-1].id if len(rows) > len(shown) else ""


def count_quarantined(uow: UnitOfWork) -> int:
    """How many files were set aside; one more than a page of them stands for «more»."""
    some = select(ScanFile.id).where(ScanFile.state == ScanState.QUARANTINED)
    return uow.count(select(func.count()).select_from(some.limit(MOST_SET_ASIDE + 1).subquery()))


def page_counts(uow: UnitOfWork) -> dict[str, int]:
    """Pages in = pages out: pages read from the files since the last exam day, and where they are."""
    lately = ScanFile.received_at >= since(uow)
    # Joined by hand with a text of its own to group by: an index on the state alone would be read
    # from end to end for it.
    state = Page.state.concat("")
    found = uow.session.execute(
        select(state, func.count())
        .where(Page.scan_file_id.in_(select(ScanFile.id).where(lately)))
        .group_by(state)
    )
    states = {state: count for state, count in found}
    counted = select(func.sum(ScanFile.pages)).where(lately)
    read = uow.session.scalar(counted) or 0
    return {
        "read": int(read),
        **{
            state: states.get(state, 0)
            for state in (PageState.ATTACHED, PageState.EXCEPTION, PageState.REJECTED)
        },
    }


def since(uow: UnitOfWork) -> dt.datetime:
    """The beginning of the last exam day: what is counted for it does not grow with the years."""
    today = uow.today()
    last = uow.session.scalar(select(func.max(Exam.date)).where(Exam.date <= today)) or today
    return dt.datetime.combine(last, dt.time(), uow.zone)


def waiting_pages(uow: UnitOfWork) -> int:
    """How many pages wait for a person, of whatever day."""
    there = select(func.count()).select_from(Page).where(Page.state == PageState.EXCEPTION)
    return uow.count(there)


def seat_names(uow: UnitOfWork, pages: Sequence[Page]) -> dict[str, str]:
    """Booklet id → «room-place» for the pages' booklets."""
    ids = {page.booklet_id for page in pages if page.booklet_id}
    rows = uow.session.scalars(
        select(Booklet)
        .where(Booklet.id.in_(ids))
        .options(joinedload(Booklet.seat).joinedload(Seat.room))
    )
    return {row.id: f"{row.seat.room.number}-{row.seat.place}" for row in rows}


def quarantined_ids(store: Store) -> list[str]:
    """Numbers of the quarantined and postponed files whose bytes were kept."""
    with store.read() as uow:
        return list(
            uow.session.scalars(
                select(ScanFile.id)
                .where(
                    ScanFile.state.in_((ScanState.QUARANTINED, ScanState.POSTPONED)),
                    ScanFile.sha256 != "",
                )
                .order_by(ScanFile.received_at.desc())
            )
        )
