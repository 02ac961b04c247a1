"""Which sheets of the last copy stay when a picture of the original was exchanged.

Their paper says what was settled anew, in the same hand; only their picture is looked at once more
(docs/decisions/0016).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.events import Event, read_data
from examday.domain.scans.pages import COPY
from examday.domain.scans.sheets import (
    REGISTRATION,
    copied_onto,
    fields_on,
    form_of_layout,
    stays_true,
)
from examday.domain.transfer.answers import Seen
from examday.domain.transfer.readings import Source, checked_content, copied_content
from examday.services.recognition import readers
from examday.services.scans.pictures import pages_of
from examday.services.scans.works import whole, work_sheets
from examday.services.transfer.readings import find, settled, values_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, EventRow, Page, Reading


@dataclass(frozen=True)
class Staying:
    """What stays of the last copy: its sheets, the fields that need not be written, and the sheets
    that count no longer. These leave the kit, unless they are `gone` with the work that was handed
    over.
    """

    pages: tuple[Page, ...] = ()
    fields: frozenset[str] = frozenset()
    void: tuple[Page, ...] = ()
    gone: bool = False


def staying(
    uow: UnitOfWork,
    booklet: Booklet,
    ids: Sequence[str],
    pages: Sequence[Page],
) -> Staying:
    """Return what stays with these pages; `ids`: the fields of the work."""
    fields = _fields_that_stay(uow, booklet, pages, ids)
    last = _last_copy(uow, booklet)
    if last is None:
        return Staying(tuple(pages), fields)
    again = _begun_by(uow, booklet, Event.BOOKLET_RETRANSFER)
    gone = max(again, default=0) > last.version
    return Staying(tuple(pages), fields, tuple(_void_sheets(uow, booklet, last, pages)), gone)


def last_copier(uow: UnitOfWork, booklet: Booklet) -> str:
    """Return the id of whoever made the copy of an earlier version; "" where there is none."""
    last = _last_copy(uow, booklet)
    return last.person_id or "" if last else ""


def untouched(uow: UnitOfWork, booklet: Booklet, copier: str) -> list[Page]:
    """Return the sheets that whoever copies the work need not write or scan again.

    None where the last copy was made by somebody else, who alone can say that it is true, or where
    the work has been opened again as a whole since then. No sheet on which a check has found a
    difference since.
    """
    last = _last_copy(uow, booklet)
    if last is None or last.person_id != copier or _reopened(uow, booklet, last):
        return []
    then = find(uow, booklet, Source.SETTLED, last.version)
    if then is None or then.sha256 != copied_content(last.content)["settled"]:
        return []
    before, now = values_of(then), values_of(settled(uow, booklet))
    pages = pages_of(uow, booklet, COPY, last.version)
    same = [page for page in pages if stays_true(page.sheet, before, now)]
    return [page for page in same if not copied_onto(page.sheet, _found_wrong(uow, page))]


def _void_sheets(
    uow: UnitOfWork, booklet: Booklet, last: Reading, stay: Sequence[Page]
) -> list[Page]:
    """Return the sheets of the last copy that do not stay.

    Those, too, of whose form the new copy has none, as when a long answer is blank by now. Never the
    registration form: nobody asks for another one, so the kit would be left without it.
    """
    kept = {page.id for page in stay}
    return [
        page
        for page in pages_of(uow, booklet, COPY, last.version)
        if page.id not in kept and form_of_layout(page.sheet) != REGISTRATION
    ]


def _fields_that_stay(
    uow: UnitOfWork,
    booklet: Booklet,
    pages: Sequence[Page],
    ids: Sequence[str],
) -> frozenset[str]:
    """Return which of these fields stand on sheets that stay: all of them where no other sheet is
    needed, for an empty long answer stands on none. None of a form that is still needed: a long
    answer goes on over several.
    """
    lacking = work_sheets.copy_lacks(uow, booklet, pages) if pages else ()
    if pages and not lacking:
        return frozenset(ids)
    there = frozenset(f for page in pages for f in fields_on(page.sheet, ids))
    return there.difference(*(fields_on(form, ids) for form in lacking))


def let_stand(uow: UnitOfWork, booklet: Booklet, pages: Sequence[Page]) -> None:
    """Have sheets that stay read beside the new values; the work goes on if no other is missing."""
    for page in pages:
        readers.page_attached(uow, page)
    if pages:
        whole.move_on(uow, booklet, pages[-1])


def _found_wrong(uow: UnitOfWork, page: Page) -> frozenset[str]:
    """The fields that a check did not find right in a version in which this page may have stood."""
    contents = uow.session.scalars(
        select(Reading.content).where(
            Reading.booklet_id == page.booklet_id,
            Reading.version > page.version,
            Reading.source == Source.CHECKED,
        )
    )
    checks = (checked_content(content)["checks"] for content in contents)
    return frozenset(f for one in checks for f, check in one.items() if check["seen"] != Seen.OK)


def _last_copy(uow: UnitOfWork, booklet: Booklet) -> Reading | None:
    """The newest «copied» of an earlier version."""
    return uow.session.scalars(
        select(Reading)
        .where(
            Reading.booklet_id == booklet.id,
            Reading.version < booklet.version,
            Reading.source == Source.COPIED,
        )
        .order_by(Reading.version.desc(), Reading.round.desc())
        .limit(1)
    ).first()


def _reopened(uow: UnitOfWork, booklet: Booklet, last: Reading) -> bool:
    """Whether a version since then began for another reason than an exchanged picture."""
    retaken = _begun_by(uow, booklet, Event.BOOKLET_RETAKE_ORIGINAL)
    return not set(range(last.version + 1, booklet.version + 1)) <= retaken


def _begun_by(uow: UnitOfWork, booklet: Booklet, kind: Event) -> set[int]:
    """The versions of the work that began with an event of this kind."""
    rows = uow.session.scalars(
        select(EventRow.data).where(
            EventRow.subject == f"booklet:{booklet.id}", EventRow.kind == kind
        )
    )
    return {int(read_data(data)["version"]) for data in rows}
