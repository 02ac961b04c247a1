"""Looks of the machine at scanned pages: what they are, without what stands on them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from examday.domain.braille.notebook import Look
from examday.domain.braille.places import place_of
from examday.domain.transfer.readings import Source
from examday.services.scans.page_images import DeskPage
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading


def looks_of(uow: UnitOfWork, booklet: Booklet, pages: Sequence[DeskPage]) -> list[Look]:
    """Return a look at each page, empty where the machine has not looked yet."""
    # Of the latest version that was read: pages of a reopened work are not read anew.
    read = uow.session.scalars(
        select(Reading)
        .where(Reading.booklet_id == booklet.id, Reading.source == Source.MACHINE_ORIGINAL)
        .order_by(Reading.version.desc(), Reading.round.desc())
        .limit(1)
    ).first()
    seen = {page["page"]: page for page in read.content.get("pages", [])} if read else {}
    return [_look(page.id, seen.get(page.id, {})) for page in pages]


def _look(page_id: str, seen: dict[str, Any]) -> Look:
    """Return what is stored of a page; readings of earlier releases have no `unread`."""
    places = [place_of(tuple(box), *seen["size"]) for box in seen.get("unread", ())]
    return Look(
        page_id,
        seen.get("kind", ""),
        bool(seen.get("mirrored")),
        tuple(seen.get("warnings", ())),
        tuple(dict.fromkeys(places)),
        len(seen.get("lines", ())),
    )
