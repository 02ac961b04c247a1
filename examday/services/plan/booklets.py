"""The booklet that every place with a special form gets in the plan, and that follows the
candidate's needs."""

from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.plan.day import medium_for
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Candidate, Seat


def live_booklets(uow: UnitOfWork) -> dict[str, Booklet]:
    """Seat id → its booklet that counts; a spoiled one has been replaced."""
    return {
        row.seat_id: row
        for row in uow.session.scalars(select(Booklet).where(Booklet.state != State.SPOILED))
    }


def set_booklet(
    uow: UnitOfWork, seat: Seat, booklet: Booklet | None, medium: Medium, code: str | None
) -> None:
    """Give the seat the booklet that its medium asks for; none for a candidate who writes on the
    standard form."""
    if medium is Medium.STANDARD:
        if booklet is not None:
            uow.session.delete(booklet)
        return
    if booklet is None:
        uow.add(
            Booklet(
                seat_id=seat.id,
                exam_id=seat.exam_id,
                medium=medium,
                code=code,
                since=uow.now(),
                counts={},
            )
        )
        return
    booklet.medium = medium
    booklet.code = code or booklet.code


def follow_needs(uow: UnitOfWork, candidate: Candidate, before: frozenset[str]) -> None:
    """After other needs were entered: kits not issued yet follow them, where the plan had not said
    otherwise."""
    medium = medium_for(frozenset(candidate.needs))
    if medium == medium_for(before) or candidate.id is None:
        return
    booklets = live_booklets(uow)
    for seat in uow.session.scalars(select(Seat).where(Seat.candidate_id == candidate.id)):
        booklet = booklets.get(seat.id)
        if booklet is None or (
            booklet.state == State.REGISTERED and booklet.medium == medium_for(before)
        ):
            set_booklet(uow, seat, booklet, medium, None)
