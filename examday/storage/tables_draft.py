"""Work in hand of one person, which nobody else sees and no ledger records."""

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from examday.storage.base import Base, JsonObject, OfSite, WithId


class Draft(WithId, OfSite, Base):
    """Autosaved work in hand.

    Only its author sees it, and it is deleted when the reading is handed in.
    """

    __tablename__ = "draft"
    ledgered = False
    __table_args__ = (UniqueConstraint("booklet_id", "version", "part", "person_id"),)
    booklet_id: Mapped[str] = mapped_column(ForeignKey("booklet.id"))
    version: Mapped[int]
    part: Mapped[str] = mapped_column(String(24))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    content: Mapped[JsonObject] = mapped_column(default=dict)
    """Of one person. Nobody else's page ever reads it, or the two key-ins were not apart."""
    saved_at: Mapped[dt.datetime]
