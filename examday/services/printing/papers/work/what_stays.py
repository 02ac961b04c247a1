"""Which sheets of an earlier copy a printed copying sheet leaves as they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.domain.custody.lifecycle import State
from examday.domain.scans.pages import COPY
from examday.domain.transfer.duties import COPIER
from examday.services.scans.pictures import pages_of
from examday.services.scans.works.untouched import Staying, last_copier, staying, untouched
from examday.services.transfer.assignments import holder
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Person


@dataclass(frozen=True)
class Stays:
    """What stays; `perhaps`: only if the work is copied by the same person again, which is still open.

    `whom`: the name of whoever copies; to another person the sheet says what is not true of them.
    """

    of: Staying
    perhaps: bool = False
    whom: str = ""


def stays_of(uow: UnitOfWork, booklet: Booklet, fields: Sequence[str]) -> Stays:
    """Return what stays of the last copy, whoever prints the sheet."""
    if booklet.version == 1:
        return Stays(Staying())
    copier = holder(uow, booklet, COPIER)
    whom = uow.get(Person, copier.person_id).name if copier else ""
    if booklet.state != State.SETTLED:  # not asked again: from here on the copier has said which
        earlier = [p for p in pages_of(uow, booklet, COPY) if p.version != booklet.version]
        return Stays(staying(uow, booklet, fields, earlier), whom=whom)
    who = copier.person_id if copier else last_copier(uow, booklet)
    pages = untouched(uow, booklet, who)
    perhaps = copier is None and bool(pages)
    return Stays(staying(uow, booklet, fields, pages), perhaps, whom)
