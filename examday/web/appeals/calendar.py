"""The calendar of working days: all days of a year, its transfers, and the comparison with a decree."""

import datetime as dt

from flask import Blueprint, render_template, request

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.rules.calendar import DayKind, Transfer
from examday.i18n import gettext as _
from examday.services.appeals import calendar_check
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look

bp = Blueprint("calendar", __name__)
DAY_NAMES: dict[DayKind, str] = {
    DayKind.WORKED: N_("working day"),
    DayKind.WEEKEND: N_("day off"),
    DayKind.HOLIDAY: N_("holiday"),
    DayKind.MOVED_OFF: N_("off instead of another day"),
    DayKind.WORKED_INSTEAD: N_("worked day off"),
}
SIGNS: dict[DayKind, str] = {
    DayKind.WORKED: "",
    DayKind.WEEKEND: "•",
    DayKind.HOLIDAY: "П",
    DayKind.MOVED_OFF: "→",
    DayKind.WORKED_INSTEAD: "Р",
}
"""A sign beside the colour: nothing is said by colour alone."""
MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
SPARE_ROWS = 3
"""Empty rows for transfers that the file does not know: the decree may have more."""


@bp.get("/calendar")
@access("calendar.see")
def page() -> str:
    """Show one year with all its days."""
    return _show(request.args.get("year", type=int))


def _show(year: int | None, error: Refusal = None) -> str:
    """Draw the year, with what went wrong if something did."""

    def draw(uow: UnitOfWork) -> str:
        shown = calendar_check.year_page(uow, year)
        return render_template(
            "appeals/calendar.html",
            p=shown,
            rows=_rows(shown),
            error=explain(error),
            months=MONTHS,
            weekdays=WEEKDAYS,
            day_names={str(kind): name for kind, name in DAY_NAMES.items()},
            signs={str(kind): sign for kind, sign in SIGNS.items()},
            sent=request.form if error else {},
        )

    return look(draw)


def _rows(shown: calendar_check.YearPage) -> list[tuple[str, str]]:
    """Return the transfers as two dates each, as they were typed or are known, and spare rows."""
    if request.method == "POST":
        return list(
            zip(request.form.getlist("source"), request.form.getlist("target"), strict=False)
        )
    known = [(row.source.isoformat(), row.target.isoformat()) for row in shown.transfers]
    return known + [("", "")] * SPARE_ROWS


@bp.post("/calendar/<int:year>/check")
@access("calendar.check")
def check(year: int) -> Answer:
    """Mark the year as compared with its decree."""
    return act(
        lambda uow: calendar_check.check_year(uow, year, _decree()),
        done=lambda _row: go_on("calendar.page", _("The year is compared."), year=str(year)),
        refused=lambda error: _show(year, error),
    )


@bp.post("/calendar/<int:year>/again")
@access("calendar.check")
def again(year: int) -> Answer:
    """Take the mark back."""
    why = request.form.get("why", "")
    said = _("The mark is taken back: the warning stands again.")
    return act(
        lambda uow: calendar_check.take_back(uow, year, why),
        done=lambda _row: go_on("calendar.page", said, year=str(year)),
        refused=lambda error: _show(year, error),
    )


def _decree() -> calendar_check.Decree:
    """Return what was entered of the decree."""
    sent = request.form
    pairs = zip(sent.getlist("source"), sent.getlist("target"), strict=False)
    return calendar_check.Decree(
        sent.get("decree", ""),
        _day(sent.get("decree_day", "")) if sent.get("decree_day") else None,
        tuple(Transfer(_day(source), _day(target)) for source, target in pairs if source or target),
    )


def _day(text: str) -> dt.date:
    """Return a date; Invalid when it is none or only one of a pair was entered."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            N_("A date is missing or cannot be understood."),
            code="date",
            advice=N_("Enter it as day, month and year."),
        ) from error
