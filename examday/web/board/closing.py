"""«Закрыть день»: what is open, who holds what, what happened; the head says why, and closes."""

from dataclasses import dataclass

from flask import g, render_template, request

from examday.domain.custody.counts import from_numbers
from examday.domain.custody.kit import KIND_NAMES
from examday.domain.custody.paper_codes import spaced
from examday.domain.errors import DomainError, NotFound
from examday.i18n import gettext as _
from examday.services.board import closing
from examday.services.board.remarks import Remark
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.board.overview import bp, spoken_alarm, wanted_day
from examday.web.custody.papers import PAPER_WORDS
from examday.web.errors import translate


@dataclass(frozen=True)
class ShownRemark:
    """A remark in the reader's language."""

    remark: Remark
    name: str
    where: str
    details: str


@bp.get("/close")
@access("day.see")
def close() -> str:
    """Show the end of the day as a step."""
    return _page()


@bp.post("/close")
@access("day.close")
def close_day() -> Answer:
    """Close the day, with what is said about everything that is open."""
    day, reason = wanted_day(), request.form.get("reason", "")
    if day is None:
        raise NotFound()
    return act(
        lambda uow: closing.close(uow, day, reason),
        done=lambda _none: go_on(
            "board.close", _("The day is closed. Print its summary and sign it."), day=str(day)
        ),
        refused=_page,
    )


def _page(error: DomainError | None = None) -> str:
    end = look(lambda uow: closing.show(uow, wanted_day()))
    return render_template(
        "board/close.html",
        end=end,
        remarks=[_shown(row) for row in end.remarks],
        undone=[spoken_alarm(alarm) for alarm in end.undone],
        may_close=g.actor.may("day.close"),
        reason=request.form.get("reason", ""),
        error=error and translate(error),
        **PAPER_WORDS,
    )


def _shown(row: Remark) -> ShownRemark:
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
