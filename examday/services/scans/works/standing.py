"""Sheets of an earlier copy that stand in a later version too, as their copier has stated."""

from sqlalchemy import select

from examday.domain.transfer.readings import Source, copied_content
from examday.services.transfer.readings import COPIED_ON, find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


def standing(uow: UnitOfWork, booklet: Booklet, version: int | None = None) -> frozenset[str]:
    """Return the ids of the pages of earlier copies that stand in this version (default: the
    present one): those whose picture is the one that the copier let stand.
    """
    # Most works have one version: they cost no query.
    if booklet.version == 1 or (version in (None, booklet.version) and not _is_copied(booklet)):
        return frozenset()
    copied = find(uow, booklet, Source.COPIED, version)
    stands = copied_content(copied.content).get("stands", {}) if copied else {}
    if not stands:
        return frozenset()
    query = select(Page.id, Page.image_sha256).where(Page.id.in_(stands))
    return frozenset(page for page, sha256 in uow.session.execute(query) if stands[page] == sha256)


def _is_copied(booklet: Booklet) -> bool:
    """Whether the last «copied» of the present version counts: it may have been taken back."""
    return booklet.state in COPIED_ON
