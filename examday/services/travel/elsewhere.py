"""Works of the board that the other end writes: nobody here is waited for because of them."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from examday.domain.board import Standing
from examday.domain.custody.lifecycle import State
from examday.services.unit_of_work import UnitOfWork
from examday.storage.keepers import given_by_us
from examday.storage.tables import Booklet, Exam


def at_the_point(
    uow: UnitOfWork,
    exams: Sequence[Exam],
    standings: Sequence[Standing],
) -> list[Standing]:
    """Return the works as they are for the people here: one that is the centre's has left the point.

    A notebook leaves it before its way has ended, where the commission sits at the centre.
    """
    of_day = Booklet.exam_id.in_([exam.id for exam in exams])
    gone = set(uow.session.scalars(select(Booklet.id).where(of_day, given_by_us(uow.session))))
    return [replace(s, state=State.HANDED_OVER) if s.id in gone else s for s in standings]


def ours(
    uow: UnitOfWork,
    exams: Sequence[Exam],
    standings: Sequence[Standing],
) -> list[Standing]:
    """Return those that somebody here is waited for; at the centre not those of a station."""
    of_day = Booklet.exam_id.in_([exam.id for exam in exams])
    here = set(uow.session.scalars(select(Booklet.id).where(of_day, uow.written_here)))
    return [one for one in standings if one.id in here]
