"""Sheets of an earlier copy that stand in a later version too, as their copier has stated."""

from collections.abc import Iterable

from sqlalchemy import select

from examday.domain.transfer.readings import Source, copied_content
from examday.services.transfer.readings import COPIED_ON, find, find_of_each
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page, Reading


def standing(uow: UnitOfWork, booklet: Booklet, version: int | None = None) -> frozenset[str]:
    """Return the ids of the pages of earlier copies that stand in this version (default: the
    present one): those whose picture is the one that the copier let stand.
    """
    if version in (None, booklet.version):
        return standing_of_each(uow, [booklet])
    return _as_copied(uow, find(uow, booklet, Source.COPIED, version))


def standing_of_each(uow: UnitOfWork, booklets: Iterable[Booklet]) -> frozenset[str]:
    """Return the same of several works at once, of the present version of each."""
    # Most works have one version: they cost no query. The last «copied» of a version counts only from
    # there on: before, it was taken back.
    some = [work for work in booklets if work.version > 1 and work.state in COPIED_ON]
    return (
        _as_copied(uow, *find_of_each(uow, some, Source.COPIED).values()) if some else frozenset()
    )


def _as_copied(uow: UnitOfWork, *copied: Reading | None) -> frozenset[str]:
    """The pages that these readings let stand, and whose pictures are still the same."""
    stands: dict[str, str] = {}
    for reading in copied:
        stands |= copied_content(reading.content).get("stands", {}) if reading else {}
    if not stands:
        return frozenset()
    query = select(Page.id, Page.image_sha256).where(Page.id.in_(stands))
    return frozenset(page for page, sha256 in uow.session.execute(query) if stands[page] == sha256)
