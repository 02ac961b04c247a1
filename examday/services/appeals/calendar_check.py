"""A year's days off compared with its decree; the terms of open cases are counted again by it."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.rules.calendar import (
    ONE_DAY,
    DayKind,
    Transfer,
    WorkCalendar,
    check_transfers,
)
from examday.services.appeals.moved_terms import move_terms
from examday.services.custody.booklets import require
from examday.services.people import directory
from examday.services.rules.calendars import (
    calendar_of,
    checks,
    transfers_of,
    transfers_of_file,
    with_checks,
    work_calendar,
)
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal
from examday.storage.tables_calendar import CalendarYear


@dataclass(frozen=True)
class Decree:
    """The decree that a person holds in hand."""

    number: str
    day: dt.date | None
    """None where the person left it empty: the year is then refused as not compared."""
    transfers: tuple[Transfer, ...]


def check_year(uow: UnitOfWork, year: int, decree: Decree) -> CalendarYear:
    """Mark a year as compared with its decree; terms of open cases are counted again.

    Invalid without number and date of the decree, for a date to come, and for transfers that
    cannot be.
    """
    require(uow, "calendar.check")
    uow.queue("calendar")
    if not decree.number.strip() or decree.day is None or decree.day > uow.today():
        raise Invalid(
            N_("Name the decree that you compared the year with: number and date."),
            code="decree",
            field="decree",
            advice=N_("Without its text in hand leave the year unchecked; the warning stays."),
        )
    check_transfers(year, decree.transfers)
    return _write(uow, year, True, decree)


def take_back(uow: UnitOfWork, year: int, why: str) -> CalendarYear:
    """Take the mark of a year back, so that the warning returns; Invalid without a reason."""
    require(uow, "calendar.check")
    uow.queue("calendar")
    if not why.strip():
        raise Invalid(
            N_("Say why the year has to be compared again."),
            code="reason",
            field="why",
            advice=N_("Say in a few words what was wrong."),
        )
    return _write(uow, year, False, Decree(why, None, transfers_of_file().get(year, ())))


def _write(
    uow: UnitOfWork,
    year: int,
    checked: bool,
    decree: Decree,
) -> CalendarYear:
    """Write the comparison; the last days of open cases move with it."""
    cases = uow.hold_all(
        Appeal, uow.session.scalars(select(Appeal.id).where(Appeal.closed_at.is_(None)))
    )
    row = CalendarYear(
        year=year,
        checked=checked,
        decree=decree.number.strip(),
        decree_day=decree.day,
        transfers=[[one.source.isoformat(), one.target.isoformat()] for one in decree.transfers],
        moved=[],
        person_id=uow.actor.person_id,
        at=uow.now(),
    )
    now = with_checks(work_calendar(uow.settings.saturday_works), {**checks(uow), year: row})
    row.moved = move_terms(uow, cases, calendar_of(uow), now)
    uow.add(row)
    uow.session.flush()
    uow.record(
        Event.CALENDAR_CHECK,
        f"calendar:{row.id}",
        year=year,
        checked=checked,
        moved=len(row.moved),
    )
    return row


@dataclass(frozen=True)
class Day:
    """One day of the year's page."""

    date: dt.date
    kind: DayKind


@dataclass(frozen=True)
class YearPage:
    """A year with all its days, the transfers it is counted by, and who compared it."""

    year: int
    months: list[list[Day]]
    transfers: tuple[Transfer, ...]
    checked: bool
    row: CalendarYear | None
    """The comparison that counts; None where nobody has compared, so that the year is shown as
    uncertain."""
    by: str
    years: list[int]
    """Years that have transfers in the file, and those around today, whose decree may be missing."""


def year_page(uow: UnitOfWork, wanted: int | None) -> YearPage:
    """Return the page of one year, this one if not said; Invalid for a year out of reach."""
    require(uow, "calendar.see")
    today = uow.today()
    year = wanted or today.year
    years = sorted({*transfers_of_file(), *range(today.year - 1, today.year + 2)})
    if year not in years:
        raise Invalid()
    calendar = calendar_of(uow)
    row = checks(uow).get(year)
    shown = row is not None and row.checked
    return YearPage(
        year,
        [_month(calendar, year, month) for month in range(1, 13)],
        transfers_of(row) if row is not None and shown else transfers_of_file().get(year, ()),
        year in calendar.checked,
        row,
        directory.names(uow).get(row.person_id, "—") if row else "",
        years,
    )


def _month(calendar: WorkCalendar, year: int, month: int) -> list[Day]:
    """Return all days of a month with what each is."""
    day = dt.date(year, month, 1)
    found: list[Day] = []
    while day.month == month:
        found.append(Day(day, calendar.kind(day)))
        day += ONE_DAY
    return found
