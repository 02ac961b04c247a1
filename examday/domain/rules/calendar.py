"""The working-day calendar and the terms counted on it (R30: terms of filing, hearing, processing).

A five-day or a six-day week (some regions counted Saturday as working); holidays of the Labour
Code, art. 112; transfers of days off by the year's decree. Days only, no clock: a term ends with
its last day.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.rules.ruleset import Count, Term

ONE_DAY = dt.timedelta(days=1)
"""Days are counted one by one: no formula knows what a decree has moved."""
SATURDAY, SUNDAY = 5, 6
"""As `date.weekday` counts (Monday is 0), because a bare 5 is read as Friday."""


@dataclass(frozen=True)
class Transfer:
    """A day off moved by decree: `source` is worked (unless it is a holiday), `target` is off."""

    source: dt.date
    target: dt.date


class DayKind(StrEnum):
    """What a day of the calendar is: what a page shows with a sign and a word."""

    WORKED = "worked"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MOVED_OFF = "moved_off"
    """Off instead of another day, by decree or because a holiday fell on a day off."""
    WORKED_INSTEAD = "worked_instead"
    """A day off of the week that is worked, because the decree moved it."""


def check_transfers(year: int, transfers: Collection[Transfer]) -> None:
    """Invalid unless each day off of `year` is moved once, from a day off to a working day.

    Invalid for none at all: 1–8 January hold two days off of the week at least, and every decree
    moves them (Labour Code, art. 112).
    """
    if not transfers:
        raise Invalid(
            N_("No day off was entered that is moved; every decree moves those of 1–8 January."),
            code="transfer-none",
            field="source-1",
            advice=N_("Compare the list with the decree; each day is moved once."),
        )
    for row in transfers:
        in_year = row.source.year == row.target.year == year
        if not in_year or not _is_off(row.source) or _is_off(row.target):
            raise Invalid(
                N_("The day off of %(source)s cannot be moved to %(target)s."),
                code="transfer",
                advice=N_(
                    "A day off or holiday of that year is moved to a working day of that year."
                ),
                params={
                    "source": row.source.strftime("%d.%m.%Y"),
                    "target": row.target.strftime("%d.%m.%Y"),
                },
            )
    days = [day for row in transfers for day in (row.source, row.target)]
    if len(set(days)) != len(days):
        raise Invalid(
            N_("One day stands in two transfers."),
            code="transfer-twice",
            advice=N_("Compare the list with the decree; each day is moved once."),
        )


def _is_off(day: dt.date) -> bool:
    """Tell whether nobody works on this day unless a decree says so."""
    # The decree is one for the country: Saturday is off also where the region counts it as worked.
    weekend = day.weekday() in (SATURDAY, SUNDAY)
    return weekend or _key(day) in OTHER_HOLIDAYS or (day.month == 1 and day.day <= 8)


OTHER_HOLIDAYS = frozenset({(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)})
"""Non-working holidays of the Labour Code (art. 112), month and day: written out, as no rule makes
them. 1–8 January are counted apart."""


def _key(day: dt.date) -> tuple[int, int]:
    return day.month, day.day


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked.

    `holidays` and `january` (first, last: not moved by themselves) are (month, day) pairs;
    `checked` holds the years whose transfers a person has compared with the decree.
    """

    holidays: frozenset[tuple[int, int]]
    january: tuple[tuple[int, int], tuple[int, int]]
    transfers: tuple[Transfer, ...] = ()
    checked: frozenset[int] = frozenset()
    saturday_works: bool = False
    """Some regions count Saturday as worked [57]; the two days of filing depend on it."""

    def is_holiday(self, day: dt.date) -> bool:
        """A non-working holiday of art. 112."""
        return (day.month, day.day) in self.holidays

    def is_working(self, day: dt.date) -> bool:
        """Whether `day` is worked.

        Decree first, then holidays, then the week, then days off moved by a holiday.
        """
        # Order matters: a holiday stays off even when a decree moves another day onto it.
        if self.is_holiday(day):
            return False
        if any(day == row.target for row in self._transfers()):
            return False
        if self._is_weekend(day):
            return any(day == row.source for row in self._transfers())
        return day not in self._moved_off(day.year)

    def kind(self, day: dt.date) -> DayKind:
        """Return what this day is, so that a person can compare it with the decree."""
        if self.is_holiday(day):
            return DayKind.HOLIDAY
        if self._is_weekend(day):
            return DayKind.WORKED_INSTEAD if self.is_working(day) else DayKind.WEEKEND
        return DayKind.WORKED if self.is_working(day) else DayKind.MOVED_OFF

    def shift(self, day: dt.date, working_days: int) -> dt.date:
        """`working_days` working days after (negative: before) `day`; `day` itself is not counted.

        0 gives `day`.
        """
        step = ONE_DAY if working_days > 0 else -ONE_DAY
        left = abs(working_days)
        while left:
            day += step
            # The start day is not counted: terms run from the day after the event.
            left -= self.is_working(day)
        return day

    def between(self, start: dt.date, end: dt.date) -> int:
        """Working days after `start` up to and including `end`.

        Negative when `end` lies before `start`.
        """
        if end < start:
            return -self.between(end, start)
        days = (end - start).days
        return sum(
            self.is_working(start + dt.timedelta(days=number)) for number in range(1, days + 1)
        )

    def is_checked(self, *days: dt.date) -> bool:
        """True when a person has checked the transfers of all the years in question."""
        return all(day.year in self.checked for day in days)

    def _is_weekend(self, day: dt.date) -> bool:
        return day.weekday() == SUNDAY or (day.weekday() == SATURDAY and not self.saturday_works)

    def _transfers(self) -> tuple[Transfer, ...]:
        """Decree transfers that concern this week: with a worked Saturday only those of Sundays do."""
        return tuple(
            row
            for row in self.transfers
            if not self.saturday_works or row.source.weekday() != SATURDAY
        )

    def _moved_off(self, year: int) -> frozenset[dt.date]:
        """Return the days off that a holiday on a weekend moves to the next working day (art. 112).

        A holiday that a decree moved is left out.
        """
        moved: set[dt.date] = set()
        by_decree = {row.source for row in self.transfers}
        off = {row.target for row in self._transfers()}
        for month, day_number in sorted(self.holidays):
            day = dt.date(year, month, day_number)
            in_january = self.january[0] <= (month, day_number) <= self.january[1]
            # The law moves no January holiday by itself, so they are left out here: the decree of
            # the year moves them (art. 112).
            if self._is_weekend(day) and not in_january and day not in by_decree:
                moved.add(self._next_free(day, moved | off))
        return frozenset(moved)

    def _next_free(self, day: dt.date, off: Collection[dt.date]) -> dt.date:
        """The next day that is no day off already; `off`: days off by decree or moved."""
        day += ONE_DAY
        while self._is_weekend(day) or self.is_holiday(day) or day in off:
            day += ONE_DAY
        return day


