"""Texts that begin with others, looked for by an index."""

from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

LAST = "\uffff"
"""Sorts behind every character of a code: a range is found by the index, LIKE mostly is not."""


def begins(column: InstrumentedAttribute[Any], start: str) -> ColumnElement[bool]:
    """Whether the text begins so. `LIKE` alone reads the whole table in SQLite."""
    return and_(column >= start, column < start + LAST, column.startswith(start, autoescape=True))
