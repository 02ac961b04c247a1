"""What must be true before a rehearsal and after it."""

from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, DomainError
from examday.domain.messages import N_
from examday.domain.transfer.readings import Source
from examday.services.appeals.decision import readings
from examday.services.ledger import audit
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Exam


class DayHasBegun(Conflict):
    """A rehearsal belongs to the day before."""

    code = "day-has-begun"
    message = N_("The exam of today has begun: kits are issued already.")
    advice = N_("Rehearse on the day before the exam, or with another data folder (--data).")


def check_day(uow: UnitOfWork) -> None:
    """DayHasBegun when kits of a real exam of today are out."""
    out = (
        select(Booklet.id)
        .join(Exam)
        .where(Exam.date == uow.today(), ~Exam.training, Booklet.state != State.REGISTERED)
        .limit(1)
    )
    # Refused, because a rehearsal uses the hot folder and the printer that the real day needs now.
    if uow.session.scalar(out) is not None:
        raise DayHasBegun()


def check_ledger(store: Store) -> None:
    """Raises when the ledger does not say what was written."""
    report = audit.verify(store)
    if not report.ok:
        raise DomainError(
            N_("The ledger is not as it was written: entry %(seq)s."),
            code="ledger",
            params={"seq": report.faults[0].seq},
            advice=N_("Run `examday ledger verify` and keep the machine as it is."),
        )


def check_first_version(store: Store, booklet_id: str) -> None:
    """Raise DomainError when the first transfer of a work transferred twice is gone."""
    with store.read() as uow:
        second = uow.get(Booklet, booklet_id).version == 2
        if not second or readings.contents(uow, booklet_id, 1).get(Source.SETTLED) is None:
            raise DomainError(N_("The first transfer is no longer there."), code="version-lost")
