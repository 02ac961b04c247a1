"""The working-day calendar: the days off of the program's file, and what people compared with decrees."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from examday.domain.rules.calendar import Transfer, WorkCalendar
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_calendar import CalendarYear

ByYear = Mapping[int, tuple[Transfer, ...]]
"""Year → the transfers of days off that its decree orders: no formula knows them."""


@cache
def work_calendar(saturday_works: bool = False) -> WorkCalendar:
    """Return the calendar of the file alone, of a five-day or six-day week.

    Six days where the region counts Saturday as working. `calendar_of` knows what people of this
    station have compared with the decree as well.
    """
    raw = _file()
    first, last = (_month_day(text) for text in raw["january"])
    return WorkCalendar(
        holidays=frozenset(_month_day(text) for text in raw["holidays"]),
        january=(first, last),
        transfers=tuple(row for rows in transfers_of_file().values() for row in rows),
        # Years whose transfers nobody has compared with the decree are computed by the law alone
        # and shown as uncertain.
        checked=frozenset(year["year"] for year in raw["year"] if year["checked"]),
        saturday_works=saturday_works,
    )


def calendar_of(uow: UnitOfWork) -> WorkCalendar:
    """Return the calendar that terms are counted by: what people compared comes before the file."""
    # Regions differ: St Petersburg counted Saturday as a working day (domain.md 9).
    return with_checks(work_calendar(uow.settings.saturday_works), checks(uow))


def with_checks(calendar: WorkCalendar, found: Mapping[int, CalendarYear]) -> WorkCalendar:
    """Return the calendar with the transfers of the compared years in place of the file's."""
    by_year = dict(transfers_of_file()) | {
        year: transfers_of(row) for year, row in found.items() if row.checked
    }
    # A mark that was taken back makes the year doubtful again, whatever the file says.
    taken_back = {year for year, row in found.items() if not row.checked}
    confirmed = {year for year, row in found.items() if row.checked}
    return replace(
        calendar,
        transfers=tuple(row for rows in by_year.values() for row in rows),
        checked=(calendar.checked | confirmed) - taken_back,
    )


def checks(uow: UnitOfWork) -> dict[int, CalendarYear]:
    """Return the comparison that counts of each year; none where nobody has compared."""
    rows = uow.session.scalars(select(CalendarYear).order_by(CalendarYear.at, CalendarYear.id))
    # Later rows replace earlier ones, because a comparison may be taken back.
    return {row.year: row for row in rows}


def transfers_of(row: CalendarYear) -> tuple[Transfer, ...]:
    """Return the transfers that a person found in the decree."""
    return tuple(
        Transfer(dt.date.fromisoformat(source), dt.date.fromisoformat(target))
        for source, target in row.transfers
    )


@cache
def transfers_of_file() -> ByYear:
    """Return the transfers of the program's file by year; nobody has compared them here."""
    return {
        year["year"]: tuple(
            Transfer(dt.date.fromisoformat(source), dt.date.fromisoformat(target))
            for source, target in year["transfers"]
        )
        for year in _file()["year"]
    }


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(
        files("examday").joinpath("rules", "holidays.toml").read_text(encoding="utf-8")
    )


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
