"""Hand-in of a transcription."""

from collections.abc import Mapping

from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import REGION_FIELD, SUBJECT_FIELD
from examday.services.braille.cells.grouping import Grouping
from examday.services.braille.desk.transcription import desk
from examday.services.braille.notebook.completeness import require_stated
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
    a scanned page is not stated: an answer may stand on it.
    """
    # A page that is attached meanwhile must be seen as not stated.
    uow.hold(Booklet, booklet_id)
    shown = desk(uow, booklet_id)
    require_stated(uow, shown.booklet)
    exam = shown.booklet.exam
    # A notebook has no header: region and subject are known from the plan.
    known = {REGION_FIELD: Value(exam.region), SUBJECT_FIELD: Value(exam.subject)}
    whole = {**{f: v for f, v in known.items() if v.text}, **values}
    return keyin.submit(
        uow,
        booklet_id,
        shown.part,
        whole,
        blanks_confirmed=True,
        row_version=row_version,
        braille=text,
        grouping=(grouping or shown.grouping).plain(),
    )
