"""The page on which an appeal is entered: the work, or where to find it."""

import datetime as dt
from dataclasses import dataclass

from examday.services.appeals import cases, lookup
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Appeal


@dataclass(frozen=True)
class RegistrationPage:
    """What the appeal is about, or what it may be about."""

    work: Booklet | None
    """None while several were found, or none: then the secretary chooses, or looks again."""
    found: list[Booklet]
    known: list[Appeal]
    """Appeals that are open on the work: shown before the paper is typed in a second time."""
    today: dt.date


def registration_page(uow: UnitOfWork, work_id: str = "", wanted: str = "") -> RegistrationPage:
    """Return the work with this id, or what is found by `wanted`.

    NotFound when there is no work with the id.
    """
    work = uow.get(Booklet, work_id) if work_id else None
    found = [] if work else lookup.find_works(uow, wanted)
    # A scanned barcode finds one work: the secretary need not choose from a list of one.
    if len(found) == 1:
        work = found[0]
    return RegistrationPage(work, found, cases.open_on(uow, work.id) if work else [], uow.today())
