"""A page is put into its work, as the sheet that a person says it is."""

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.scans.attachment import attach, same_picture
from examday.services.scans.deciding.stated_sheet import state_sheet
from examday.services.scans.works import whole
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


def put_into(
    uow: UnitOfWork,
    booklet: Booklet,
    page: Page,
    role: str,
    reason: str,
    sheet: str = "",
) -> None:
    """Attach a page that a person has decided about, and move the booklet, which is held, on.

    Conflict when the work has this very picture: it cannot be another sheet.
    """
    state_sheet(uow, booklet, page, role, sheet)
    page.decided_by, page.reason = uow.actor.person_id, reason.strip()
    if earlier := same_picture(uow, booklet, page):
        raise Conflict(
            N_("The work has this very picture already: it came in with the file «%(file)s»."),
            code="same-picture",
            params={"file": earlier.file.name, "scan": earlier.scan_file_id},
            advice=N_("Reject the page: it was sent in twice."),
        )
    attach(uow, page, booklet, role, by_hand=True)
    whole.move_on(uow, booklet, page)
