"""Where each work of some exams stands, as the board and its alarms look at it. Read only."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from examday.domain.board import Standing
from examday.domain.custody.lifecycle import Medium, State
from examday.services.braille.notebook import receipt
from examday.services.rules import in_force
from examday.services.transfer import hands, signatures
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Seat


def standings_of(uow: UnitOfWork, exams: Sequence[Exam]) -> tuple[Standing, ...]:
    """Return every booklet of these exams with its room, place and signatures."""
    rows = uow.session.scalars(
        select(Booklet)
        .where(Booklet.exam_id.in_([e.id for e in exams]))
        .options(
            joinedload(Booklet.seat).joinedload(Seat.room),
            joinedload(Booklet.holder),
            joinedload(Booklet.exam),
        )
    )
    return standings(uow, list(rows))


def standings(uow: UnitOfWork, booklets: Sequence[Booklet]) -> tuple[Standing, ...]:
    """Return where these booklets stand, in their order."""
    signed, today = signatures.counting(uow, booklets), uow.today()
    begun = hands.begun(uow, booklets)
    closed = receipt.packages(uow, [row for row in booklets if row.state in receipt.READ_AT])
    return tuple(
        replace(
            _standing(row, len(signed[row.id])),
            begun=row.id in begun,
            over=row.exam.date < today,
            package=closed[row.id].waits_for if row.id in closed else "",
        )
        for row in booklets
    )


def _standing(row: Booklet, signed: int) -> Standing:
    needed = in_force.for_exam(row.exam).signers(row.medium) if row.state == State.VERIFIED else ()
    return Standing(
        row.id,
        row.code or "",
        row.seat.room.number,
        row.seat.place,
        Medium(row.medium),
        State(row.state),
        row.since,
        row.holder.name if row.holder else "",
        signed,
        len(needed),
    )
