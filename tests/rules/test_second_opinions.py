"""Calendar and check digits beside well-kept libraries that count the same things in their own way.

A table that was copied wrongly passes every test that was written from the same copy.
"""

import datetime as dt

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import damm, ean

from examday.domain.custody.paper_codes import LETTERS, check_digit, item_code, read_item_code
from examday.domain.custody.sheet_codes import sheet_number
from examday.services.rules.calendars import work_calendar

FIVE = work_calendar()
YEARS = range(2018, 2028)
"""The years whose transfers are in examday/rules/holidays.toml: of others two calendars may
differ."""


@pytest.mark.parametrize("year", YEARS)
def test_the_five_day_week_is_the_one_of_the_decrees(year: int) -> None:
    other = holidays.country_holidays("RU", years=year)
    days = (dt.date(year, 1, 1) + dt.timedelta(days=number) for number in range(366))
    differing = [
        day.isoformat()
        for day in days
        if day.year == year and FIVE.is_working(day) != other.is_working_day(day)
    ]
    assert differing == []


@given(st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_a_form_number_ends_with_the_check_digit_of_an_ean_13(twelve: str) -> None:
    assert check_digit(twelve) == ean.calc_check_digit(twelve)
    assert ean.is_valid(sheet_number(twelve))


@given(st.from_regex(r"[0-9]{13}", fullmatch=True))
def test_a_number_is_taken_from_a_code_exactly_where_its_ean_13_is_right(thirteen: str) -> None:
    assert (sheet_number(thirteen) == thirteen) == ean.is_valid(thirteen)


@given(st.sampled_from(sorted(LETTERS)), st.integers(0, 999_999))
def test_our_own_codes_end_with_a_damm_digit(kind: str, number: int) -> None:
    code = item_code(kind, number)
    place = sorted(LETTERS.values()).index(code[0]) + 1
    assert damm.validate(f"{place}{code[1:]}")
    assert read_item_code(code) == code


@given(
    st.sampled_from(sorted(LETTERS)), st.integers(0, 999_999), st.integers(1, 7), st.integers(1, 9)
)
def test_one_wrong_digit_of_our_own_code_is_noticed(
    kind: str, number: int, place: int, more: int
) -> None:
    code = item_code(kind, number)
    wrong = code[:place] + str((int(code[place]) + more) % 10) + code[place + 1 :]
    assert read_item_code(wrong) is None
