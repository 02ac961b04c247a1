"""The pages of a typed print-out, as they are attached now."""

import numpy as np

from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import MachineTrouble
from examday.domain.scans.pages import ORIGINAL
from examday.domain.transfer.readings import Source
from examday.services.recognition.print_content import PrintOut
from examday.services.rules.exam_forms import alphabet_for, fields_for
from examday.services.scans.pictures import grey_of
from examday.services.scans.showing.desk_order import working_pages
from examday.services.transfer.readings import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


def is_print(booklet: Booklet, page: Page) -> bool:
    """Tell whether this is a page of a typed original."""
    return booklet.medium == Medium.TYPED and page.role == ORIGINAL


def print_out(uow: UnitOfWork, booklet_id: str, source: Source) -> PrintOut | None:
    """Collect the pages of a work; None when these very pages have a reading from `source`."""
    booklet = uow.get(Booklet, booklet_id)
    pages = working_pages(uow, booklet, ORIGINAL)
    images, known = images_of(uow, booklet), find(uow, booklet, source)
    if known is not None and known.content.get("images") == images:
        return None
    return PrintOut(
        [(page.id, _picture(uow, page)) for page in pages],
        images,
        booklet.exam.subject,
        fields_for(booklet.exam),
        alphabet_for(booklet.exam),
    )


def images_of(uow: UnitOfWork, booklet: Booklet) -> list[str]:
    """Return the digests that tell the present pages of a print-out from earlier ones."""
    return [page.image_sha256 for page in working_pages(uow, booklet, ORIGINAL)]


def _picture(uow: UnitOfWork, page: Page) -> np.ndarray:
    """The page in grey; MachineTrouble when there is no picture."""
    # A picture that is being made again, or is lost, is not the same as nothing to read: the job is
    # tried again later.
    grey = grey_of(uow.settings, page)
    if grey is None:
        raise MachineTrouble(params={"what": "no picture"})
    return grey
