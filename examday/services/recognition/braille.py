"""The machine as third, independent reader of a Braille notebook: sealed, and shown only after
people have read.

The backs of two-sided sheets are read from the same pictures when somebody who has handed in asks
for it; they are a reading of their own, so that nothing that was compared or signed changes.
"""

from pathlib import Path

from sqlalchemy import ScalarResult, select

from examday.braille import page as braille
from examday.braille.cells import Cell
from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import NotFound
from examday.domain.events import Event
from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import ORIGINAL
from examday.domain.transfer.readings import Source
from examday.services.braille.keyins import has_read
from examday.services.braille.machine_pages import BACK, FRONT
from examday.services.scans.pictures import pages_of, path_of, read_grey
from examday.services.transfer.readings import find, rounds, seal
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Outbox, Page

NO_PICTURE = "no picture"
READER = Actor.system("braille-reader")


def ask(uow: UnitOfWork, page: Page) -> None:
    """Have the notebook read when a page of it was attached; one open wish for a work is enough."""
    booklet = uow.session.get(Booklet, page.booklet_id) if page.booklet_id else None
    if booklet is None or booklet.medium != Medium.BRAILLE or page.role != ORIGINAL:
        return
    _wish(uow, Task.READ_BRAILLE, booklet)


def ask_backs(uow: UnitOfWork, booklet_id: str) -> None:
    """Have the backs read from the same pictures; NotFound before the actor has handed in a
    reading of the work."""
    booklet = uow.hold(Booklet, booklet_id)
    if booklet.medium != Medium.BRAILLE or not has_read(uow, booklet):
        raise NotFound()
    _wish(uow, Task.READ_BACKS, booklet)


def backs_state(uow: UnitOfWork, booklet: Booklet) -> str:
    """How far the backs are: "waits" when somebody has asked for them, "read", or "" when they can
    be asked for."""
    if _open_wish(uow, Task.READ_BACKS, booklet).first() is not None:
        return "waits"
    return "read" if find(uow, booklet, BACK) else ""


def _open_wish(uow: UnitOfWork, task: Task, booklet: Booklet) -> ScalarResult[Outbox]:
    return uow.session.scalars(
        select(Outbox).where(
            Outbox.task == task, Outbox.arg == booklet.id, Outbox.done_at.is_(None)
        )
    )


def _wish(uow: UnitOfWork, task: Task, booklet: Booklet) -> None:
    if all(wish.attempts for wish in _open_wish(uow, task, booklet)):
        uow.enqueue(task, booklet.id)


def process(store: Store, booklet_id: str) -> None:
    """Read every page of the original in order. The same pages again change nothing; a page
    without a picture or without Braille is kept as such, so that page numbers stay true."""
    _process(store, booklet_id, FRONT)


def process_backs(store: Store, booklet_id: str) -> None:
    """The same for what was embossed from the other side of each sheet."""
    _process(store, booklet_id, BACK)


def _process(store: Store, booklet_id: str, source: Source) -> None:
    with store.read(READER) as uow:
        sheets = _new_sheets(uow, booklet_id, source)
        weights = uow.settings.braille_weights
    if not sheets:
        return
    content = {
        "fields": {},
        "pages": [_read(page_id, path, weights, source == BACK) for page_id, path in sheets],
        "weights": weights,
    }
    with store.begin(READER) as uow:
        booklet = uow.hold(Booklet, booklet_id)
        reading = seal(uow, booklet, source, content, number=rounds(uow, booklet, source) + 1)
        uow.record(
            Event.READING_MACHINE,
            f"booklet:{booklet.id}",
            source=source,
            pages=len(sheets),
            sha256=reading.sha256,
        )


def _new_sheets(uow: UnitOfWork, booklet_id: str, source: Source) -> list[tuple[str, str]]:
    """Id and picture ("" where it is missing) of each page of a notebook, in order; none when
    these very pages have been read."""
    booklet = uow.session.get(Booklet, booklet_id)
    if booklet is None or booklet.medium != Medium.BRAILLE:
        return []
    known = find(uow, booklet, source)
    sheets = [(page.id, _path(uow, page)) for page in pages_of(uow, booklet, ORIGINAL)]
    if known is not None and _complete(known.content["pages"], sheets):
        return []
    return sheets


def _complete(pages: list[dict[str, object]], sheets: list[tuple[str, str]]) -> bool:
    """Do these pages stand for all sheets? Not when one had no picture and has one now."""
    return [page["page"] for page in pages] == [page_id for page_id, _ in sheets] and not any(
        page["kind"] == NO_PICTURE and path for page, (_, path) in zip(pages, sheets, strict=True)
    )


def give_up(store: Store, booklet_id: str) -> None:
    """Reading was tried too often: people read without a second opinion."""


def _path(uow: UnitOfWork, page: Page) -> str:
    try:
        return str(path_of(uow.settings, page))
    except NotFound:
        return ""


def _read(page_id: str, path: str, weights: str, back: bool) -> dict[str, object]:
    if not path:
        return {"page": page_id, "kind": NO_PICTURE, "lines": [], "warnings": []}
    seen = braille.read(read_grey(Path(path)), back, weights)
    return {
        "page": page_id,
        "kind": seen.kind,
        "turned": seen.turned,
        "mirrored": seen.mirrored,
        "warnings": list(seen.warnings),
        "lines": [{"cells": [_cell(cell) for cell in line.cells]} for line in seen.lines],
    }


def _cell(cell: Cell) -> dict[str, object]:
    """A cell in short: dots, confidence, box in px of the picture, chances of the six dots."""
    plain: dict[str, object] = {"d": cell.dots}
    if cell.box is not None:
        plain |= {
            "c": round(float(cell.confidence), 4),
            "b": [round(float(edge), 1) for edge in cell.box],
            "p": [round(float(chance), 3) for chance in cell.p or ()],
        }
    return plain
