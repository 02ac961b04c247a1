"""Copying: the statement that the standard form holds the settled values."""

from examday.domain.errors import Stale
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.duties import COPIER
from examday.domain.transfer.readings import CopiedContent, Source
from examday.services.custody.booklets import advance
from examday.services.scans.works.untouched import let_stand, untouched
from examday.services.transfer import drafts, readings
from examday.services.transfer.assignments import hold_part
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def finish(
    uow: UnitOfWork,
    booklet_id: str,
    content: str | None = None,
    row_version: int | None = None,
) -> Booklet:
    """«Copied»: the copier states that the standard form holds the content with this hash.

    Sheets of their last copy on which nothing has changed stay; if all do, nothing is left to scan.
    Raises NotFound without the part, Conflict when the page is old, Stale when the settled values
    have changed since the sheet was opened.
    """
    booklet = hold_part(uow, booklet_id, COPIER, row_version)
    settled = readings.settled(uow, booklet)
    if content is not None and content != settled.sha256:
        raise Stale(
            N_("The settled values have changed since this sheet was opened."),
            advice=N_("Open the copying sheet again and compare what you have written."),
        )
    # Numbered, so that each copy is held against the verification of that very copy; one more
    # where «copied» was said before and taken back.
    said = readings.rounds(uow, booklet, Source.COPIED)
    number = max(readings.copy_round(uow, booklet), said + 1)
    statement, stay = (
        CopiedContent(settled=settled.sha256),
        untouched(uow, booklet, uow.actor.person_id),
    )
    if stay:
        statement["stands"] = {page.id: page.image_sha256 for page in stay}
    drafts.hand_in(uow, booklet, Source.COPIED, statement, number=number)
    advance(uow, booklet, "copy", round=number, sha256=settled.sha256)
    for page in stay:
        uow.record(Event.PAGE_STANDS, f"page:{page.id}", version=booklet.version, sheet=page.sheet)
    let_stand(uow, booklet, stay)
    return booklet
