"""The pictures of one disputed task in the appeal kit, of both papers in one scale."""

from examday.domain.errors import NotFound
from examday.services.appeals.papers.kit_tasks import task
from examday.services.appeals.papers.print_outs import Words
from examday.services.appeals.views.casebook import CaseFile
from examday.services.appeals.views.tasks import CaseTask
from examday.services.rules.exam_forms import layout_for
from examday.services.scans.pictures import MARGIN_MM, field_box, field_picture
from examday.services.scans.showing.places import Place
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Page

CROP_SCALE = 0.85
"""Share of the true size: a whole row of 17 cells just fits a column of the table."""
Pictures = dict[str, bytes]
"""Name in the paper → JPEG. Apart from the data, which stay plain text for screen and Braille."""


def task_with_pictures(
    uow: UnitOfWork,
    case: CaseFile,
    line: CaseTask,
    say: Words,
    pictures: Pictures,
) -> dict[str, object]:
    """Return one task; where the layers differ, with what stands on both papers."""
    row: dict[str, object] = {**task(line, say)}
    # A picture of each equal task would make dozens of pages that nobody asks for.
    if line.differs:
        for side, letter, place in (("original", "a", line.original), ("copy", "b", line.copy)):
            name = f"{letter}-{row['key']}.jpg"
            crop = _crop(uow, case, place, line.field)
            pictures.update({name: crop} if crop else {})
            row[f"{side}-picture"] = name if crop else ""
        row["width"] = _width(case, line.field)
    return row


def _crop(
    uow: UnitOfWork,
    case: CaseFile,
    place: Place | None,
    field: str,
) -> bytes:
    """Return the picture of a field; empty where there is none."""
    if place is None or place.box is None:
        return b""
    layout = layout_for(case.appeal.exam)
    try:
        return field_picture(uow.settings, uow.get(Page, place.page_id), layout, field)
    except NotFound:
        return b""


def _width(case: CaseFile, field: str) -> float:
    """Return the width of a field's crop on paper in mm: all crops have one scale."""
    box = field_box(layout_for(case.appeal.exam), field)
    return round(CROP_SCALE * (box[2] - box[0] + 2 * MARGIN_MM), 1) if box else 80.0
