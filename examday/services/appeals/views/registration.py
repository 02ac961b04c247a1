"""What the page shows on which an appeal is entered: the work, or where to find it."""

import datetime as dt
from dataclasses import dataclass

from examday.services.appeals import cases, lookup
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Appeal


@dataclass(frozen=True)
class RegistrationPage:
    """`work`: what the appeal is about, once it is known; `found`: works to choose from; `known`:
    appeals that are open on the work."""

    work: Booklet | None
    found: list[Booklet]
    known: list[Appeal]
    today: dt.date


def registration_page(uow: UnitOfWork, work_id: str = "", wanted: str = "") -> RegistrationPage:
    """The work with this id, or what is found by `wanted`; one find is taken for the work. NotFound
    when there is no work with the id."""
    work = uow.get(Booklet, work_id) if work_id else None
    found = [] if work else lookup.find_works(uow, wanted)
    if len(found) == 1:
        work = found[0]
    return RegistrationPage(work, found, cases.open_on(uow, work.id) if work else [], uow.today())
