"""Kits that leave the way: nobody came for one, the standard form was chosen, it was spoiled."""

from examday.domain.custody.kit import ORIGINALS, ThingState
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody import absences, journal, papers
from examday.services.custody.booklets import advance, arrow
from examday.services.rules import in_force
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def mark_absent(uow: UnitOfWork, booklet_id: str, row_version: int | None = None) -> Booklet:
    """Record that the candidate did not come: nobody waits for this work any more.

    Taken back when the candidate comes late (`taking_back`). WasHere where it is recorded that the
    candidate left the room: one of the two entries is for another seat.
    """
    booklet = papers.load_here(uow, booklet_id, row_version)
    if absences.recorded(uow, booklet.seat_id):
        raise WasHere()
    return advance(uow, booklet, "mark_absent")


class WasHere(Conflict):
    """The candidate is said not to have come, and is on record as having left the room."""

    code = "was-here"
    message = N_("It is recorded that this candidate left the room, so the candidate was here.")
    advice = N_(
        "Nothing was changed. If that entry was made for the wrong seat, take it back on the page of "
        "breaks; then record again that nobody came."
    )


def choose_standard(
    uow: UnitOfWork,
    booklet_id: str,
    reason: str,
    row_version: int | None = None,
) -> Booklet:
    """Record that the candidate writes on the standard form (R36).

    Nothing is transferred; A3 sheets are void.
    """
    booklet = papers.load_here(uow, booklet_id, row_version)
    arrow(booklet, "choose_standard")
    kept = in_force.for_exam(booklet.exam).text("standard_sheets_during_exam")
    if kept == "sealed_in_a3_packet" and booklet.state == State.ENLARGED:
        raise Conflict(
            N_(
                "Under the rules of this exam date the standard forms are sealed after enlarging; there is "
                "no choice any more."
            ),
            code="sealed-forms",
            advice=N_("Go on with the enlarged sheets: collect them at the end of the exam."),
        )
    for item in papers.of_booklet(uow, booklet.id):
        if item.kind in ORIGINALS[Medium(booklet.medium)]:
            item.state = ThingState.NOT_USED
    return advance(uow, booklet, "choose_standard", reason=journal.need_reason(reason))


def spoil(
    uow: UnitOfWork,
    booklet_id: str,
    reason: str,
    row_version: int | None = None,
) -> Booklet:
    """Record that the kit is spoiled, and return the seat's new booklet.

    Everything of the spoiled kit is void.
    """
    booklet = papers.load_here(uow, booklet_id, row_version)
    arrow(booklet, "spoil")
    for item in papers.of_booklet(uow, booklet.id):
        item.state = ThingState.SPOILED
    advance(uow, booklet, "spoil", reason=journal.need_reason(reason))
    uow.session.flush()  # the seat must be free before its next booklet comes
    replacement = uow.add(
        Booklet(
            seat_id=booklet.seat_id,
            exam_id=booklet.exam_id,
            medium=booklet.medium,
            since=uow.now(),
        )
    )
    uow.session.flush()
    uow.record(Event.CUSTODY_REPLACE, f"booklet:{replacement.id}", replaces=booklet.id)
    return replacement
