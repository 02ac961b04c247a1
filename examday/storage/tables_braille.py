"""Records of the tiflo-translator commission: insert-only notes of time, incidents, suspensions,
counts.
"""

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from examday.storage.base import Base, JsonObject, OfSite, WithId


class CommissionNote(WithId, OfSite, Base):
    """One note of the commission: come, go, incident, suspend, resume, pages (what each scanned
    page of a work is, and the sheets against the envelope).
    """

    __tablename__ = "commission_note"
    sealed = True
    kind: Mapped[str] = mapped_column(String(12), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None, index=True)
    booklet_id: Mapped[str | None] = mapped_column(
        ForeignKey("booklet.id"), default=None, index=True
    )
    """None for notes on a person alone: working time and suspensions belong to no work."""
    recorded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    """The chair keeps working time and incidents [12], so this is seldom the person meant."""
    consent_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    """Who agreed for the exam board: a suspension is not valid without that consent [12]."""
    text: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[JsonObject] = mapped_column(default=dict)
    at: Mapped[dt.datetime]


class EntryHabit(Base):
    """The way of entry of one person at the Braille desk (`domain.braille.entry`)."""

    __tablename__ = "entry_habit"
    ledgered = False
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    way: Mapped[JsonObject] = mapped_column(default=dict)
