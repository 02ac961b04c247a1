"""The summary of a day: steps of the works, where everything of paper is, alarms."""

from sqlalchemy import select

from examday.domain.custody.counts import Place
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.board import closing
from examday.services.custody import papers
from examday.services.printing.papers.frames import by_hand, frame
from examday.services.printing.papers.remarks import remarks_of
from examday.services.printing.things import kind
from examday.services.printing.words import agreed, clock, ru
from examday.services.printing.works import steps_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam


def day_summary(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Итоги дня."""
    exam = uow.get(Exam, exam_id)
    states = uow.session.scalars(select(Booklet.state).where(Booklet.exam_id == exam.id))
    return frame(uow, exam, N_("Summary of the day")) | {
        "steps-table": steps_of(states),
        "accounts": _accounts(uow, exam),
        "alarms": remarks_of(uow, exam),
        "closing": _closing(uow, exam),
        "signers": by_hand(Role.SITE_HEAD),
    }


def _closing(uow: UnitOfWork, exam: Exam) -> list[list[str]]:
    """Say who closed the day of the point, when, and what was open then."""
    closed = closing.show(uow, exam.date).closed
    if closed is None:
        return [[ru(N_("Day of the point")), ru(N_("not closed yet"))]]
    said = ru(
        N_("%(at)s, %(name)s; open then: %(open)s"),
        at=clock(uow, closed.at),
        name=closed.by,
        open=closed.open,
    )
    return [
        [ru(N_("Day of the point closed")), said],
        *([[ru(N_("Said about it")), closed.reason]] if closed.reason else []),
        *(
            [[ru(N_("Entries about its works since then")), str(closed.later)]]
            if closed.later
            else []
        ),
    ]


def _accounts(uow: UnitOfWork, exam: Exam) -> list[list[str]]:
    """List where everything of paper is, kind by kind, and whether that adds up."""
    return [
        [
            kind(a.kind),
            str(a.total),
            *(str(a.places[p]) for p in Place),
            agreed(a.adds_up),
        ]
        for a in papers.accounts(uow, exam.id)
    ]
