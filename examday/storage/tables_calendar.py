"""What came after the program's own files: days off as people compared them with the decree, rule sets
that the centre has ordered. Insert-only, the latest row counts.
"""

import datetime as dt

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from examday.storage.base import SITE, Base, JsonList, WithId


class CalendarYear(WithId, Base):
    """One comparison of a year with its decree.

    `transfers`: pairs of ISO dates, the day off that is moved and the day that is off instead.
    `moved`: number of the appeal, what was due, the last day before and now.
    """

    __tablename__ = "calendar_year"
    sealed = True
    site: Mapped[str] = mapped_column(SITE, default="", server_default="")
    """Who compared it: what the installation compared holds for all its sites."""
    year: Mapped[int] = mapped_column(index=True)
    # False: somebody took the mark back, so that the warning returns.
    checked: Mapped[bool]
    decree: Mapped[str] = mapped_column(String(200))
    """Transfers of days off are decided anew each year, so no formula can stand in for the text."""
    decree_day: Mapped[dt.date | None] = mapped_column(Date, default=None)
    transfers: Mapped[JsonList]
    # Terms of open cases that moved with it: what was told to people has changed.
    moved: Mapped[JsonList]
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]


class RuleText(WithId, Base):
    """A rule set beside those of the program, of the installation with all its points."""

    __tablename__ = "rule_text"
    sealed = True
    number: Mapped[int] = mapped_column(unique=True)
    """From 1; of two that hold on one day the later one counts."""
    name: Mapped[str] = mapped_column(String(16))
    """Id of the set. It may stand here more than once: the last one counts."""
    text: Mapped[str] = mapped_column(Text)
    """Word for word, as TOML: its digest is what was said yes to."""
    at: Mapped[dt.datetime]
