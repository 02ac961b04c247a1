"""A remark about the day in the reader's language."""

from dataclasses import dataclass

from examday.domain.custody.counts import from_numbers
from examday.domain.custody.kit import KIND_NAMES
from examday.domain.custody.paper_codes import spaced
from examday.i18n import gettext as _
from examday.services.board.remarks import Remark


@dataclass(frozen=True)
class ShownRemark:
    """A remark in the reader's language."""

    remark: Remark
    name: str
    where: str
    details: str


def shown(row: Remark) -> ShownRemark:
    """Return a remark with its words."""
    return ShownRemark(
        row,
        _(row.what),
        row.where or _("the station"),
        " — ".join(filter(None, (_differences(row), _said(row)))),
    )


def _said(row: Remark) -> str:
    """Return the reason that was given; of a number that was met twice, the number."""
    return row.data.get("reason", "") or spaced(row.data.get("code", ""))


def _differences(row: Remark) -> str:
    """Put the counts that differed into words."""
    return "; ".join(
        _(
            "%(thing)s: expected %(wanted)s, counted %(there)s",
            thing=_(KIND_NAMES[one.kind]),
            wanted=one.expected,
            there=one.counted,
        )
        for one in from_numbers(row.data.get("differences", ""))
    )
