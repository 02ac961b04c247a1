"""What the centre has confirmed of a station. Nothing is tidied away before."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import distinct, func, literal, or_, select

from examday.domain.custody.lifecycle import OFF_THE_WAY, State
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.ledger.tree import recorded_in
from examday.services.ledger.writing import last_entry, of_chain
from examday.services.travel.joining import centre_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, EventRow, Exam
from examday.storage.tables_travel import Receipt, WorkKeeper


def newest(uow: UnitOfWork) -> Receipt | None:
    """The newest receipt of the present centre."""
    centre = centre_of(uow)
    if centre is None:
        return None
    of = select(Receipt).where(Receipt.centre_id == centre.id)
    return uow.session.scalars(of.order_by(Receipt.last.desc()).limit(1)).first()


@dataclass(frozen=True)
class Confirmed:
    """How many of the works that were handed over here the centre has confirmed."""

    works: int
    of: int
    last: int
    """The last entry that the centre holds; 0: none. Only what comes after it has to be sent."""


def confirmed(uow: UnitOfWork) -> Confirmed | None:
    """What the centre has confirmed of this station; None where it has no centre."""
    if centre_of(uow) is None:
        return None
    receipt = newest(uow)
    # Counted too: a work that an order brought back was handed over, and the centre has its earlier
    # version.
    once = select(WorkKeeper.booklet_id).where(WorkKeeper.booklet_id == Booklet.id)
    handed = (
        select(func.count(Booklet.id))
        .join(Exam, Exam.id == Booklet.exam_id)
        .where(or_(Booklet.state == State.HANDED_OVER, once.exists()), Exam.training.is_(False))
    )
    works, last = (receipt.said["works"], receipt.last) if receipt else (0, 0)
    of = uow.count(handed)
    return Confirmed(min(works, of - _handed_since(uow, last)), of, last)


def _handed_since(uow: UnitOfWork, last: int) -> int:
    """Real works that were handed over after entry `last`, for the first time or once more.

    The receipt counts a work whose earlier version the centre has; the new one it has not.
    """
    named = literal("booklet:").concat(Booklet.id)
    since = (
        select(func.count(distinct(Booklet.id)))
        .select_from(EventRow)
        .join(Booklet, EventRow.subject == named)
        .join(Exam, Exam.id == Booklet.exam_id)
        .where(of_chain(EventRow, uow.site), EventRow.seq > last, Exam.training.is_(False))
        .where(EventRow.kind == Event.BOOKLET_HAND_OVER, Booklet.state == State.HANDED_OVER)
    )
    return uow.session.scalar(since) or 0


ENDS_HERE = OFF_THE_WAY | {State.REGISTERED}
"""States of works that never come to a hand-over: their candidate was absent, wrote on the standard
form, or the kit was spoiled."""


def _row(work: Booklet) -> str:
    """The row whose last word the centre must have, so that the work stands there too."""
    table = "booklet" if work.state in ENDS_HERE else "work_keeper"
    return f"{table}:{work.id}"


def require_confirmed(uow: UnitOfWork, exam: Exam, works: Sequence[Booklet]) -> None:
    """Conflict where a work of a real exam stands nowhere but at this station.

    A station without a centre keeps its terms alone, and so does a centre.
    """
    if exam.training or centre_of(uow) is None:
        return
    receipt = newest(uow)
    end = last_entry(uow.session, uow.site)
    given = recorded_in(uow.session, uow.site, set(map(_row, works)), end.seq if end else 0)
    last = receipt.last if receipt else 0
    if any(not seqs or seqs[-1] > last for seqs in given.values()):
        raise Conflict(
            N_("The centre has not confirmed all works of this exam: nothing may be destroyed."),
            code="not-confirmed",
            advice=N_(
                "Send them (examday send), and take the centre's receipt in (examday receive). Then the act can "
                "be made."
            ),
        )
