"""Which of several exam days is the one in hand when nobody names one."""

import datetime as dt


def day_in_hand(
    today: dt.date,
    newest: dt.date | None,
    following: dt.date | None,
    unfinished: dt.date | None = None,
) -> dt.date | None:
    """Return the day that pages show: today's, else the exam that is not finished, else the next.

    newest: the last day up to today, of an exam or of training; following: the first after it;
    unfinished: the last exam before today, where nobody has closed it; training is no exam.
    A plan holds the days of a whole month: the last of them is not the one at which people work.
    """
    return newest if newest == today else unfinished or following or newest
