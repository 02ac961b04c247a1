"""The originals of a bundle: each is compared with its name, and stored before any row speaks of it."""

from typing import Any

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.travel.manifest import not_a_bundle
from examday.services.travel.incoming.opened import Opened
from examday.storage.objects.base import Objects


def store(objects: Objects, bundle: Opened) -> int:
    """Store the originals that came along; return how many were new. Each is compared on its way."""
    new = 0
    for sha256 in bundle.scans():
        name = f"scans/{sha256}"
        if objects.there(sha256):
            bundle.require(name)
            continue
        with bundle.member(name) as source:
            new += _stored(objects, source, sha256, name)
    return new


def _stored(
    objects: Objects,
    source: Any,
    sha256: str,
    name: str,
) -> int:
    stored = objects.put(source)
    if stored.sha256 != sha256:
        raise not_a_bundle(name)
    return int(stored.new)


def require(objects: Objects, bundle: Opened) -> None:
    """Conflict where an original is neither in the file nor here."""
    came = set(bundle.scans())
    lacking = [s for s in bundle.manifest.originals if s not in came and not objects.there(s)]
    if lacking:
        raise Conflict(
            N_("%(count)s originals are missing, the first is %(sha256)s."),
            code="lacking",
            advice=N_(
                "What came along is stored. Take a bundle in that holds the others: examday send without "
                "--no-originals. It goes on where this one ended."
            ),
            params={"count": len(lacking), "sha256": lacking[0], "lacking": lacking},
        )
