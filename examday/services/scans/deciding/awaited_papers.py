"""The papers without a known form that works wait for: a page that bears nothing may be one of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from examday.domain.custody.kit import FOR_THE_EAR, ORIGINALS, Kind
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.identity import place_order
from examday.domain.scans.pages import COPY, ORIGINAL
from examday.services.scans.covers.reach import seen_on
from examday.services.scans.works.bare_sheets import bare_sheets, bears_nothing
from examday.services.scans.works.work_sheets import ROLE_AT, on_forms
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page, Seat


@dataclass(frozen=True)
class Paper:
    """A paper that a work waits for.

    `sheet`: the sheet of its kit, "" for a page of a notebook, print-out or protocol, whose `kind`
    says what it is.
    """

    booklet: Booklet
    role: str
    sheet: str = ""
    number: str = ""
    kind: Kind | None = None


def awaited(uow: UnitOfWork, page: Page) -> list[Paper]:
    """The papers that this page may be, by rooms and places.

    Of the work whose code it bears, else of all works that wait for such a paper; none where a form
    was seen on it or may be hidden, or something else is wrong.
    """
    if not page.problems or not bears_nothing(page):
        return []
    booklet = seen_on(uow, page)[1]
    works = [booklet] if booklet is not None else _waiting(uow)
    return [paper for work in works for paper in _papers(uow, work)]


def _waiting(uow: UnitOfWork) -> list[Booklet]:
    """The works that wait for scans, by rooms and places.

    A notebook whose first page has come is among them: nobody counted its pages.
    """
    notebook = and_(Booklet.state == State.SCANNED, Booklet.medium == Medium.BRAILLE)
    waits = or_(Booklet.state.in_(ROLE_AT), notebook)
    rows = select(Booklet).where(waits).options(joinedload(Booklet.seat).joinedload(Seat.room))
    return sorted(uow.session.scalars(rows), key=_by_seat)


def _by_seat(booklet: Booklet) -> tuple[str, tuple[int, str]]:
    return booklet.seat.room.number, place_order(booklet.seat.place)


def _papers(uow: UnitOfWork, booklet: Booklet) -> Iterator[Paper]:
    more = booklet.is_braille and booklet.state == State.SCANNED
    role = ORIGINAL if more else ROLE_AT.get(State(booklet.state), "")
    if role == ORIGINAL and not on_forms(booklet, role):
        seen = (k for k in ORIGINALS[Medium(booklet.medium)] if k not in FOR_THE_EAR)
        yield Paper(booklet, role, kind=next(seen))
    elif role in (ORIGINAL, COPY):
        for sheet in bare_sheets(uow, booklet, role):
            yield Paper(booklet, role, sheet.name, sheet.number)
