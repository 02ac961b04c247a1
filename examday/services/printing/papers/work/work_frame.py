"""Title, facts and steps: the same on every document of one work."""

from examday.services.custody import beginnings
from examday.services.printing.words import ru
from examday.services.printing.works import booklet_facts, step_line
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def frame(
    uow: UnitOfWork,
    booklet: Booklet,
    title: str,
    names: bool,
) -> dict[str, object]:
    """Begin the data of a document. `names`: with the candidate's name, else without."""
    steps, summary = step_line(booklet, uow.now())
    person = booklet.seat.candidate
    candidate = (
        " ".join(p for p in (person.surname, person.name, person.patronymic) if p) if names else ""
    )
    return {
        "title": ru(title),
        "lead": "",
        "facts": booklet_facts(booklet, candidate, beginnings.last(uow, booklet.id)),
        "steps": steps,
        "summary": summary,
        "training": booklet.exam.training,
    }
