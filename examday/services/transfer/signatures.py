"""Which signatures count for a work now: the one answer for signing, board, page and print-outs."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.transfer.readings import Source
from examday.domain.transfer.signing import counting_round
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading, Signoff

SIGNED_ON = frozenset({State.VERIFIED, State.CERTIFIED, State.PACKED, State.HANDED_OVER})


def counting(uow: UnitOfWork, booklets: Sequence[Booklet]) -> dict[str, dict[str, Signoff]]:
    """Booklet id → slot → the signature or recorded absence that counts; two queries for any
    number of works."""
    # A work that went back to an earlier step has no signature that counts.
    versions = {b.id: b.version for b in booklets if b.state in SIGNED_ON}
    verified: dict[str, list[int]] = defaultdict(list)
    for row in uow.session.execute(
        select(Reading.booklet_id, Reading.version, Reading.round).where(
            Reading.booklet_id.in_(versions), Reading.source == Source.VERIFIED
        )
    ):
        if row.version == versions[row.booklet_id]:
            verified[row.booklet_id].append(row.round)
    found: dict[str, dict[str, Signoff]] = {booklet.id: {} for booklet in booklets}
    for given in uow.session.scalars(select(Signoff).where(Signoff.booklet_id.in_(versions))):
        key = given.booklet_id
        if (given.version, given.round) == (versions[key], counting_round(verified[key])):
            found[key][given.slot] = given
    return found
