"""Records of the tiflo-translator commission: insert-only notes of time, incidents, suspensions,
counts.
"""

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from examday.storage.base import Base, JsonObject, WithId


class CommissionNote(WithId, Base):
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
    recorded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    consent_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    text: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[JsonObject] = mapped_column(default=dict)
    at: Mapped[dt.datetime]
