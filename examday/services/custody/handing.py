"""Works from hand to hand: given to a colleague, who counts and confirms."""

from collections.abc import Mapping

from examday.domain.custody.counts import Counted, Counts, agree
from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
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
    _give(uow, booklet, receiver.id, counted, note)
    return booklet


def hand_all(
    uow: UnitOfWork,
    to_id: str,
    secret: str,
    counted: Mapping[str, Counts],
) -> Counted:
    """Give every work whose count agrees with the journal to a colleague, who confirms once.

    `counted`: booklet id → what was counted. Invalid when nothing was; a refusal of one work leaves
    all as they were. By how much others differ is not said.
    """
    require(uow, "custody.hand")
    chosen = _held(uow, counted)
    good = [b for b in chosen if agree(papers.expected(uow, b), counted[b.id])]
    for booklet in good:
        givers.terms(uow, booklet, to_id, counted[booklet.id], "")
    differing = tuple(booklet.seat.place for booklet in chosen if booklet not in good)
    ids = [booklet.id for booklet in good]
    # Nothing to confirm: the secret is not asked, and no try is lost.
    if not ids:
        return Counted(0, differing)
    receiver = log_in.prove_oneself(uow, to_id, secret, log_in.Part.CONFIRMS)
    # Once more: checking the secret ended the transaction.
    for booklet in uow.hold_all(Booklet, ids):
        _give(uow, booklet, receiver.id, counted[booklet.id], "")
    return Counted(len(ids), differing)


def _held(uow: UnitOfWork, counted: Mapping[str, Counts]) -> list[Booklet]:
    if not counted:
        raise Invalid(N_("Choose at least one work."), code="none-chosen", field="work")
    return uow.hold_all(Booklet, list(counted))


def _give(
    uow: UnitOfWork,
    booklet: Booklet,
    receiver_id: str,
    counted: Counts,
    note: str,
) -> None:
    # Asked again: while the receiver typed, somebody else may have moved the work.
    giver, count = givers.terms(uow, booklet, receiver_id, counted, note)
    booklet.counts = papers.as_data(counted)
    _change_holder(uow, booklet, receiver_id)
    journal.enter(uow, "hand", count, booklet, from_id=giver, to_id=receiver_id)
    uow.record(
        Event.CUSTODY_HAND,
        f"booklet:{booklet.id}",
        giver=giver or "",
        receiver=receiver_id,
        counted=papers.as_data(counted),
    )
    journal.alarm(uow, "hand", count, booklet)


def _change_holder(uow: UnitOfWork, booklet: Booklet, receiver_id: str) -> None:
    """Give the receiver the work and everything of it that is in use here.

    What left the point with a packet stays with whoever took that over.
    """
    booklet.holder_id = receiver_id
    for item in papers.here(uow, booklet.id):
        item.holder_id = receiver_id
