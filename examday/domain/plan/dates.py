"""A day as people write it in tables: with dots, in words, with the day of the week.

What can be read in two ways is refused: a guessed date moves an exam.
"""

import datetime as dt
import re

from examday.domain.errors import Invalid
from examday.domain.messages import N_

FIRST_YEAR, LAST_YEAR = 2010, 2100
"""Rule sets begin with 2010. The upper bound catches slips of the keyboard."""
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})", re.A)
"""The same sign at both places: «1.2/2026» is more likely a slip than a day."""
_YEAR_FIRST = re.compile(r"(\d{4})([./-])(\d{1,2})\2(\d{1,2})", re.A)
_IN_WORDS = re.compile(r"(\d{1,2})\s+([а-яё]{3,})\.?\s+(\d{4}|\d{2})", re.A)
"""«2 июня 2025», «2 июн. 25»: lists are copied out of orders, which write dates in words."""
_YEAR_WORD = re.compile(r"\s*г(?:\.|од|ода)?$")
"""«5 июня 2026 г.»: whoever types a table by hand puts the word behind it."""
_WEEKDAY = (
    r"(пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье)"
)
_BEFORE = re.compile(rf"{_WEEKDAY}\.?[\s,]+")
_BEHIND = re.compile(rf"[\s,]+\(?{_WEEKDAY}\.?\)?$")
"""«пн 02.06.2025», «2 июня 2025 г. (понедельник)»: a weekday is taken off, and then compared
with the date."""
_WEEK = ("пн по", "вт вт", "ср ср", "чт че", "пт пя", "сб су", "вс во")
"""First letters of the short and of the whole name, Monday first: a weekday that does not fit
its date is a slip in one of the two."""
_MONTHS = (
    ("января", "январь"),
    ("февраля", "февраль"),
    ("марта", "март"),
    ("апреля", "апрель"),
    ("мая", "май"),
    ("июня", "июнь"),
    ("июля", "июль"),
    ("августа", "август"),
    ("сентября", "сентябрь"),
    ("октября", "октябрь"),
    ("ноября", "ноябрь"),
    ("декабря", "декабрь"),
)


def day_written(text: str) -> dt.date:
    """The day that is meant; Invalid where the text is no day or may mean two.

    >>> str(day_written("вт 2 июня 2026 г."))
    '2026-06-02'
    """
    plain, weekday = _without_weekday(text.lower().removesuffix(" 00:00:00").strip())
    found = _parsed(_YEAR_WORD.sub("", plain))
    if found is None:
        raise Invalid(N_("«%(text)s» is not a date; write DD.MM.YYYY."), params={"text": text[:40]})
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Invalid(N_("The year %(year)s cannot be right."), params={"year": found.year})
    # One of the two is a slip, and nobody here knows which.
    if weekday and weekday not in _WEEK[found.weekday()].split():
        raise Invalid(
            N_("«%(text)s»: this date is another day of the week."), params={"text": text[:40]}
        )
    return found


def _without_weekday(text: str) -> tuple[str, str]:
    """The date alone, and the first letters of the day of the week that stood beside it."""
    found = _BEFORE.match(text) or _BEHIND.search(text)
    return (text.replace(found[0], ""), found[1][:2]) if found else (text, "")


def _parsed(text: str) -> dt.date | None:
    if match := _YEAR_FIRST.fullmatch(text):
        return _day(match[1], match[3], match[4])
    if match := _IN_WORDS.fullmatch(text):
        return _day(match[3], str(_month(match[2])), match[1])
    match = _DAY_FIRST.fullmatch(text)
    return _day(match[4], match[3], match[1]) if match and _one_way(*match.groups()) else None


def _one_way(day: str, sign: str, month: str, year: str) -> bool:
    """Can it be read in one way only?

    Dots put the day first here. «6/4/2026» may have the month first, «06-04-26» the year.
    """
    if sign == "/":
        return int(day) > 12 or day == month
    return sign == "." or len(year) == 4


def _month(word: str) -> int:
    """Number of the month that begins so, 0 for none."""
    return next(
        (n for n, names in enumerate(_MONTHS, 1) if any(name.startswith(word) for name in names)), 0
    )


def _day(year: str, month: str, day: str) -> dt.date | None:
    # Two digits are completed, because exams are of this century.
    whole = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return dt.date(whole, int(month), int(day))
    except ValueError:
        return None
