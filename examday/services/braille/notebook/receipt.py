"""Receipt of envelopes: nothing is read from a notebook that still lies in its package."""

from sqlalchemy import select

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.transfer.duties import ARBITER, FIRST, SECOND
from examday.services.custody.papers import VOID
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item

READS = (FIRST, SECOND, ARBITER)
"""Parts that say what stands in a notebook."""


def need_taken_over(uow: UnitOfWork, booklet: Booklet, part: str) -> None:
    """Conflict while the envelope of a Braille work lies in a package for the commission.

    The package is opened there against a count, which takes the envelope out. A commission that
    sits in the point and gets its envelopes without a package has nothing to open.
    """
    if not booklet.is_braille or part not in READS:
        return
    packages = select(Item.id).where(Item.kind == Kind.PACKET, Item.sheet == Purpose.COMMISSION)
    lies_in = uow.session.scalars(
        select(Item.id).where(
            Item.booklet_id == booklet.id,
            Item.kind == Kind.ENVELOPE,
            Item.state.not_in(VOID),
            Item.parent_id.in_(packages),
        )
    ).first()
    if lies_in is not None:
        raise Conflict(
            N_("The envelope of this work has not been taken over by the commission yet."),
            code="not-received",
            advice=N_(
                "The chair opens the package on its page and counts the envelopes; after that the"
                " work can be keyed in. If it is not to go in a package, take the envelope out."
            ),
        )
