"""Where everything of paper is, as the summary of a day prints it."""

from examday.domain.custody.counts import Place
from examday.services.custody import papers
from examday.services.printing.things import kind
from examday.services.printing.words import counted
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Exam


def accounts_of(uow: UnitOfWork, exam: Exam) -> list[list[str]]:
    """List where everything of paper is, kind by kind, and whether it was found when it was counted last."""
    return [
        [
            kind(a.kind),
            str(a.total),
            *(str(a.places[p]) for p in Place),
            counted(a.agreed),
        ]
        for a in papers.accounts(uow, exam.id)
    ]
