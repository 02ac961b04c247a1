"""What waits for a person or a worker for a day at most."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from examday.domain.travel.delivery import Step
from examday.storage.base import Base, JsonObject, OfSite, WithId


class PlanUpload(WithId, OfSite, Base):
    """Tables of the plan that were sent together and wait for their report to be confirmed."""

    __tablename__ = "plan_upload"
    ledgered = False
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the packed set among the uploads: one that was exchanged meanwhile is not what was looked
    at."""
    at: Mapped[dt.datetime] = mapped_column(index=True)


class Delivery(WithId, OfSite, Base):
    """A station's bundle that was sent in by hand at the centre, until it is taken in or put away."""

    __tablename__ = "delivery"
    # Not recorded: what it brings is, when it is taken in.
    ledgered = False
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the file among the uploads: one that was exchanged meanwhile is not what was looked at."""
    size: Mapped[int] = mapped_column(BigInteger)
    step: Mapped[str] = mapped_column(String(8), default=Step.WAITS)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    """Who has said yes: the job acts in their name, long after the page was left."""
    seen: Mapped[JsonObject] = mapped_column(default=dict)
    """What a look at it has shown: the yes is to this and nothing else."""
    told: Mapped[JsonObject] = mapped_column(default=dict)
    """How far it is, what was taken in, or why it was refused: who does it is not who shows the
    page."""
    at: Mapped[dt.datetime] = mapped_column(index=True)


class Posting(WithId, OfSite, Base):
    """Somebody at a station has asked to send to the centre over the network."""

    __tablename__ = "posting"
    # What goes away is recorded when it does, and so is the receipt.
    ledgered = False
    step: Mapped[str] = mapped_column(String(8), default=Step.ASKED)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    told: Mapped[JsonObject] = mapped_column(default=dict)
    """How far it is, what has gone, or why it was refused: the page asks here, the worker is
    another process."""
    at: Mapped[dt.datetime] = mapped_column(index=True)


class LedgerCheck(WithId, OfSite, Base):
    """Somebody has asked for the check of a ledger that is too long to be waited for."""

    __tablename__ = "ledger_check"
    # A check changes nothing.
    ledgered = False
    step: Mapped[str] = mapped_column(String(8), default=Step.ASKED)
    code: Mapped[str] = mapped_column(String(32), default="")
    """From paper, as it was typed; empty where none was."""
    scans: Mapped[bool] = mapped_column(default=False)
    told: Mapped[JsonObject] = mapped_column(default=dict)
    """How far it is, what was found, or why it was refused."""
    at: Mapped[dt.datetime] = mapped_column(index=True)
