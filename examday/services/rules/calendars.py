"""Reads the non-working days (examday/rules/holidays.toml) into the domain's calendar."""

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files

from examday.domain.rules.calendar import Transfer, WorkCalendar


@cache
def work_calendar(saturday_works: bool = False) -> WorkCalendar:
    """Return the calendar of a five-day or six-day week.

    Six days where the region counts Saturday as working.
    """
    raw = tomllib.loads(
        files("examday").joinpath("rules", "holidays.toml").read_text(encoding="utf-8")
    )
    first, last = (_month_day(text) for text in raw["january"])
    transfers = tuple(
        Transfer(dt.date.fromisoformat(source), dt.date.fromisoformat(target))
        for year in raw["year"]
        for source, target in year["transfers"]
    )
    return WorkCalendar(
        holidays=frozenset(_month_day(text) for text in raw["holidays"]),
        january=(first, last),
        transfers=transfers,
        # Years whose transfers nobody has compared with the decree are computed by the law alone
        # and shown as uncertain.
        checked=frozenset(year["year"] for year in raw["year"] if year["checked"]),
        saturday_works=saturday_works,
    )


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
