"""Originals: each that a row speaks of is there and as it was received."""

from examday.domain.ledger import Fault
from examday.services.unit_of_work import Store
from examday.storage.objects.base import Objects
from examday.storage.objects.opened import originals


def originals_faults(store: Store, known: set[str]) -> tuple[list[Fault], list[Fault]]:
    """Return the originals of `known` (digests) that are missing or changed, and those that nobody
    knows.
    """
    objects = originals(store.settings)
    lost = [Fault(0, "scan", sha256) for sha256 in sorted(known) if not _intact(objects, sha256)]
    # Files are kept by digest for all sites: only who sees all rows knows a strange one.
    strange = (name for name in objects.all() if name not in known and not store.site)
    return lost, [Fault(0, "scan-unknown", name) for name in strange]


def _intact(objects: Objects, sha256: str) -> bool:
    try:
        return objects.intact(sha256)
    except ValueError:  # a digest of another form names no file, so none is missing
        return False
