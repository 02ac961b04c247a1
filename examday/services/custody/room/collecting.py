"""Collecting: the work is taken from the candidate into an envelope, and counted."""

from collections.abc import Iterable

from examday.domain.custody.counts import Counts
from examday.domain.custody.kit import Kind
from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.services.custody import absences, journal, papers, steps
from examday.services.custody.booklets import advance, arrow
from examday.services.custody.papers import me
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item

_FIRST = {
    "extra": N_("First add the pages of the print-out: without them there is nothing to collect."),
    "record": N_("First enter the recording and its protocol: without them nothing is collected."),
}


def collect(
    uow: UnitOfWork,
    booklet_id: str,
    counted: Counts,
    note: str = "",
    row_version: int | None = None,
) -> Item:
    """Take the work from the candidate into an envelope, and return that envelope.

    The numbers written on it are compared (R28). The work of somebody who is recorded as out of
    the room is collected with a remark only.
    """
    booklet = papers.load_here(uow, booklet_id, row_version)
    arrow(booklet, "collect")
    things = papers.of_booklet(uow, booklet.id)
    expected = papers.countable(things)
    # What comes into being at the end of the exam is easily forgotten.
    if lacking := steps.lacking(booklet, expected):
        raise Conflict(
            _FIRST[lacking],
            code=f"first-{lacking}",
            advice=N_(
                "Nothing was collected. Enter it on the page of the papers, then collect the work."
            ),
        )
    count = journal.check(expected, counted, note)
    if not note.strip():
        _require_back(uow, booklet)
    envelope = _into_an_envelope(uow, booklet, things)
    # What was counted, also where it differs: the next hand-over starts from what is there.
    booklet.counts, booklet.holder_id = papers.as_data(counted), me(uow)
    journal.enter(uow, "collect", count, booklet, to_id=me(uow))
    advance(uow, booklet, "collect", envelope=envelope.code, counted=papers.as_data(counted))
    journal.alarm(uow, "collect", count, booklet)
    return envelope


def _require_back(uow: UnitOfWork, booklet: Booklet) -> None:
    """Invalid while the candidate is out of the room by the record.

    Either the return was not recorded, or the work of another seat is in hand.
    """
    absence = absences.away(uow, booklet.seat_id)
    if absence is not None:
        raise Invalid(
            N_(
                "Seat %(place)s: the candidate left the room at %(time)s and is not recorded as back."
            ),
            code="away-still",
            field="note",
            params={
                "place": booklet.seat.place,
                "time": uow.local(absence.since).strftime("%H:%M"),
                "room_breaks": {"exam_id": booklet.exam_id, "room_id": booklet.seat.room_id},
            },
            advice=N_(
                "Look at the seat on the papers in hand. Record the return under «Breaks and absences», or "
                "collect this work alone and say in the remark why without the candidate."
            ),
        )


def _into_an_envelope(uow: UnitOfWork, booklet: Booklet, things: Iterable[Item]) -> Item:
    """Make a new envelope with what the candidate wrote on.

    The standard forms of an enlarged work stay outside.
    """
    envelope = papers.make(
        uow, booklet.exam_id, Kind.ENVELOPE, booklet_id=booklet.id, room_id=booklet.seat.room_id
    )
    uow.session.flush()
    for item in things:
        if item.state not in papers.VOID and (
            item.kind != Kind.STANDARD_SHEET or not booklet.is_enlarged
        ):
            item.parent_id = envelope.id
    return envelope
