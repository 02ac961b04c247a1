"""Works from hand to hand: given to a colleague, who counts and confirms."""

from examday.domain.custody.counts import Counts
from examday.domain.events import Event
from examday.services.custody import givers, journal, papers
from examday.services.custody.booklets import require
from examday.services.custody.papers import load
from examday.services.people import log_in
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def hand(
    uow: UnitOfWork,
    booklet_id: str,
    to_id: str,
    secret: str,
    counted: Counts,
    note: str = "",
    row_version: int | None = None,
) -> Booklet:
    """Give the work to a colleague: counted by both, confirmed by the receiver's own PIN (R28)."""
    require(uow, "custody.hand")
    givers.terms(uow, load(uow, booklet_id, row_version), to_id, counted, note)
    # Last: a wrong count must not cost a try.
    receiver = log_in.prove_oneself(uow, to_id, secret, log_in.Part.CONFIRMS)
    # Once more: checking the secret ended the transaction.
    booklet = load(uow, booklet_id, row_version)
    # Asked again: while the receiver typed, somebody else may have moved the work.
    giver, count = givers.terms(uow, booklet, to_id, counted, note)
    booklet.counts = papers.as_data(counted)
    _change_holder(uow, booklet, receiver.id)
    journal.enter(uow, "hand", count, booklet, from_id=giver, to_id=receiver.id)
    uow.record(
        Event.CUSTODY_HAND,
        f"booklet:{booklet.id}",
        giver=giver or "",
        receiver=receiver.id,
        counted=papers.as_data(counted),
    )
    journal.alarm(uow, "hand", count, booklet)
    return booklet


def _change_holder(uow: UnitOfWork, booklet: Booklet, receiver_id: str) -> None:
    """Give the receiver the work and everything of it that is in use."""
    booklet.holder_id = receiver_id
    for item in papers.of_booklet(uow, booklet.id):
        if item.state not in papers.VOID:
            item.holder_id = receiver_id
