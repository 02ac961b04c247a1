"""Whole numbers as people type them."""

DIGITS = 9
"""Of the longest that is read: more would not fit a column of the database, and thousands of digits
are refused by `int` itself."""


def typed_number(text: str) -> int | None:
    """Return the number that stands there in the digits 0 to 9 alone; None for anything else.

    Other signs that count as digits («²») are no numbers for `int`.

    >>> typed_number("12"), typed_number("²"), typed_number("-1")
    (12, None, None)
    """
    whole = text.isascii() and text.isdigit() and len(text) <= DIGITS
    return int(text) if whole else None
