"""What a signature vouches for, and which signatures count for a work now: one answer for signing,
board, pages and print-outs.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from examday.domain.messages import N_
from examday.domain.scans.pages import COPY, ORIGINAL
from examday.domain.transfer.readings import Source
from examday.domain.transfer.signing import Content, counting_round
from examday.services.custody.booklets import not_now
from examday.services.scans.works.work_sheets import pages_of
from examday.services.transfer import readings
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading, Signoff

SIGNED_ON = readings.VERIFIED_ON
"""Only here does a signature count: a work that went back to an earlier step is signed anew."""


def content_of(uow: UnitOfWork, booklet: Booklet) -> Content:
    """Return what a signer of the present version vouches for.

    Conflict when there is nothing to sign yet.
    """
    settled = readings.find(uow, booklet, Source.SETTLED)
    verified = readings.find(uow, booklet, Source.VERIFIED)
    if settled is None or verified is None:
        raise not_now(
            booklet, N_("This work is not ready for signing yet: «%(state)s»."), "not-ready"
        )
    # A fixed order, down to the id: the digest that was signed must come out the same again.
    pages = sorted(
        pages_of(uow, booklet), key=lambda page: (page.role, page.order, page.at, page.id)
    )
    originals, copies = ([page for page in pages if page.role == role] for role in (ORIGINAL, COPY))
    return Content(
        booklet_id=booklet.id,
        code=booklet.code or "",
        version=booklet.version,
        round=verified.round,
        fields=settled.content["fields"],
        verified_sha256=verified.sha256,
        originals=tuple(page.image_sha256 for page in originals),
        copies=tuple(page.image_sha256 for page in copies),
    )


def counting(uow: UnitOfWork, booklets: Sequence[Booklet]) -> dict[str, dict[str, Signoff]]:
    """Return booklet id → slot → the signature or recorded absence that counts.

    Two queries for any number of works.
    """
    versions = {b.id: b.version for b in booklets if b.state in SIGNED_ON}
    verified = _verified_rounds(uow, versions)
    found: dict[str, dict[str, Signoff]] = {booklet.id: {} for booklet in booklets}
    for signoff in uow.session.scalars(select(Signoff).where(Signoff.booklet_id.in_(versions))):
        key = signoff.booklet_id
        counts = (versions[key], counting_round(verified[key]))
        if (signoff.version, signoff.round) == counts:
            found[key][signoff.slot] = signoff
    return found


def _verified_rounds(uow: UnitOfWork, versions: Mapping[str, int]) -> Mapping[str, list[int]]:
    """Return booklet id → the rounds in which the copy of this version was verified."""
    rows = uow.session.execute(
        select(Reading.booklet_id, Reading.version, Reading.round).where(
            Reading.booklet_id.in_(versions), Reading.source == Source.VERIFIED
        )
    )
    rounds: dict[str, list[int]] = defaultdict(list)
    for booklet_id, version, number in rows:
        if version == versions[booklet_id]:
            rounds[booklet_id].append(number)
    return rounds
