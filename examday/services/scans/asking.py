"""Ask the station where pages would go, by the rules of the intake; nothing is kept or changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sqlalchemy import select

from examday.domain.scans.covers import moment_of, series_of
from examday.domain.scans.judging import Seen, Verdict, judge
from examday.domain.scans.pages import COVER_BACK, ORIGINAL, ScanState
from examday.reading.same_page import Look, look_at, same_page
from examday.reading.sandbox import PageInfo
from examday.services.scans.covers.backs import why_back
from examday.services.scans.covers.reach import cover_on, doubt_on_cover, seen_on
from examday.services.scans.files.decoding import inspected
from examday.services.scans.likeness import judged
from examday.services.scans.pictures import decoded
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Page, ScanFile

SAME_FILE, COVER, BACK = "duplicate-file", "cover-sheet", "blank-back"
"""Codes of what is no trouble: the file is there already; the page speaks for those behind it; bare
paper."""


@dataclass(frozen=True)
class Answer:
    """Where the station would put one page.

    `number`: its number in the file. `booklet`: the booklet's form number or "". `role`: its role.
    `problems`: those for which a person would be asked; none: it is attached.
    """

    number: int
    booklet: str
    role: str
    problems: tuple[str, ...]


@dataclass
class Inquiry:
    """Several files asked about one after the other.

    A page that would be attached counts for those behind it, so that the same sheet twice is seen,
    and the same page of a notebook.
    """

    store: Store
    placed: dict[str, list[Page]] = field(default_factory=dict)
    """Booklet → the pages that would be attached: a later file may be a second picture of one."""
    looks: dict[str, list[Look]] = field(default_factory=dict)
    """Booklet → what tells those of them apart that lie under no form, since they have no
    number."""
    files: set[str] = field(default_factory=set)
    """Digests of the files that were asked about: one that comes twice in a stack is told as
    such."""
    came: list[Page] = field(default_factory=list)
    """The pages of the stack so far, the last first, because a cover sheet speaks for those behind
    it."""
    last: str = ""
    """Name of the file before: whether this one goes on with its stack is told by both names."""

    def ask(self, path: Path) -> list[Answer]:
        """The answer for each page of a file. BadFile for one that the intake would set aside."""
        with tempfile.TemporaryDirectory() as folder, self.store.read() as uow:
            pages = inspected(self.store.settings, path, Path(folder))
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            if digest in self.files or _came_before(uow, digest):
                return [Answer(page.number, "", "", (SAME_FILE,)) for page in pages]
            self.files.add(digest)
            self._go_on(path.name)
            return [self._answer(uow, page, path.name) for page in pages]

    def _go_on(self, name: str) -> None:
        """A file that does not follow the one before begins a stack of its own."""
        place, moment = series_of(name), moment_of(name)
        behind = moment.follows(moment_of(self.last)) if moment else False
        if not behind and (place is None or series_of(self.last) != place.previous):
            self.came.clear()
        self.last = name

    def _answer(self, uow: UnitOfWork, info: PageInfo, name: str) -> Answer:
        page = Page(
            scan_file_id=name,
            number=info.number,
            identity=dict(info.identity),
            image_sha256=hashlib.sha256(info.grey.read_bytes()).hexdigest(),
        )
        if why := why_back(uow, page, self.came):
            self.came.insert(0, page)
            return Answer(info.number, "", "", (COVER if why == COVER_BACK else BACK,))
        seen, booklet = seen_on(uow, page, self.came)
        self.came.insert(0, page)
        if cover_on(page):
            return Answer(info.number, "", "", (doubt_on_cover(uow, page) or COVER,))
        if booklet is None:
            verdict = judge(seen, None)
            return Answer(info.number, "", verdict.role, verdict.problems)
        verdict = self._verdict(uow, page, booklet, seen, decoded(info.grey.read_bytes()))
        return Answer(info.number, booklet.code or "", verdict.role, verdict.problems)

    def _verdict(
        self,
        uow: UnitOfWork,
        page: Page,
        booklet: Booklet,
        seen: Seen,
        grey: np.ndarray,
    ) -> Verdict:
        """What the station would decide on a page of a booklet; one without problems counts on."""
        page.sheet = seen.layout or ""
        # Received now: what is asked about came after every step that has been entered.
        received, placed = dt.datetime.now(dt.UTC), self.placed.setdefault(booklet.id, [])
        verdict = judged(uow, page, booklet, seen, grey, received, placed)
        if verdict == Verdict(ORIGINAL) and booklet.is_by_pages and self._again(booklet, grey):
            verdict = Verdict(ORIGINAL, ("duplicate",))
        if not verdict.problems:
            page.role, page.code = verdict.role, seen.number
            placed.append(page)
        return verdict

    def _again(self, booklet: Booklet, grey: np.ndarray) -> bool:
        """Whether a page that lies under no form is one of those that would be attached, with other pixels."""
        mine, others = look_at(grey), self.looks.setdefault(booklet.id, [])
        again = any(same_page(other, mine) is True for other in others)
        others.append(mine)
        return again


def _came_before(uow: UnitOfWork, sha256: str) -> bool:
    """Whether the very same file was accepted or still waits."""
    states = (ScanState.QUEUED, ScanState.POSTPONED, ScanState.DONE)
    found = select(ScanFile.id).where(ScanFile.sha256 == sha256, ScanFile.state.in_(states))
    return uow.session.scalars(found).first() is not None
