"""Looks of the machine at scanned pages: what they are, without what stands on them."""

from collections.abc import Sequence

from sqlalchemy import select

from examday.domain.braille.notebook import Look
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
    return [
        Look(
            page.id, one.get("kind", ""), bool(one.get("mirrored")), tuple(one.get("warnings", ()))
        )
        for page in pages
        for one in (seen.get(page.id, {}),)
    ]
