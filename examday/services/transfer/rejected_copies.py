"""Scans of copies that were found wrong: set aside, so that the next copy can be scanned."""

from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.scans.pages import PageState
from examday.services.scans.pictures import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet

COPY_DIFFERS = N_("the copy differs from the settled values and is made once more")
"""Why such a scan is set aside; kept as the msgid, so that each reader gets it in their own
language."""


def set_aside(uow: UnitOfWork, booklet: Booklet, number: int) -> None:
    """Reject the scans of the present copy. `number`: the attempt at the copy, from 1.

    A sheet of an earlier version that stands goes on being the evidence of that version; whether it
    stands once more is said with the next «copied» (`scans/works/untouched.py`).
    """
    for page in pages_of(uow, booklet, "copy"):
        if page.version != booklet.version:
            continue
        # Kept, not deleted: the wrong copy is evidence of what was corrected, and why.
        page.state, page.decided_by = PageState.REJECTED, uow.actor.person_id
        page.reason = COPY_DIFFERS
        uow.record(Event.PAGE_REJECTED, f"page:{page.id}", booklet=booklet.id, round=number)
