"""Terms on the working-day calendar, against cases counted by hand on a paper calendar."""

import datetime as dt

import pytest

from examday.domain.errors import Invalid
from examday.domain.rules.calendar import (
    DayKind,
    Transfer,
    Urgency,
    check_transfers,
    deadline,
    last_day,
)
from examday.services.rules.calendars import work_calendar
from tests.own_rules import for_date
from tests.refusals import refused

FIVE, SIX = work_calendar(), work_calendar(saturday_works=True)


def d(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-06-11", True),  # an ordinary Thursday
        ("2026-06-12", False),  # Friday, but Russia Day
        ("2026-06-13", False),  # an ordinary Saturday
        ("2026-03-08", False),  # Sunday and a holiday …
        ("2026-03-09", False),  # … so Monday is off
        ("2026-03-10", True),
        ("2026-05-11", False),  # 9 May 2026 is a Saturday: Monday is off
        ("2026-05-12", True),
        ("2026-01-09", False),  # moved from Saturday 3 January by decree
        ("2026-01-12", True),
        ("2026-12-31", False),  # moved from Sunday 4 January by decree
        ("2025-11-01", True),  # worked, though a Saturday: the decree moved it
        ("2025-11-03", False),  # off, in place of that Saturday
        ("2025-02-24", True),  # 23 February 2025 was a Sunday, but the decree moved it to 8 May
        ("2025-05-08", False),
        ("2024-04-27", True),
        ("2024-04-29", False),
        ("2024-04-30", False),
        ("2024-11-02", True),
        ("2023-11-06", False),  # off, because 4 November 2023 was a Saturday
        ("2022-03-05", True),
        ("2022-03-07", False),
        ("2022-03-08", False),
        ("2022-03-09", True),
        ("2021-06-14", False),  # off, because 12 June 2021 was a Saturday
        ("2022-06-13", False),  # off, because 12 June 2022 was a Sunday
        ("2018-06-09", True),
        ("2018-06-11", False),
        ("2018-12-31", False),
    ],
)
def test_days_of_the_five_day_week(day: str, works: bool) -> None:
    assert FIVE.is_working(d(day)) is works


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-06-13", True),  # a six-day week has no free Saturday
        ("2026-06-14", False),
        ("2026-05-11", True),  # 9 May was a Saturday, no day off lost
        ("2026-03-09", False),  # off, because 8 March was a Sunday
        ("2026-01-09", True),  # the decree moved a Saturday off, which this week does not have
        ("2026-12-31", False),
    ],
)  # moved from a Sunday, which a six-day week has off too
def test_days_of_the_six_day_week(day: str, works: bool) -> None:
    assert SIX.is_working(d(day)) is works


@pytest.mark.parametrize(
    ("result_day", "five", "six"),
    [
        ("2026-06-08", "2026-06-10", "2026-06-10"),  # Monday → Wednesday: nothing lies between
        (
            "2026-06-11",
            "2026-06-16",
            "2026-06-15",
        ),  # Thursday, Friday is a holiday: Mon, Tue | Sat, Mon
        # Thursday: Fri, Mon in a five-day week, Fri, Sat in a six-day one
        ("2026-06-04", "2026-06-08", "2026-06-06"),
        ("2026-06-30", "2026-07-02", "2026-07-02"),  # over the end of a month
        ("2024-02-28", "2024-03-01", "2024-03-01"),  # leap year, Wednesday: Thu 29 Feb, Fri 1 March
        (
            "2025-04-30",
            "2025-05-06",
            "2025-05-03",
        ),  # May holidays: 1 off, 2 moved off, Mon 5, Tue 6 | Fri 2, Sat 3
        (
            "2026-12-29",
            "2027-01-11",
            "2027-01-09",
        ),  # 11 January: Wed 30, (31 moved, 1–8 off, Sat, Sun) Mon 11 | 9 January: Wed 30, Sat 9
    ],
)
def test_a_score_appeal_may_be_filed_within_two_working_days(
    result_day: str, five: str, six: str
) -> None:
    term = for_date(d(result_day)).term("score_filed")
    assert last_day(FIVE, d(result_day), term) == d(five)
    assert last_day(SIX, d(result_day), term) == d(six)


@pytest.mark.parametrize(
    ("year", "received", "due"),
    [
        (
            2018,
            "2018-06-07",
            "2018-06-14",
        ),  # Thu: Fri 8, Sat 9 (worked), Wed 13, Thu 14; 11 moved off, 12 holiday
        (
            2021,
            "2021-06-10",
            "2021-06-17",
        ),  # Thu: Fri 11, (12 Sat holiday → Mon 14 off) Tue 15, Wed 16, Thu 17
        (2024, "2024-06-10", "2024-06-17"),  # Mon: Tue 11, (12 holiday) Thu 13, Fri 14, Mon 17
        (2026, "2026-06-26", "2026-07-02"),  # Fri: Mon 29, Tue 30, Wed 1, Thu 2
    ],
)
def test_a_score_appeal_is_heard_within_four_working_days(
    year: int, received: str, due: str
) -> None:
    term = for_date(dt.date(year, 6, 1)).term("score_considered")
    assert last_day(FIVE, d(received), term) == d(due)


