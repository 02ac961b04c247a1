"""Which of several exam days is the one in hand when nobody names one."""

import datetime as dt


def day_in_hand(
    today: dt.date,
    last: dt.date | None,
    following: dt.date | None,
    *,
    closed: bool,
    training: dt.date | None = None,
) -> dt.date | None:
    """Return the day that pages show: today's exam, else the one that is not finished, else the next.

    last: the newest day up to today; following: the first after it; closed: the head has closed
    `last`; training: the newest training day, shown where it is later than what would be shown.
    A plan holds the days of a whole month: the last of them is not the one at which people work.
    """
    if last == today:
        return last
    shown = following if following and (closed or last is None) else last
    return max((day for day in (shown, training) if day), default=None)
