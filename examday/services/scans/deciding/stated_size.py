"""«All of these are A4»: a person says once what size the sheets of one sending are."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.domain.scans.pages import SIZE_REASONS, PageState
from examday.services.custody.booklets import require
from examday.services.scans.covers.reach import seen_on
from examday.services.scans.matching import place_all
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page, ScanFile

NO_SIZE = ["size-unknown"]


def waiting_for_size(uow: UnitOfWork, page: Page) -> list[Page]:
    """This page and the others of its sending that wait for their size alone.

    In the order in which they came: those that were sent in together, or all that came through the
    folder. Empty where the page waits for something else.
    """
    if page.state != PageState.EXCEPTION or page.problems != NO_SIZE:
        return []
    file = uow.get(ScanFile, page.scan_file_id)
    rows = uow.session.scalars(
        select(Page)
        .join(Page.file)
        .where(
            Page.state == PageState.EXCEPTION,
            ScanFile.source == file.source,
            ScanFile.batch == file.batch,
        )
        .options(joinedload(Page.file))
        .order_by(ScanFile.received_at, ScanFile.name, Page.number)
    )
    return [row for row in rows if row.problems == NO_SIZE]


def say_size(
    uow: UnitOfWork,
    page_id: str,
    size: str,
    count: int,
) -> int:
    """Place the pages that wait for their size as sheets of that size; how many were attached.

    What was said holds for these pages alone: the next ones are asked about again, and each of
    these is still looked at for everything else. Conflict where others wait than the `count` pages
    that were shown.
    """
    require(uow, "scans.decide")
    if size not in SIZE_REASONS:
        raise Invalid(
            N_("Say of which size the sheets are: A3 or A4."), code="no-size", field="size"
        )
    page = uow.get(Page, page_id)
    pages = waiting_for_size(uow, page)
    if not pages or len(pages) != count:
        raise _changed()
    works = [work.id for one in pages if (work := seen_on(uow, one)[1]) is not None]
    uow.hold_all(Booklet, works)
    uow.hold_all(Page, [one.id for one in pages])
    # Somebody may have decided about one of them while the works were waited for.
    if [one.id for one in waiting_for_size(uow, page)] != [one.id for one in pages]:
        raise _changed()
    for one in pages:
        one.identity = {**one.identity, "size": size}
    attached = place_all(uow, pages)
    for one in pages:
        if one.state == PageState.ATTACHED:
            one.decided_by, one.reason = uow.actor.person_id, SIZE_REASONS[size]
    return attached


def _changed() -> Conflict:
    return Conflict(
        N_("Other pages wait for their size now."),
        code="sizes-changed",
        advice=N_("Look at the list again, and say once more of which size they are."),
    )