class Urgency(StrEnum):
    """How near a term is: what a page colours and says."""

    OPEN = "open"
    SOON = "soon"
    TODAY = "today"
    LATE = "late"


@dataclass(frozen=True)
class Deadline:
    """The last day of a term, seen from `today`.

    `days_left` counts calendar days, `working_left` working days (negative when late); `certain` is
    False while the year's transfers are unchecked.
    """

    last_day: dt.date
    days_left: int
    working_left: int
    urgency: Urgency
    certain: bool


def last_day(calendar: WorkCalendar, start: dt.date, term: Term) -> dt.date:
    """The last day of `term` that starts on `start` (which is not counted itself)."""
    if term.count == Count.SAME_DAY:
        return start
    if term.count == Count.CALENDAR:
        return start + dt.timedelta(days=term.days)
    return calendar.shift(start, term.days)


def deadline(
    calendar: WorkCalendar,
    start: dt.date,
    term: Term,
    today: dt.date,
) -> Deadline:
    """The term as date, countdown and urgency."""
    return countdown(calendar, start, last_day(calendar, start, term), today)


def countdown(
    calendar: WorkCalendar,
    start: dt.date,
    end: dt.date,
    today: dt.date,
) -> Deadline:
    """How a term from `start` to `end` stands today. Soon = the next working day at the latest."""
    working = calendar.between(today, end)
    if today > end:
        urgency = Urgency.LATE
    elif today == end:
        urgency = Urgency.TODAY
    else:
        # By working days: on a Friday a term that ends on Monday is near.
        urgency = Urgency.SOON if working <= 1 else Urgency.OPEN
    return Deadline(end, (end - today).days, working, urgency, calendar.is_checked(start, end))
