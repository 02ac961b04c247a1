"""Labels with the codes of things of paper."""

from collections.abc import Iterable

from sqlalchemy import select

from examday.domain.custody.kit import Kind
from examday.domain.custody.paper_codes import spaced
from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.paper.printing import item_barcode
from examday.services.custody import papers
from examday.services.printing.papers.frames import frame
from examday.services.printing.things import purpose, thing
from examday.services.printing.works import seat
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Item


def labels(uow: UnitOfWork, kind: str, key: str) -> dict[str, object]:
    """Наклейки for the things of a work, for everything of an exam, or for one thing.

    Conflict when nothing has a code of ours yet.
    """
    if kind == "item":
        return _sheet(uow, [uow.get(Item, key)])
    if kind == "booklet":
        return of_works(uow, [key])
    rows = uow.session.scalars(select(Item).where(Item.exam_id == key))
    return _sheet(uow, papers.in_order(uow, rows))


def of_works(uow: UnitOfWork, booklet_ids: Iterable[str]) -> dict[str, object]:
    """Наклейки for the things of several works, work by work; Conflict as `labels`."""
    return _sheet(uow, [thing for id in booklet_ids for thing in papers.of_booklet(uow, id)])


def _sheet(uow: UnitOfWork, found: Iterable[Item]) -> dict[str, object]:
    # A standard form has its own number, and a label on it would be in the way of its reading.
    things = [i for i in found if i.kind != Kind.STANDARD_SHEET and i.state not in papers.VOID]
    if not things:
        raise Conflict(
            N_("There is nothing to label yet: no papers with a code of ours are in use."),
            code="no-labels",
            advice=N_("Issue the kits first. Standard forms take no label."),
        )
    exam = uow.get(Exam, things[0].exam_id)
    return frame(uow, exam, N_("Labels")) | {"labels": [_label(uow, item) for item in things]}


def _label(uow: UnitOfWork, item: Item) -> dict[str, str]:
    booklet = uow.get(Booklet, item.booklet_id) if item.booklet_id else None
    place = seat(booklet) if booklet else purpose(item)
    return {
        "svg": item_barcode(item.code),
        "spaced": spaced(item.code),
        "thing": thing(item) if booklet else "",
        "place": place,
    }
