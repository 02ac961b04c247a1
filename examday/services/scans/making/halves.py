"""A sheet scanned in two halves: an A3 sheet on an A4 scanner.

Both halves are kept as originals; the joined sheet is a page like any other.

The station joins by itself only halves whose codes do not differ and that show the same writing
where they overlap. Otherwise a person chooses the other half and looks at both.
"""

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from examday.domain.errors import Conflict, Invalid
from examday.domain.jobs import Task
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import HALF_OF_SHEET, PageState
from examday.reading.joining import HalfFile, join_pictures
from examday.services.custody.booklets import require
from examday.services.scans import pictures
from examday.services.scans.making import new_files
from examday.services.unit_of_work import WORKER, Store, UnitOfWork
from examday.storage.tables import Page

PART, UNLAID = "part-of-sheet", "no-marks"
MOST_TRIES = 4
"""Parts that a new part is tried against: each try takes seconds of a processor, and two halves of one
sheet seldom come far apart."""


def is_part(page: Page) -> bool:
    """Whether the page waits because its picture shows a part of a sheet."""
    return page.state == PageState.EXCEPTION and PART in page.identity.get("because", [])


def may_be_half(page: Page) -> bool:
    """Whether a person may say that the page is a half: under no form lies the half of a slanted sheet too."""
    return is_part(page) or (
        page.state == PageState.EXCEPTION and UNLAID in page.identity.get("because", [])
    )


def other_halves(uow: UnitOfWork, page: Page) -> list[Page]:
    """Return pages that may be the other half; one of the two is told to be a part.

    Told parts first, then those with a code in common, then those of the same file, then the newest.
    """
    if not may_be_half(page):
        return []
    rows = uow.session.scalars(
        select(Page)
        .where(Page.state == PageState.EXCEPTION, Page.id != page.id)
        .options(joinedload(Page.file))
        .order_by(Page.at.desc(), Page.number)
    )
    fits = may_be_half if is_part(page) else is_part
    return sorted(
        filter(fits, rows),
        key=lambda row: (
            not is_part(row),
            not _same_code(page, row),
            row.scan_file_id != page.scan_file_id,
        ),
    )


def _same_code(one: Page, other: Page) -> bool:
    """Whether both bear the sheet's number, or another code of it alike."""
    if one.code and other.code:
        return one.code == other.code
    return bool(set(one.identity.get("codes", [])) & set(other.identity.get("codes", [])))


def ask_to_join(uow: UnitOfWork, pages: Sequence[Page]) -> None:
    """Have parts tried against the parts that wait already; nothing where none does."""
    for page in pages:
        if _to_try(uow, page):
            uow.enqueue(Task.JOIN_HALVES, page.id)


def _to_try(uow: UnitOfWork, page: Page) -> list[Page]:
    """Parts whose codes do not differ from the page's, the likeliest first."""
    likely = (row for row in other_halves(uow, page) if _may_be_one(page, row))
    return [row for row in likely if is_part(page) and is_part(row)][:MOST_TRIES]


def _may_be_one(one: Page, other: Page) -> bool:
    """Often only one half bears the number: the other form codes stand at the top of the sheet."""
    return one.code is None or other.code is None or one.code == other.code


def process(store: Store, page_id: str) -> None:
    """Try a part against those that wait.

    They are joined only where print and writing agree on the strip that both show. They wait for a
    person where they do not, or where somebody was faster.
    """
    with store.read() as uow:
        others = [row.id for row in _to_try(uow, uow.get(Page, page_id))]
    for other in others:
        with suppress(NotJoined):
            try:
                join(store, WORKER, (page_id, other), chosen=False)
            # somebody decided about one of them meanwhile, so there is nothing to join any more
            except Conflict:
                continue
            return


def give_up(_store: Store, _page_id: str) -> None:
    """The halves wait for a person as they are."""


def join(
    store: Store,
    actor: Actor,
    page_ids: Sequence[str],
    chosen: bool,
) -> str:
    """Join two pages; the id of the file with the whole sheet.

    `chosen`: a person says that both are of one sheet, which stands in for writing where they
    overlap and for nothing else.

    Invalid when they do not join, with what to do. Nothing is held while the pictures are laid
    together, which takes seconds; whether both still wait is checked afterwards.
    """
    with store.read(actor) as uow:
        if actor is not WORKER:
            require(uow, "scans.decide")
        pages = [uow.get(Page, page_id) for page_id in page_ids]
        found = [pictures.present(uow.settings, page) for page in pages]
        dpi = [page.identity.get("dpi") for page in pages]
    with tempfile.TemporaryDirectory(dir=_scratch(store)) as folder:
        target = Path(folder) / "whole.png"
        first, second = (
            HalfFile(_laid_out(half, Path(folder)), stated)
            for half, stated in zip(found, dpi, strict=True)
        )
        reason = join_pictures(first, second, chosen, store.settings.forms, target)
        if reason is not None:
            raise NotJoined(reason["message"], code=reason["code"], params=reason["params"])
        picture = new_files.Picture(target.read_bytes(), _name(pages))
    with store.begin(actor) as uow:
        sources = new_files.hold_sources(uow, page_ids)
        [scan_id] = new_files.take_in(uow, sources, [picture], new_files.JOINED, HALF_OF_SHEET)
    return scan_id


class NotJoined(Invalid):
    """Two pictures that make no sheet together."""

    code = "not-joined"
    message = N_("The two pictures do not make one sheet.")
    advice = N_("Both pages stay as they are.")


def _laid_out(half: pictures.Grey, folder: Path) -> Path:
    """The picture as a file, for the child that joins."""
    path = folder / f"{half.sha256}-{half.number}.jpg"
    path.write_bytes(half.jpeg())
    return path


def _scratch(store: Store) -> Path:
    store.settings.derived.mkdir(parents=True, exist_ok=True)
    return store.settings.derived


def _name(pages: Sequence[Page]) -> str:
    names = list(dict.fromkeys(page.file.name for page in pages))
    return " + ".join(names)[:200] + ".png"
