"""The sheets that a page may be, as a list of choices."""

from collections.abc import Sequence

from examday.domain.custody.kit import THING_NAMES, sheet_name
from examday.domain.scans.sheets import Sheet
from examday.i18n import gettext as _
from examday.services.scans.deciding import stated_sheet
from examday.services.scans.deciding.awaited_papers import Paper
from examday.web.scans.blueprint import bp


def sheet_options(sheets: Sequence[Sheet]) -> list[tuple[str, str]]:
    """The sheets a page may be, for a list of choices; empty where there is nothing to ask."""
    if not sheets:
        return []
    named = [
        (sheet.name, " ".join(filter(None, (_(sheet_name(sheet.name)), sheet.number))))
        for sheet in sheets
    ]
    return [
        *named,
        (stated_sheet.OTHER_SHEET, _("another sheet or side; it stands for none of them")),
    ]


@bp.app_template_global("paper_name")
def paper_name(paper: Paper) -> str:
    """What an awaited paper is: a page of a print-out, a writing form, an additional form by its number."""
    if paper.kind is not None:
        return _(THING_NAMES[paper.kind])
    return " ".join(filter(None, (_(sheet_name(paper.sheet)), paper.number)))
