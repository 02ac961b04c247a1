"""The appeal kit as tagged PDF, with pictures of the disputed tasks and of every page."""

from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.paper import printing
from examday.services.appeals.papers.kit import kit_data, page_role, pages_of_case
from examday.services.appeals.papers.print_outs import Words, of_case
from examday.services.appeals.papers.task_pictures import Pictures, task_with_pictures
from examday.services.appeals.views.casebook import CaseFile
from examday.services.scans.pictures import picture
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Page

LONGEST = 1400
"""px, the longer side of a whole page in the kit: handwriting stays legible, the file small."""


def kit(
    uow: UnitOfWork,
    case: CaseFile,
    say: Words,
    large: bool,
    names: bool,
) -> bytes:
    """Return the appeal kit as tagged PDF: facts, tasks with both crops, pages, records."""
    title = say(N_("Appeal kit %(number)s")) % {"number": case.appeal.number}
    pictures: Pictures = {}
    data = of_case(uow, case, title, "appeal-kit")
    data |= kit_data(uow, case, say, names)
    data["tasks"] = [task_with_pictures(uow, case, line, say, pictures) for line in case.tasks]
    data["sheets"] = [
        _sheet(uow, page, number, say, pictures)
        for number, page in enumerate(pages_of_case(uow, case), 1)
    ]
    return printing.render("appeal-kit", data, large, pictures)


def _sheet(
    uow: UnitOfWork,
    page: Page,
    number: int,
    say: Words,
    pictures: Pictures,
) -> list[str]:
    """Return the name of a page's picture and what it is; no name where the picture is gone."""
    said = f"{number}. {page_role(page, say)}, {say(N_('version'))} {page.version}"
    name = f"sheet-{number}.jpg"
    try:
        # A page destroyed by act is still listed: the kit says that it was there.
        pictures[name] = picture(uow.settings, page, scale=_scale(page))
    except NotFound:
        return ["", said]
    return [name, said]


def _scale(page: Page) -> float:
    """Return the factor by which a page is made smaller; never larger than it was scanned."""
    sides = (int(page.identity.get(side) or 0) for side in ("width", "height"))
    return min(1.0, LONGEST / max(*sides, 1))
