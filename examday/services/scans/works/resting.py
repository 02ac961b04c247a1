"""What rests on a page of an original: the fields that were read from it."""

from dataclasses import dataclass

from sqlalchemy import func, select

from examday.domain.scans.pages import ORIGINAL
from examday.domain.scans.sheets import fields_on
from examday.domain.transfer.fields import Group, group_of
from examday.domain.transfer.readings import Source
from examday.services.rules.exam_forms import fields_for
from examday.services.scans.works import work_sheets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page, Reading


def resting_on(booklet: Booklet, page: Page) -> frozenset[str]:
    """The fields that were read from a page of the original, so far as its sheet is known.

    Of a notebook or print-out every page may hold each of them.
    """
    sheet = page.sheet if work_sheets.on_forms(booklet, ORIGINAL) else ""
    return fields_on(sheet, fields_for(booklet.exam).ids)


@dataclass(frozen=True)
class Resting:
    """What goes back with a page of an original: which parts of the form, and whether they are all.

    `keyed`: whether anybody has handed in a key-in of this version; else no new version begins.
    """

    parts: frozenset[Group]
    everything: bool
    keyed: bool


def resting(uow: UnitOfWork, page_id: str, other_id: str = "") -> Resting:
    """What would go back with an attached page; `other_id`: the page that would take its place."""
    page = uow.get(Page, page_id)
    booklet = uow.get(Booklet, page.booklet_id)
    again = resting_on(booklet, page)
    other = uow.get(Page, other_id) if other_id else None
    if other is not None and other.sheet:
        again |= resting_on(booklet, other)
    parts = frozenset(group for field in again if (group := group_of(field)))
    everything = len(again) == len(fields_for(booklet.exam).ids)
    return Resting(parts, everything, keyed(uow, booklet))


def keyed(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Whether anything of this version has been handed in that was read from the original."""
    found = uow.session.scalar(
        select(func.count())
        .select_from(Reading)
        .where(
            Reading.booklet_id == booklet.id,
            Reading.version == booklet.version,
            Reading.source.in_((Source.FIRST, Source.SECOND)),
        )
    )
    return bool(found)
