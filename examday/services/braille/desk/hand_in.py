"""Hand-in of a transcription."""

from collections.abc import Mapping

from examday.domain.transfer.answers import Value
from examday.services.braille.cells.grouping import Grouping
from examday.services.braille.desk.transcription import desk
from examday.services.braille.notebook.completeness import require_stated
from examday.services.rules.exam_forms import fields_for, header_of
from examday.services.transfer import keyin
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading


def hand_in(
    uow: UnitOfWork,
    booklet_id: str,
    text: str,
    values: Mapping[str, Value],
    row_version: int | None = None,
    grouping: Grouping | None = None,
) -> Reading:
    """Hand in the chosen answers; tasks without one are blank, as the page has said.

    `grouping`: what the person said of the lines; without it what the draft holds. Conflict while
    a scanned page is not stated: an answer may stand on it. Invalid as `keyin.submit`.
    """
    # A page that is attached meanwhile must be seen as not stated.
    uow.hold(Booklet, booklet_id)
    shown = desk(uow, booklet_id)
    require_stated(uow, shown.booklet)
    # A notebook has no header: region, subject and its name are known from the plan.
    whole = {**header_of(shown.booklet.exam), **values}
    return keyin.submit(
        uow,
        booklet_id,
        shown.part,
        whole,
        blanks=fields_for(shown.booklet.exam).ids,
        row_version=row_version,
        braille=text,
        grouping=(grouping or shown.grouping).plain(),
    )
