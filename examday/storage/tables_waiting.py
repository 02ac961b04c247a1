"""What waits for a person or a worker for a day at most, and is thrown away then."""

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from examday.storage.base import Base, OfSite, WithId


class PlanUpload(WithId, OfSite, Base):
    """Tables of the plan that were sent together and wait for their report to be confirmed."""

    __tablename__ = "plan_upload"
    ledgered = False
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the packed set, which lies among the uploads."""
    at: Mapped[dt.datetime] = mapped_column(index=True)
