"""Server-side log-ins: a 256-bit cookie whose hash is the key of a row, so log-out and disabling act at once."""

import datetime as dt
import hashlib
import secrets
from typing import Any

from flask import Request, Response, current_app, g

from examday.domain.people import Actor, Role
from examday.storage.tables import Person, WebSession
from examday.storage.uow import Store, UnitOfWork

COOKIE = "examday"
IDLE = dt.timedelta(hours=1)
LONGEST = dt.timedelta(hours=12)


def store() -> Store:
    """The store of this app."""
    found: Store = current_app.extensions["examday.store"]
    return found


def key_of(cookie: str) -> str:
    """What the table knows a cookie by."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def load(request: Request) -> None:
    """Set g.session (row or None), g.person and g.actor from the cookie; old or disabled ones count as logged out."""
    g.session = g.person = g.actor = None
    g.new_cookie = None
    cookie = request.cookies.get(COOKIE, "")
    if not cookie:
        return
    with store().read() as uow:
        row = uow.session.get(WebSession, key_of(cookie))
        if row is None or not _alive(row, uow.now()):
            return
        g.session = row
        person = uow.session.get(Person, row.person_id) if row.person_id else None
        if person is not None and not person.disabled:
            g.person = person
            g.actor = Actor(person.id, frozenset(Role(r.role) for r in person.roles), person.login)


def _alive(row: WebSession, now: dt.datetime) -> bool:
    # A clock set back must not make a log-in eternal: the future counts as expired.
    return dt.timedelta(0) <= now - row.seen_at + dt.timedelta(minutes=5) and now - row.seen_at < IDLE \
        and now - row.created_at < LONGEST


def start(uow: UnitOfWork, person_id: str | None, data: dict[str, Any] | None = None) -> WebSession:
    """Begin a fresh session (at log-in, change of person and first visit); the old one is ended."""
    end(uow)
    cookie = secrets.token_urlsafe(32)
    row = WebSession(key=key_of(cookie), person_id=person_id, created_at=uow.now(), seen_at=uow.now(), data=data or {})
    uow.add(row)
    g.new_cookie, g.session = cookie, row
    return row


def end(uow: UnitOfWork) -> None:
    """Log out: the row goes, so the cookie is worth nothing any more."""
    if g.get("session") is not None:
        row = uow.session.get(WebSession, g.session.key)
        if row is not None:
            uow.session.delete(row)
        g.session = None


def save_cookie(response: Response, secure: bool) -> Response:
    """Send a new cookie when a session was started in this request."""
    if g.get("new_cookie"):
        response.set_cookie(COOKIE, g.new_cookie, httponly=True, samesite="Strict", secure=secure, path="/")
    return response
