"""Whether a page that lies under no form is one of its work again, with other pixels.

Comparing two pictures takes a quarter of a second, and a notebook's page is held against all before
it. So a file's pages are compared ahead, while others may write, and the answers are kept.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

import numpy as np

from examday.domain.scans.pages import ORIGINAL
from examday.reading.same_page import Look, look_at, same_page
from examday.services.scans.covers.reach import cover_on, seen_on
from examday.services.scans.covers.sequence import pages_before
from examday.services.scans.pictures import Grey, pages_of, picture_of, read_grey
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.objects.opened import pictures as kept_pictures
from examday.storage.tables import Booklet, Page, ScanFile


def compare_ahead(store: Store, scan: ScanFile, pages: Sequence[Page]) -> None:
    """Compare the pages of a file with those of the works that they will belong to.

    Nothing is kept but the answers, in this process: `shows_page_again` finds them when the pages
    are placed. `pages`: not stored yet.
    """
    came: list[Page] = []
    works: dict[str, list[Grey]] = {}
    with store.read() as uow:
        for page in pages:
            _seen, booklet = seen_on(uow, page, chain(tuple(came), pages_before(uow, page)))
            came.insert(0, page)
            if booklet is None or not booklet.is_by_pages or cover_on(page):
                continue
            if page.identity.get("layout"):
                continue
            mine = Grey(kept_pictures(store.settings), scan.sha256, page.number)
            here = works.setdefault(booklet.id, [])
            any(_same(other, mine) for other in chain(_pictures(uow, booklet, page), here))
            here.append(mine)


def shows_page_again(
    uow: UnitOfWork,
    page: Page,
    booklet: Booklet,
    grey: np.ndarray | None,
) -> bool:
    """Tell whether the page, which lies under no form, is one of the booklet's originals again.

    False where a page holds too little writing to be told from another. `grey`: the picture of a
    page that the station does not keep.
    """
    others = _pictures(uow, booklet, page)
    if grey is not None:
        mine = look_at(grey)
        return any(same_page(_look_of(other), mine) for other in others)
    picture = picture_of(uow.settings, page)
    return picture.there and any(_same(other, picture) for other in others)


def _pictures(uow: UnitOfWork, booklet: Booklet, page: Page) -> Iterator[Grey]:
    """The pictures of the booklet's other originals that are there."""
    for row in pages_of(uow, booklet, ORIGINAL):
        if row.id == page.id:
            continue
        picture = picture_of(uow.settings, row)
        if picture.there:
            yield picture


@lru_cache(maxsize=50)
def _look_of(picture: Grey) -> Look:
    return look_at(read_grey(picture))


@lru_cache(maxsize=20_000)
def _same(one: Grey, other: Grey) -> bool:
    return same_page(_look_of(one), _look_of(other)) is True
