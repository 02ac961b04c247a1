"""The sheets of a work: which pages it has, which sheets a step still waits for, and which sheet a
page of unknown form may be.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.custody.kit import FOR_THE_EAR, ORIGINALS, Kind
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.scans.pages import ARROWS, COPY, ORIGINAL, PageState
from examday.domain.scans.sheets import (
    FORM_NAMES,
    FORM_OF_SHEET,
    Sheet,
    answer_sheets,
    copy_sheets,
    form_of_layout,
    form_of_sheet,
    missing_sheets,
    open_sheets,
    sheet_key,
)
from examday.domain.transfer.answers import WITHOUT_TEXT
from examday.domain.transfer.fields import is_long
from examday.domain.transfer.readings import Source
from examday.services.custody import papers
from examday.services.scans.works.standing import standing
from examday.services.transfer.readings import find, values_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item, Page

ROLE_AT = {state: role for role, (state, _action) in ARROWS.items()}
"""Step that waits for scans → the role of their pages: the reverse of ARROWS, so that the two
cannot differ."""


@dataclass(frozen=True)
class Lack:
    """What a step still waits for: how many sheets, and which forms where that is known."""

    role: str
    number: int
    forms: tuple[str, ...] = ()


def pages_of(uow: UnitOfWork, booklet: Booklet) -> list[Page]:
    """Pages the booklet has already, in order.

    An original serves every transfer version, a copy its own and those in which it stands.
    """
    found = uow.session.scalars(
        select(Page)
        .where(Page.booklet_id == booklet.id, Page.state == PageState.ATTACHED)
        .order_by(Page.role, Page.order, Page.number, Page.id)
    )
    stands = standing(uow, booklet)
    return [
        row
        for row in found
        if row.role == ORIGINAL or row.version == booklet.version or row.id in stands
    ]


def key_of(page: Page) -> str:
    """What tells the page's sheet from the others of its work; "" while its form is not known."""
    return sheet_key(page.sheet, page.code)


def on_forms(booklet: Booklet, role: str) -> bool:
    """Whether the pages of this role lie under forms.

    The original of a notebook or print-out does not.
    """
    return role == COPY or not booklet.is_by_pages


def lack(uow: UnitOfWork, booklet: Booklet) -> Lack | None:
    """What the present step of the booklet still waits for; None when every sheet is there, or
    when the step waits for no scans.
    """
    role = ROLE_AT.get(State(booklet.state))
    return lack_of(uow, booklet, role) if role is not None else None


def lack_of(uow: UnitOfWork, booklet: Booklet, role: str) -> Lack | None:
    """Which sheets of this role the booklet has not, whatever its step waits for."""
    pages = [page for page in pages_of(uow, booklet) if page.role == role]
    if role == COPY:
        forms = copy_lacks(uow, booklet, pages)
        return Lack(role, len(forms), forms) if forms else None
    forms = missing_sheets(enlarged_forms(uow, booklet), map(key_of, pages))
    if forms and all(form_of_layout(page.sheet) in FORM_NAMES for page in pages if page.sheet):
        return Lack(role, len(forms), forms)
    short = (_expected(uow, booklet) or 1) - _answer_sheets(booklet, pages)
    return Lack(role, short) if short > 0 else None


def copy_lacks(uow: UnitOfWork, booklet: Booklet, pages: Sequence[Page]) -> tuple[str, ...]:
    """Which forms the copy of what was settled still needs beside these pages."""
    return missing_sheets(_copy_forms(uow, booklet), map(key_of, pages))


def is_full(uow: UnitOfWork, booklet: Booklet, originals: Sequence[Page]) -> bool:
    """Whether as many sheets of the original are there as were counted.

    Pages of a notebook are not counted, so a notebook is never full.
    """
    expected = None if booklet.is_braille else _expected(uow, booklet)
    return expected is not None and _answer_sheets(booklet, originals) >= expected


def is_counted(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Whether the sheets of its original were counted when they were handed over."""
    return _expected(uow, booklet) is not None


def _answer_sheets(booklet: Booklet, originals: Iterable[Page]) -> int:
    pages = [(key_of(page), page.image_sha256) for page in originals]
    return answer_sheets(pages, on_forms(booklet, ORIGINAL))


def _expected(uow: UnitOfWork, booklet: Booklet) -> int | None:
    """Sheets with answers that were counted at the last hand-over; None when nothing was counted.

    Of a notebook at least one page each.
    """
    seen = (kind for kind in ORIGINALS[Medium(booklet.medium)] if kind not in FOR_THE_EAR)
    kinds = [kind for kind in seen if kind in booklet.counts]
    if not kinds:
        return None
    registration = sum(
        item.kind == Kind.ENLARGED_SHEET
        and item.sheet == "registration"
        and item.state not in papers.VOID
        for item in papers.of_booklet(uow, booklet.id)
    )
    return max(1, sum(int(booklet.counts[kind]) for kind in kinds) - registration)


def enlarged_forms(uow: UnitOfWork, booklet: Booklet) -> tuple[str, ...]:
    """The forms whose enlarged sheets hold the answers.

    Empty where the record does not tell them: it names not as many as were counted at the end, or
    the work was not written on enlarged sheets.
    """
    sheets = [
        item.sheet
        for item in papers.of_booklet(uow, booklet.id)
        if item.kind == Kind.ENLARGED_SHEET and item.state not in papers.VOID
    ]
    with_answers = [sheet for sheet in sheets if sheet != "registration"]
    told = all(with_answers) and len(with_answers) == _expected(uow, booklet)
    return tuple(map(form_of_sheet, with_answers)) if told else ()


def _copy_forms(uow: UnitOfWork, booklet: Booklet) -> tuple[str, ...]:
    """The forms the copy must have, by the kit and by what was settled."""
    kit = [
        item.sheet
        for item in papers.of_booklet(uow, booklet.id)
        if item.kind == Kind.STANDARD_SHEET and item.state not in (*papers.VOID, papers.GONE)
    ]
    settled = find(uow, booklet, Source.SETTLED)
    values = values_of(settled) if settled else {}
    written = any(is_long(f) and value.mark not in WITHOUT_TEXT for f, value in values.items())
    return copy_sheets(kit, written)


def open_sheets_of(uow: UnitOfWork, booklet: Booklet, role: str) -> tuple[Sheet, ...]:
    """The sheets of the work's kit that no page of this role is yet, for a person who says what a
    page of unknown form is. Without a kit on record: the usual sheets.
    """
    kinds = (
        (Kind.ENLARGED_SHEET, Kind.STANDARD_SHEET) if role == ORIGINAL else (Kind.STANDARD_SHEET,)
    )
    items = [i for i in papers.of_booklet(uow, booklet.id) if i.state not in papers.VOID]
    kits = ([_sheet_of(i) for i in items if i.kind == kind and i.sheet] for kind in kinds)
    kit = next(filter(None, kits), [Sheet(name) for name in FORM_OF_SHEET])
    pages = [page for page in pages_of(uow, booklet) if page.role == role]
    return open_sheets(dict.fromkeys(kit), map(key_of, pages))


def _sheet_of(item: Item) -> Sheet:
    """An additional form has a number of its own; the others bear that of the kit."""
    number = item.code.partition("/")[0] if item.sheet.startswith("extra") else ""
    return Sheet(item.sheet, number if number.isdigit() else "")
