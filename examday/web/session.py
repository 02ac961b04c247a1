"""Server-side log-ins: a 256-bit cookie whose hash is the key of a row, so log-out and disabling
act at once."""

import datetime as dt
import hashlib
import secrets
from contextlib import suppress
from typing import Any

from flask import Request, Response, current_app, g
from flask import session as form_session
from itsdangerous import BadSignature, URLSafeSerializer

from examday.domain.errors import Unavailable
from examday.domain.people.roles import Actor, Role
from examday.services.people.log_in import Browser
from examday.storage.tables import Person, WebSession
from examday.storage.uow import Store, UnitOfWork

COOKIE, KNOWN_COOKIE, BROWSER_COOKIE = "examday", "examday-people", "examday-browser"
IDLE = dt.timedelta(hours=1)
LONGEST = dt.timedelta(hours=12)
BROWSER_KEPT = dt.timedelta(days=180)
REFRESH = dt.timedelta(minutes=1)
PROOF_HOLDS = dt.timedelta(minutes=10)
LIVE_HEADER = "X-Fragment"
"""Sent by pages that refresh themselves: an open page alone must not keep a log-in alive."""


def store() -> Store:
    """The store of this app."""
    found: Store = current_app.extensions["examday.store"]
    return found


def key_of(cookie: str) -> str:
    """What the table knows a cookie by."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def load(request: Request) -> None:
    """Set g.session (row or None), g.person and g.actor from the cookie; old or disabled ones
    count as logged out."""
    g.session = g.person = g.actor = None
    g.new_cookie = g.known_cookie = g.browser_cookie = None
    cookie = request.cookies.get(COOKIE, "")
    if not cookie:
        return
    with store().read() as uow:
        row = uow.session.get(WebSession, key_of(cookie))
        now = uow.now()
        if row is None or not _alive(row, now):
            return
        g.session = row
        person = uow.session.get(Person, row.person_id) if row.person_id else None
        if person is not None and not person.disabled:
            g.person = person
            g.actor = Actor(person.id, frozenset(Role(r.role) for r in person.roles), person.login)
    if abs(now - row.seen_at) > REFRESH and LIVE_HEADER not in request.headers:
        with suppress(
            Unavailable
        ):  # a page that is only looked at must not fail because others write
            _seen(row.key)


def _seen(key: str) -> None:
    with store().begin(Actor.system("web")) as uow:
        row = uow.session.get(WebSession, key)
        if row is not None:
            row.seen_at = uow.now()


def _alive(row: WebSession, now: dt.datetime) -> bool:
    # A clock set back must not make a log-in eternal: the future counts as expired.
    return (
        dt.timedelta(0) <= now - row.seen_at + dt.timedelta(minutes=5)
        and now - row.seen_at < IDLE
        and now - row.created_at < LONGEST
    )


def start(uow: UnitOfWork, person_id: str | None, data: dict[str, Any] | None = None) -> WebSession:
    """Begin a fresh session (at log-in and at each new proof); the old one is ended, with its form
    tokens."""
    end(uow)
    form_session.clear()
    cookie = secrets.token_urlsafe(32)
    row = WebSession(
        key=key_of(cookie),
        person_id=person_id,
        created_at=uow.now(),
        seen_at=uow.now(),
        data={"proved_at": uow.now().isoformat(), **(data or {})},
    )
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


def proved_lately(now: dt.datetime) -> bool:
    """True when the person gave a secret within the last ten minutes: what changing other people's
    accounts needs."""
    if g.session is None or "proved_at" not in g.session.data:
        return False
    return (
        dt.timedelta(0)
        <= now - dt.datetime.fromisoformat(g.session.data["proved_at"])
        < PROOF_HOLDS
    )


def known_people(request: Request) -> list[str]:
    """Ids of people who gave their password in this browser within the last twelve hours, the
    latest first: they may come back with their PIN."""
    now = store().clock()
    return [
        key
        for key, at in _known(request)
        if dt.timedelta(0) <= now - dt.datetime.fromisoformat(at) < LONGEST
    ]


def remember(request: Request, person_id: str) -> None:
    """After a full log-in: this browser knows the person for the rest of the day."""
    others = [row for row in _known(request) if row[0] != person_id]
    g.known_cookie = _signer().dumps([[person_id, store().clock().isoformat()], *others][:12])
    here = browser_of(request)
    number, before = (here.number, here.people) if here else (secrets.token_hex(16), frozenset())
    g.browser_cookie = _browser_signer().dumps(
        [number, [person_id, *sorted(before - {person_id})][:40]]
    )


def browser_of(request: Request) -> Browser | None:
    """The browser as its long-lived cookie tells it; None for one in which nobody has logged in.
    The cookie opens nothing: it only keeps the wrong tries made here apart from those of
    strangers."""
    try:
        number, people = _browser_signer().loads(request.cookies.get(BROWSER_COOKIE, ""))
    except BadSignature:
        return None
    return Browser(number, frozenset(people))


def _browser_signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="number of this browser")


def _known(request: Request) -> list[list[str]]:
    try:
        found: list[list[str]] = _signer().loads(request.cookies.get(KNOWN_COOKIE, ""))
    except BadSignature:
        return []
    return found


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="people of this browser")


def save_cookie(response: Response, secure: bool) -> Response:
    """Send a new cookie when a session was started in this request."""
    if g.get("new_cookie"):
        response.set_cookie(
            COOKIE, g.new_cookie, httponly=True, samesite="Strict", secure=secure, path="/"
        )
    if g.get("known_cookie"):
        response.set_cookie(
            KNOWN_COOKIE,
            g.known_cookie,
            httponly=True,
            samesite="Strict",
            secure=secure,
            path="/",
            max_age=int(LONGEST.total_seconds()),
        )
    if g.get("browser_cookie"):
        response.set_cookie(
            BROWSER_COOKIE,
            g.browser_cookie,
            httponly=True,
            samesite="Strict",
            secure=secure,
            path="/",
            max_age=int(BROWSER_KEPT.total_seconds()),
        )
    return response
