"""«Закрыть день»: what is open, who holds what, what happened; the head says why, and closes."""

from flask import g, render_template, request

from examday.domain.errors import DomainError, NotFound
from examday.i18n import gettext as _
from examday.services.board import closing
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.board.overview import bp
from examday.web.board.shown_remark import shown
from examday.web.board.spoken import spoken_alarm
from examday.web.custody.papers import PAPER_WORDS
from examday.web.errors import translate
from examday.web.forms import wanted_day


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
        remarks=[shown(row) for row in end.remarks],
        undone=[spoken_alarm(alarm) for alarm in end.undone],
        may_close=g.actor.may("day.close"),
        reason=request.form.get("reason", ""),
        error=error and translate(error),
        **PAPER_WORDS,
    )
