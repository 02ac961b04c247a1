"""Readings that still speak of the pages and values that are there."""

from examday.domain.transfer.readings import Source
from examday.services.appeals.decision.readings import contents
from examday.services.scans.pictures import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading

ROLE_OF_READER = {
    Source.MACHINE_ORIGINAL: "original",
    Source.MACHINE_COPY: "copy",
    Source.MACHINE_COMPARE: "copy",
}
"""Which paper a machine's reading speaks of: with that page taken back it speaks of nothing."""


def present_contents(uow: UnitOfWork, booklet_id: str, version: int) -> dict[str, Reading]:
    """Return the latest readings that still speak of what is there.

    A machine's reading of a page that was taken back, and a comparison with values that were
    settled anew, are left out: the machine has not seen what is there now.
    """
    found = contents(uow, booklet_id, version)
    settled = found.get(Source.SETTLED)
    compared = found.get(Source.MACHINE_COMPARE)
    if compared and (settled is None or compared.content.get("settled") != settled.sha256):
        del found[Source.MACHINE_COMPARE]
    booklet = uow.get(Booklet, booklet_id)
    for source, role in ROLE_OF_READER.items():
        seen = found[source].content.get("page") if source in found else None
        if seen and not _is_there(uow, booklet, role, version, seen):
            del found[source]
    return found


def _is_there(
    uow: UnitOfWork,
    booklet: Booklet,
    role: str,
    version: int,
    page_id: object,
) -> bool:
    """Tell whether this page still belongs to the work; copies belong to a version."""
    pages = pages_of(uow, booklet, role, version if role == "copy" else None)
    return page_id in {page.id for page in pages}
