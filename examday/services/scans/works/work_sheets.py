"""The sheets of a work: which pages it has, which sheets a step still waits for, and which sheet a
page of unknown form may be.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

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
from examday.services.scans.works.standing import standing, standing_of_each
from examday.services.transfer.readings import find, find_of_each, values_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item, Page, Reading

ROLE_AT = {state: role for role, (state, _action) in ARROWS.items()}
"""Step that waits for scans → the role of their pages: the reverse of ARROWS, so that the two
cannot differ."""


@dataclass(frozen=True)
class Lack:
    """What a step still waits for: how many sheets, and which forms where that is known."""

    role: str
    number: int
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """What is on record of a work where its sheets are asked about: its pages, papers and settled values."""

    booklet: Booklet
    pages: Sequence[Page]
    items: Sequence[Item]
    settled: Reading | None


def pages_of(uow: UnitOfWork, booklet: Booklet) -> list[Page]:
    """Pages the booklet has already, in order.

    An original serves every transfer version, a copy its own and those in which it stands.
    """
    found = uow.session.scalars(_attached().where(Page.booklet_id == booklet.id))
    return _counting(found, booklet, standing(uow, booklet))


def _attached() -> Select[Page]:
    ordered = Page.role, Page.order, Page.number, Page.id
    return select(Page).where(Page.state == PageState.ATTACHED).order_by(*ordered)


def _counting(pages: Iterable[Page], booklet: Booklet, stands: Container[str]) -> list[Page]:
    """Those that count in the present version."""
    return [
        row
        for row in pages
        if row.role == ORIGINAL or row.version == booklet.version or row.id in stands
    ]


def records(uow: UnitOfWork, booklets: Sequence[Booklet]) -> list[Record]:
    """What is on record of each work, by as many statements for a hundred as for one."""
    settled = find_of_each(uow, booklets, Source.SETTLED)
    found: list[Record] = []
    ids = [booklet.id for booklet in booklets]
    pages: dict[str | None, list[Page]] = {}
    for page in uow.session.scalars(_attached().where(Page.booklet_id.in_(ids))):
        pages.setdefault(page.booklet_id, []).append(page)
    items: dict[str | None, list[Item]] = {}
    for item in papers.of_booklets(uow, ids):
        items.setdefault(item.booklet_id, []).append(item)
    stands = standing_of_each(uow, booklets)
    for booklet in booklets:
        mine = _counting(pages.get(booklet.id, ()), booklet, stands)
        has = items.get(booklet.id, [])
        found.append(Record(booklet, mine, has, settled.get(booklet.id)))
    return found


def _record(uow: UnitOfWork, booklet: Booklet) -> Record:
    [found] = records(uow, [booklet])
    return found


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
    return lack_in(_record(uow, booklet), role)


def lack_in(record: Record, role: str) -> Lack | None:
    """Which sheets of this role a work with such a record has not."""
    booklet, items = record.booklet, record.items
    pages = [page for page in record.pages if page.role == role]
    if role == COPY:
        forms = missing_sheets(_copy_forms(items, record.settled), map(key_of, pages))
        return Lack(role, len(forms), forms) if forms else None
    forms = missing_sheets(_enlarged_forms(booklet, items), map(key_of, pages))
    if forms and all(form_of_layout(page.sheet) in FORM_NAMES for page in pages if page.sheet):
        return Lack(role, len(forms), forms)
    short = (_expected(booklet, items) or 1) - _answer_sheets(booklet, pages)
    return Lack(role, short) if short > 0 else None


def copy_lacks(uow: UnitOfWork, booklet: Booklet, pages: Sequence[Page]) -> tuple[str, ...]:
    """Which forms the copy of what was settled still needs beside these pages."""
    items, settled = papers.of_booklet(uow, booklet.id), find(uow, booklet, Source.SETTLED)
    return missing_sheets(_copy_forms(items, settled), map(key_of, pages))


def is_full(uow: UnitOfWork, booklet: Booklet, originals: Sequence[Page]) -> bool:
    """Whether as many sheets of the original are there as were counted.

    Pages of a notebook are counted by the commission later, so at intake a notebook is never full.
    """
    if booklet.is_braille:
        return False
    expected = _expected(booklet, papers.of_booklet(uow, booklet.id))
    return expected is not None and _answer_sheets(booklet, originals) >= expected


def is_counted(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Whether the sheets of its original were counted when they were handed over."""
    return _expected(booklet, papers.of_booklet(uow, booklet.id)) is not None


def _answer_sheets(booklet: Booklet, originals: Iterable[Page]) -> int:
    pages = [(key_of(page), page.image_sha256) for page in originals]
    return answer_sheets(pages, on_forms(booklet, ORIGINAL))


def _expected(booklet: Booklet, items: Iterable[Item]) -> int | None:
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
        for item in items
    )
    return max(1, sum(int(booklet.counts[kind]) for kind in kinds) - registration)


def enlarged_forms(uow: UnitOfWork, booklet: Booklet) -> tuple[str, ...]:
    """The forms whose enlarged sheets hold the answers.

    Empty where the record does not tell them: it names not as many as were counted at the end, or
    the work was not written on enlarged sheets.
    """
    return _enlarged_forms(booklet, papers.of_booklet(uow, booklet.id))


def _enlarged_forms(booklet: Booklet, items: Sequence[Item]) -> tuple[str, ...]:
    sheets = [
        item.sheet
        for item in items
        if item.kind == Kind.ENLARGED_SHEET and item.state not in papers.VOID
    ]
    with_answers = [sheet for sheet in sheets if sheet != "registration"]
    told = all(with_answers) and len(with_answers) == _expected(booklet, items)
    return tuple(map(form_of_sheet, with_answers)) if told else ()


def _copy_forms(items: Iterable[Item], settled: Reading | None) -> tuple[str, ...]:
    """The forms the copy must have, by the kit and by what was settled."""
    kit = [
        item.sheet
        for item in items
        if item.kind == Kind.STANDARD_SHEET and item.state not in (*papers.VOID, papers.GONE)
    ]
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
