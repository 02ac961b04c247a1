"""The re-checks that wait for an expert, and the pages of one."""

from examday.domain.appeals.reprocessing import Step
from examday.domain.errors import NotFound
from examday.services.appeals.order.orders import order_of
from examday.services.appeals.order.rechecks import waiting
from examday.services.custody.booklets import require
from examday.services.scans import pictures
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Page
from examday.storage.tables_appeal import Appeal


def waiting_cases(uow: UnitOfWork) -> list[Appeal]:
    """Return the cases that wait for an expert's marks, by number."""
    require(uow, "appeal.expert")
    return waiting(uow)


def recheck_picture(uow: UnitOfWork, appeal_id: str, page_id: str) -> bytes:
    """Return the JPEG of a page of the work that is re-checked; NotFound for any other page."""
    appeal = open_recheck(uow, appeal_id)
    page = uow.get(Page, page_id)
    # An expert sees the one work that waits for the marks, and nothing else.
    if page.booklet_id != appeal.booklet_id:
        raise NotFound()
    return pictures.picture(uow.settings, page)


def open_recheck(uow: UnitOfWork, appeal_id: str) -> Appeal:
    """Return the case; NotFound unless its next step is the re-check."""
    require(uow, "appeal.expert")
    appeal = uow.get(Appeal, appeal_id)
    if order_of(uow, appeal).next is not Step.EXPERT_RECHECK:
        raise NotFound()
    return appeal
