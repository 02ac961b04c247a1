"""The summary of a day: steps of the works, where everything of paper is, what is open, remarks.

Steps and papers are those of the exam; what is open and what happened is told for the whole point,
as on the page that closes its day.
"""

from sqlalchemy import select

from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.board import closing
from examday.services.printing.papers.accounts import accounts_of
from examday.services.printing.papers.day_closing import closing_of
from examday.services.printing.papers.day_open import no_remarks, open_of
from examday.services.printing.papers.frames import by_hand, frame
from examday.services.printing.papers.remarks import remarks_of
from examday.services.printing.works import steps_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam


def day_summary(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Итоги дня."""
    exam = uow.get(Exam, exam_id)
    end = closing.show(uow, exam.date)
    states = uow.session.scalars(select(Booklet.state).where(Booklet.exam_id == exam.id))
    return frame(uow, exam, N_("Summary of the day")) | {
        "steps-table": steps_of(states),
        "accounts": accounts_of(uow, exam),
        "open": open_of(end),
        "alarms": remarks_of(uow, end.remarks),
        "no-remarks": no_remarks(end),
        "closing": closing_of(uow, end),
        "signers": by_hand(Role.SITE_HEAD),
    }
