"""Title, facts and places for signatures: the same on every document of a day."""

from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.printing.words import role, ru
from examday.services.printing.works import exam_line, point
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam


def frame(
    uow: UnitOfWork,
    exam: Exam,
    title: str,
    *facts: tuple[str, str],
) -> dict[str, object]:
    """Begin the data of a document: title, facts, and how many works are handed over."""
    states = list(uow.session.scalars(select(Booklet.state).where(Booklet.exam_id == exam.id)))
    done = sum(s == State.HANDED_OVER for s in states)
    return {
        "title": ru(title),
        "lead": "",
        "training": exam.training,
        # Empty, because a day has no thread of steps; the template draws none.
        "steps": [],
        "summary": ru(N_("works: %(all)s, handed over: %(done)s"), all=len(states), done=done),
        "facts": [
            [ru(N_("Exam")), exam_line(exam)],
            [ru(N_("Exam point")), point(exam)],
            *([ru(name), text] for name, text in facts),
        ],
    }


def by_hand(*roles: Role) -> list[list[str]]:
    """Lines for signatures by hand; the name is written there too."""
    return [[role(each), ""] for each in roles]
