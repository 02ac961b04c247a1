"""The pages that people work from, in the order in which they lie on a desk."""

from examday.domain.braille.notebook import answers
from examday.services.braille import commission
from examday.services.scans.pictures import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


def working_pages(uow: UnitOfWork, booklet: Booklet, role: str) -> list[Page]:
    """The pages people work from.

    Of a notebook the answer pages alone, in the order the commission stated: title page,
    candidate's data and drafts are no answers. Before it has stated them: all, as they were
    scanned.
    """
    pages = pages_of(uow, booklet, role)
    leaves = commission.leaves(uow, booklet.id) if role == "original" and booklet.is_braille else []
    by_id = {page.id: page for page in pages}
    return [by_id[leaf.page] for leaf in answers(leaves) if leaf.page in by_id] if leaves else pages
