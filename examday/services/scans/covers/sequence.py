"""Which pages came before a page, as the scanner took them."""

import datetime as dt
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from sqlalchemy import select

from examday.domain.scans.covers import BY_TIME, Series, moment_of, series_of
from examday.domain.scans.pages import TAKEN_BACK, PageState, ScanState
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Page, ScanFile

PAUSE = dt.timedelta(seconds=60)
"""Longest pause between two files of one stack in the hot folder. A feeder takes a page in one to ten
seconds; a longer pause may be another stack, whose cover sheet was forgotten."""
IN_ORDER = "in_order"
"""Key in the identity of a page whose stack a person called in order: then the covers count for it
as if its files were numbered."""
LONGEST = 300
"""Files that are looked at before a page: far more than the largest stack of a feeder."""


class Order:
    """Which pages came before which; remembered, so it lasts as long as nothing is written.

    Hundreds of pages of one stack may wait, and each asks for all before it.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        self._earlier: dict[str, ScanFile | None] = {}
        self._pages: dict[str, list[Page]] = {}
        self._files: dict[str, ScanFile] = {}
        """Held: the session itself forgets a row that nobody holds, and asks for it again."""

    def before(self, page: Page) -> Iterator[Page | None]:
        """As `pages_before`."""
        file = self._files[page.scan_file_id] = self.uow.get(ScanFile, page.scan_file_id)
        yield from (row for row in self._pages_of(file) if row.number < page.number)
        for _step in range(LONGEST):
            if file.id not in self._earlier:
                self._earlier[file.id] = file_before(self.uow, file)
            earlier = self._earlier[file.id]
            if earlier is None:
                return
            if earlier.state != ScanState.DONE:
                yield None
                return
            yield from self._pages_of(earlier)
            file = earlier

    def _pages_of(self, file: ScanFile) -> list[Page]:
        if file.id not in self._pages:
            self._pages[file.id] = _pages_of(self.uow, file)
        return self._pages[file.id]


def pages_before(uow: UnitOfWork, page: Page) -> Iterator[Page | None]:
    """The pages before this one, the nearest first; None for a file that was not read.

    They are those of the same file, then those of the files before it in the same stack.
    """
    return Order(uow).before(page)


def file_before(uow: UnitOfWork, file: ScanFile) -> ScanFile | None:
    """The file just before this one in its stack, by the scanner's own numbers.

    None where the numbers leave a gap or say nothing: the file with the next cover sheet may be
    the one that is missing. Of files that are named by the time it is the last one before.
    """
    moment = moment_of(file.name)
    if moment is not None:
        earlier = [near for near in _near(uow, file) if moment.follows(moment_of(near.name))]
        return _file(
            uow, max(earlier, key=lambda near: (near.name, near.at, near.id), default=None)
        )
    place = series_of(file.name)
    if place is None:
        return None
    found = [near for near in _near(uow, file) if series_of(near.name) == place.previous]
    # The newest of that name: a scanner that begins anew at 1 leaves the same name twice.
    return _file(uow, max(found, key=lambda near: (near.at, near.id), default=None))


def by_time(uow: UnitOfWork, page: Page, earlier: Page) -> bool:
    """Whether the time in their files' names alone says that a page came before this one.

    Not where a person has said that the order is right.
    """
    if page.scan_file_id == earlier.scan_file_id or page.identity.get(IN_ORDER):
        return False
    file = uow.session.get(ScanFile, page.scan_file_id)
    # A page that the station does not keep has no file: the name stands in its place.
    return moment_of(file.name if file else page.scan_file_id) is not None


def rest_of_stack(uow: UnitOfWork, page: Page) -> list[Page]:
    """This page and those behind it that wait for the order of the files alone, or were taken back.

    Up to the first page that waits for something else, is attached or is a cover sheet.
    """
    found: list[Page] = []
    file = uow.get(ScanFile, page.scan_file_id)
    if page.problems not in ([BY_TIME], [TAKEN_BACK]):
        return found
    for _step in range(LONGEST):
        pages = [
            row for row in reversed(_pages_of(uow, file)) if row.number >= page.number or found
        ]
        alike = takewhile(lambda row: _waits_like(row, page), pages)
        before = len(found)
        found += alike
        if not pages or len(found) - before < len(pages):
            break
        behind = _just_behind(uow, file)
        if behind is None:
            break
        file = behind
    return found


def _waits_like(row: Page, page: Page) -> bool:
    return row.state == PageState.EXCEPTION and row.problems == page.problems


def _just_behind(uow: UnitOfWork, file: ScanFile) -> ScanFile | None:
    moment, place = moment_of(file.name), series_of(file.name)
    if place is not None:
        behind = [near for near in _near(uow, file) if _follows(near.name, place)]
        return _file(uow, max(behind, key=lambda near: (near.at, near.id), default=None))
    later = [
        near
        for near in _near(uow, file)
        if (its := moment_of(near.name)) is not None and its.follows(moment)
    ]
    return _file(uow, min(later, key=lambda near: (near.name, near.at, near.id), default=None))


def _follows(name: str, place: Series) -> bool:
    its = series_of(name)
    return its is not None and its.previous == place


class Near(NamedTuple):
    """A file that came in with another one: of a thousand all but one are looked at by name alone."""

    id: str
    name: str
    at: dt.datetime


def _near(uow: UnitOfWork, file: ScanFile) -> list[Near]:
    """Files that came in with this one: sent in together, or into the hot folder without a pause."""
    query = select(ScanFile.id, ScanFile.name, ScanFile.received_at).where(
        ScanFile.source == file.source, ScanFile.batch == file.batch, ScanFile.id != file.id
    )
    if not file.batch:
        query = query.where(
            ScanFile.received_at.between(file.received_at - PAUSE, file.received_at + PAUSE)
        )
    return [Near(*row) for row in uow.session.execute(query)]


def _file(uow: UnitOfWork, near: Near | None) -> ScanFile | None:
    # Asked for anew: it may have been read since it was looked at.
    return near and uow.session.scalars(select(ScanFile).where(ScanFile.id == near.id)).one()


def _pages_of(uow: UnitOfWork, file: ScanFile) -> list[Page]:
    """The pages of a file, the last first."""
    query = select(Page).where(Page.scan_file_id == file.id).order_by(Page.number.desc())
    return list(uow.session.scalars(query))
