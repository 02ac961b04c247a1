"""Works from hand to hand: collected from the candidate, given to a colleague."""

from collections.abc import Iterable

from examday.domain.custody.counts import Counts
from examday.domain.custody.kit import (
    Kind,
)
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.custody import journal, papers
from examday.services.custody.booklets import advance, require
from examday.services.custody.papers import load, me
from examday.services.people import log_in
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item


def collect(
    uow: UnitOfWork,
    booklet_id: str,
    counted: Counts,
    note: str = "",
    row_version: int | None = None,
) -> Booklet:
    """Take the work from the candidate into an envelope; the numbers written on it are compared
    (R28)."""
    booklet = load(uow, booklet_id, row_version)
    things = papers.of_booklet(uow, booklet.id)
    expected = papers.countable(things)
    if Medium(booklet.medium) is Medium.TYPED and not expected.get(Kind.PRINT_OUT):
        raise Conflict(
            N_("First add the pages of the print-out: without them there is nothing to collect."),
            code="no-print-out",
        )
    count = journal.check(expected, counted, note)
    envelope = _into_an_envelope(uow, booklet, things)
    booklet.counts, booklet.holder_id = papers.as_data(counted), me(uow)
    journal.enter(uow, "collect", count, booklet, to_id=me(uow))
    advance(uow, booklet, "collect", envelope=envelope.code, counted=papers.as_data(counted))
    journal.alarm(uow, "collect", count, booklet)
    return booklet


def _into_an_envelope(uow: UnitOfWork, booklet: Booklet, things: Iterable[Item]) -> Item:
    """A new envelope with what the candidate wrote on; the standard forms of an enlarged work stay
    outside."""
    envelope = papers.make(
        uow, booklet.exam_id, Kind.ENVELOPE, booklet_id=booklet.id, room_id=booklet.seat.room_id
    )
    uow.session.flush()
    for item in things:
        if item.state not in papers.VOID and (
            item.kind != Kind.STANDARD_SHEET or booklet.medium != Medium.ENLARGED
        ):
            item.parent_id = envelope.id
    return envelope


def hand(
    uow: UnitOfWork,
    booklet_id: str,
    to_id: str,
    secret: str,
    counted: Counts,
    note: str = "",
    row_version: int | None = None,
) -> Booklet:
    """The work goes to a colleague: counted by both, confirmed by the receiver's own PIN (R28)."""
    require(uow, "custody.hand")
    _handing(uow, load(uow, booklet_id, row_version), to_id, counted, note)
    receiver = log_in.check_secret(uow, to_id, secret)  # last: a wrong count must not cost a try
    # Once more: checking the secret ended the transaction.
    booklet = load(uow, booklet_id, row_version)
    giver, count = _handing(uow, booklet, to_id, counted, note)
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
    """The work and everything of it that is in use."""
    booklet.holder_id = receiver_id
    for item in papers.of_booklet(uow, booklet.id):
        if item.state not in papers.VOID:
            item.holder_id = receiver_id


def _handing(
    uow: UnitOfWork, booklet: Booklet, to_id: str, counted: Counts, note: str
) -> tuple[str | None, journal.Count]:
    """Who gives the work, and the count beside what it must come to."""
    giver = _giver(uow, booklet, note)
    if to_id == giver:
        raise Invalid(N_("Giver and receiver are the same person."), code="same-hands")
    if booklet.state in (State.REGISTERED, State.HANDED_OVER, State.PACKED):
        raise Conflict(N_("This work is not in anybody's hands now."), code="not-in-hand")
    return giver, journal.check(papers.expected(uow, booklet), counted, note)


def _giver(uow: UnitOfWork, booklet: Booklet, note: str) -> str | None:
    """Who gives: the holder, who must be the one at the computer; the head may stand in for them
    with a note."""
    if booklet.holder_id in (None, me(uow)) or me(uow) is None:
        return booklet.holder_id or me(uow)
    if Role.SITE_HEAD in uow.actor.roles and note.strip():
        return booklet.holder_id
    raise Conflict(
        N_("This work is in the hands of %(name)s."),
        code="other-holder",
        params={"name": booklet.holder.name if booklet.holder else ""},
        advice=N_(
            "Let that person log in and hand it over; the head of the point may do it with a note."
        ),
    )
