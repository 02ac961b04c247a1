"""What the records do not tell of the people of an exam and a work."""

from sqlalchemy import select

from examday.domain.messages import N_
from examday.services.appeals.order.first_hands import first_hands
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Duty
from examday.storage.tables_appeal import Appeal


def silent(uow: UnitOfWork, appeal: Appeal) -> list[str]:
    """Return what the records do not tell: they bar nobody, which clears nobody."""
    on_duty = select(Duty.id).where(Duty.exam_id == appeal.exam_id).limit(1)
    known = (
        (uow.session.scalar(on_duty), N_("who organised the exam")),
        (
            first_hands(uow, appeal.booklet_id, appeal.version + 1),
            N_("who transferred the work"),
        ),
    )
    return [what for found, what in known if not found]
