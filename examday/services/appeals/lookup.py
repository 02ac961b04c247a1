"""Find the work that an appeal is about."""

from sqlalchemy import or_, select

from examday.domain.custody.lifecycle import State
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Candidate, Seat


def find_works(uow: UnitOfWork, wanted: str, most: int = 20) -> list[Booklet]:
    """Return works by form code or candidate's code, newest first, at most `most`.

    A form code has 12 or 13 digits. By surname too for those who may see names.
    """
    wanted = wanted.strip()
    if not wanted:
        return []
    # Thirteen digits with the check digit, as a barcode reader gives them, or twelve without it.
    by = [
        Booklet.code == wanted,
        Booklet.code.startswith(wanted) if len(wanted) == 12 else Booklet.code == wanted,
        Candidate.code == wanted,
    ]
    # A search by surname would tell others who sat the exam here.
    if uow.actor.may("names.see"):
        by.append(Candidate.surname.ilike(f"{wanted}%"))
    # Spoiled and unused kits have codes too, but hold no answers that could be disputed.
    rows = uow.session.scalars(
        select(Booklet)
        .join(Seat)
        .join(Candidate)
        .where(or_(*by), Booklet.state.not_in((State.SPOILED, State.NOT_USED)))
        .order_by(Booklet.since.desc())
        .limit(most)
    )
    return list(rows.unique())