def test_the_notice_of_a_monday_hearing_goes_out_on_friday() -> None:
    term = for_date(d("2025-06-01")).term("hearing_notice")
    assert last_day(FIVE, d("2025-06-23"), term) == d("2025-06-20")
    assert last_day(SIX, d("2025-06-23"), term) == d("2025-06-21")


def test_the_list_of_conditions_is_due_two_working_days_before_the_exam() -> None:
    term = for_date(d("2026-06-01")).term("conditions_list")
    assert last_day(FIVE, d("2026-06-01"), term) == d("2026-05-28")
    # two days earlier, because Friday 12 June is a holiday
    assert last_day(FIVE, d("2026-06-15"), term) == d("2026-06-10")


def test_processing_counts_calendar_days_through_weekends() -> None:
    term = for_date(d("2026-05-28")).term("processing_main")
    assert last_day(FIVE, d("2026-05-28"), term) == d("2026-06-03")


def test_a_procedural_appeal_is_filed_on_the_exam_day_only() -> None:
    term = for_date(d("2026-06-01")).term("procedure_filed")
    assert last_day(FIVE, d("2026-06-01"), term) == d("2026-06-01")


def test_the_filing_window_closes_with_its_last_day() -> None:
    term = for_date(d("2026-06-11")).term("score_filed")
    assert last_day(FIVE, d("2026-06-11"), term) == d("2026-06-16")


@pytest.mark.parametrize(
    ("today", "urgency", "days", "working"),
    [
        ("2026-06-11", Urgency.OPEN, 5, 2),
        ("2026-06-12", Urgency.OPEN, 4, 2),
        ("2026-06-15", Urgency.SOON, 1, 1),
        ("2026-06-16", Urgency.TODAY, 0, 0),
        ("2026-06-17", Urgency.LATE, -1, -1),
        ("2026-06-22", Urgency.LATE, -6, -4),
    ],
)
def test_the_countdown_counts_both_kinds_of_days(
    today: str, urgency: Urgency, days: int, working: int
) -> None:
    term = for_date(d("2026-06-11")).term("score_filed")
    seen = deadline(FIVE, d("2026-06-11"), term, d(today))
    assert (seen.last_day, seen.urgency, seen.days_left, seen.working_left) == (
        d("2026-06-16"),
        urgency,
        days,
        working,
    )


def test_unchecked_transfers_make_a_term_uncertain() -> None:
    term = for_date(d("2026-06-11")).term("score_filed")
    assert not deadline(FIVE, d("2026-06-11"), term, d("2026-06-11")).certain


def test_shifting_forth_and_back_returns_to_a_working_day() -> None:
    start = d("2026-04-28")
    for steps in range(1, 60):
        assert FIVE.shift(FIVE.shift(start, steps), -steps) == start
        assert FIVE.between(start, FIVE.shift(start, steps)) == steps


def test_a_day_is_called_what_the_decree_makes_of_it() -> None:
    kinds = {
        "2026-06-11": DayKind.WORKED,
        "2026-06-12": DayKind.HOLIDAY,
        "2026-06-13": DayKind.WEEKEND,
        "2026-03-09": DayKind.MOVED_OFF,  # in place of Sunday, 8 March
    }
    assert {day: FIVE.kind(d(day)) for day in kinds} == kinds


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        ([], "transfer-none"),
        # refused: this Tuesday is a working day anyway
        ([("2027-01-12", "2027-02-22")], "transfer"),
        ([("2027-01-02", "2027-02-21")], "transfer"),  # refused: that is a Sunday
        ([("2027-01-02", "2028-02-22")], "transfer"),  # refused: it is of another year
        ([("2026-01-03", "2027-02-22")], "transfer"),
        # refused: that is a holiday
        ([("2027-01-02", "2027-05-03"), ("2027-01-03", "2027-01-08")], "transfer"),
        ([("2027-01-02", "2027-02-22"), ("2027-01-02", "2027-11-05")], "transfer-twice"),
        ([("2027-01-02", "2027-02-22"), ("2027-01-03", "2027-02-22")], "transfer-twice"),
    ],
)
def test_a_decree_moves_each_day_off_once(rows: list[tuple[str, str]], refusal: str) -> None:
    moved = [Transfer(d(source), d(target)) for source, target in rows]
    code, field, values = refused(Invalid, check_transfers, 2027, moved)
    assert code == refusal
    assert field == ("source-1" if refusal == "transfer-none" else "")
    if refusal == "transfer":
        source, target = moved[-1].source, moved[-1].target
        assert values == {"source": f"{source:%d.%m.%Y}", "target": f"{target:%d.%m.%Y}"}


def test_days_off_are_weekends_holidays_and_the_first_days_of_january() -> None:
    sources = ("2027-01-01", "2027-01-08", "2027-01-09", "2027-01-10", "2027-02-23", "2027-05-01")
    targets = ("2027-01-11", "2027-02-22", "2027-05-03", "2027-05-07", "2027-06-11", "2027-11-05")
    moved = zip(sources, targets, strict=True)
    check_transfers(2027, [Transfer(d(source), d(target)) for source, target in moved])
