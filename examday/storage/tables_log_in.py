"""Log-ins and tries to log in. None of it is in the ledger: it is thrown away after its time."""

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from examday.storage.base import Base, JsonObject, WithId


class WebSession(Base):
    """A log-in, kept on the server.

    The key is the hash of the cookie, so the table is no use to a thief.
    """

    __tablename__ = "web_session"
    ledgered = False
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    """A log-in ends after hours without use: laptops are left open in rooms."""
    data: Mapped[JsonObject] = mapped_column(default=dict)


class LoginAttempt(WithId, Base):
    """One try to prove who one is, recorded before it is checked; what throttling counts."""

    __tablename__ = "login_attempt"
    ledgered = False
    login: Mapped[str] = mapped_column(String(64), index=True)
    purpose: Mapped[str] = mapped_column(String(16), default="login")
    """The lane it counts in (strangers, a known browser, a signature): strangers must not lock out
    a signer."""
    ok: Mapped[bool] = mapped_column(default=False)
    """Written apart from the step it was for: a right secret is no wrong try when the step is
    refused."""
    at: Mapped[dt.datetime]
