"""The cells of a Braille work as the machine read them, for the kit."""

from collections.abc import Mapping

from examday.braille.cells import dot_numbers
from examday.domain.braille.notebook import answers
from examday.domain.transfer.readings import Source
from examday.services.appeals.decision.readings import contents
from examday.services.appeals.papers.print_outs import Rows
from examday.services.appeals.views.casebook import CaseFile
from examday.services.braille import commission
from examday.services.unit_of_work import UnitOfWork


def braille_lines(uow: UnitOfWork, case: CaseFile) -> Rows:
    """Return page, line and the cells that the machine read, as dot numbers («0» is a blank cell)."""
    machine = contents(uow, case.appeal.booklet_id, case.appeal.version).get(
        Source.MACHINE_ORIGINAL
    )
    pages = machine.content.get("pages", []) if machine else []
    leaves = commission.leaves(uow, case.appeal.booklet_id)
    sheets = list(enumerate(pages, 1))
    # Once the pages were stated only the answer pages, by their numbers: drafts and the candidate's
    # data are no answers.
    if leaves:
        read = {sheet["page"]: sheet for sheet in pages}
        sheets = [(leaf.number, read[leaf.page]) for leaf in answers(leaves) if leaf.page in read]
    return [
        [str(page), str(number), _dots(line["cells"])]
        for page, sheet in sheets
        for number, line in enumerate(sheet["lines"], 1)
    ]


def _dots(cells: list[Mapping[str, int]]) -> str:
    """Return the dot numbers of cells, as the trade writes them: «3456-1-23»."""
    return "-".join(dot_numbers(int(cell["d"])) or "0" for cell in cells)
