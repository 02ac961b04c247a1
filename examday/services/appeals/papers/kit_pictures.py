"""The appeal kit as tagged PDF, with pictures of the disputed tasks and of every page."""

from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.paper import printing
from examday.services.appeals.papers.kit import kit_data, page_role, pages_of_case, task
from examday.services.appeals.papers.print_outs import Words, base
from examday.services.appeals.views.casebook import CaseFile
from examday.services.appeals.views.tasks import CaseTask
from examday.services.scans.pictures import (
    MARGIN_MM,
    field_box,
    field_picture,
    path_of,
    picture,
)
from examday.services.scans.showing.places import Place
from examday.services.transfer.readings import layout_for
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Page

CROP_SCALE = 0.85
"""Share of the true size: a whole row of 17 cells just fits a column of the table."""
LONGEST = 1400
"""px, the longer side of a whole page in the kit: handwriting stays legible, the file small."""
Pictures = dict[str, bytes]
"""Name in the paper → JPEG; handed over beside the data, which stay plain text."""


def kit(uow: UnitOfWork, case: CaseFile, say: Words, large: bool, names: bool) -> bytes:
    """Return the appeal kit as tagged PDF: facts, tasks with both crops, pages, records."""
    title = say(N_("Appeal kit %(number)s")) % {"number": case.appeal.number}
    pictures: Pictures = {}
    data = base(uow, title, "appeal-kit", case.appeal.exam.training)
    data |= kit_data(uow, case, say, names)
    data["tasks"] = [_task(uow, case, line, say, pictures) for line in case.tasks]
    data["sheets"] = [
        _sheet(uow, page, number, say, pictures)
        for number, page in enumerate(pages_of_case(uow, case), 1)
    ]
    return printing.render("appeal-kit", data, large, pictures)


def _task(
    uow: UnitOfWork, case: CaseFile, line: CaseTask, say: Words, pictures: Pictures
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


def _crop(uow: UnitOfWork, case: CaseFile, place: Place | None, field: str) -> bytes:
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


def _sheet(uow: UnitOfWork, page: Page, number: int, say: Words, pictures: Pictures) -> list[str]:
    """Return the name of a page's picture and what it is; no name where the picture is gone."""
    said = f"{number}. {page_role(page, say)}, {say(N_('version'))} {page.version}"
    name = f"sheet-{number}.jpg"
    try:
        # A page destroyed by act is still listed: the kit says that it was there.
        if not path_of(uow.settings, page).exists():
            return ["", said]
        pictures[name] = picture(uow.settings, page, scale=_scale(page))
    except NotFound:
        return ["", said]
    return [name, said]


def _scale(page: Page) -> float:
    """Return the factor by which a page is made smaller; never larger than it was scanned."""
    sides = (int(page.identity.get(side) or 0) for side in ("width", "height"))
    return min(1.0, LONGEST / max(*sides, 1))
