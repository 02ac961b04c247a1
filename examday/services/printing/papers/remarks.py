"""The remarks of a day in the words of print-outs: what went another way than straight on."""

from collections.abc import Iterable

from examday.domain.custody.counts import from_numbers
from examday.domain.custody.paper_codes import spaced
from examday.domain.messages import N_
from examday.services.board.remarks import Remark
from examday.services.printing.things import kind
from examday.services.printing.words import clock, ru
from examday.services.unit_of_work import UnitOfWork


def remarks_of(uow: UnitOfWork, found: Iterable[Remark]) -> list[list[str]]:
    """List the remarks of a day in the order of the ledger: time, what, where, details."""
    return [_line(uow, remark) for remark in found]


def _line(uow: UnitOfWork, remark: Remark) -> list[str]:
    return [
        clock(uow, remark.at),
        ru(remark.what),
        remark.where or ru(N_("the station")),
        # Differing counts are told with their reason; of a number met twice there is no count to
        # tell.
        " — ".join(filter(None, (_differences(remark.data.get("differences", "")), _said(remark)))),
    ]


def _said(remark: Remark) -> str:
    return remark.data.get("reason", "") or spaced(remark.data.get("code", ""))


def _differences(said: str) -> str:
    """Put stored differences into words."""
    return "; ".join(
        ru(
            N_("%(thing)s: expected %(wanted)s, counted %(there)s"),
            thing=kind(one.kind),
            wanted=one.expected,
            there=one.counted,
        )
        for one in from_numbers(said)
    )
