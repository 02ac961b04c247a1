"""The log-in of this browser: its cookies, and who is behind them."""

import datetime as dt
import re
import secrets
from contextlib import suppress
from zoneinfo import ZoneInfo

from flask import Request, Response, current_app, g
from flask import session as form_session
from itsdangerous import BadSignature, URLSafeSerializer

from examday.domain.errors import Unavailable
from examday.domain.people.roles import Actor
from examday.domain.people.sites import EVERYWHERE
from examday.services.people import sessions, sites
from examday.services.people.log_in import Browser
from examday.services.people.sessions import LONGEST
from examday.services.people.sites import Place
from examday.services.unit_of_work import Store, UnitOfWork

COOKIE, KNOWN_COOKIE, BROWSER_COOKIE = "examday", "examday-people", "examday-browser"
"""Three, for they end differently: the session with the day, the others never with a log-out."""
ID = re.compile(r"[0-9a-f]{32}")
"""A thing as addresses and forms name it, alone or as «booklet:<id>»: at the centre it tells whose
page is asked for."""
BROWSER_KEPT = dt.timedelta(days=180)
"""Half a year holds the early, the main and the additional period of one year."""
REFRESH = dt.timedelta(minutes=1)
"""`seen_at` is written no more often than this: SQLite has one writer, and looking would be writing."""
LIVE_HEADER = "X-Fragment"
"""Sent by pages that refresh themselves: an open page alone must not keep a log-in alive."""


def store() -> Store:
    """The store as the site sees it at which this person works; before the log-in the whole."""
    found: Store = g.get("store") or whole_store()
    return found


def whole_store() -> Store:
    """The store of this app, of all its sites."""
    found: Store = current_app.extensions["examday.store"]
    return found


def load(request: Request) -> None:
    """Set g.session (row or None), g.person and g.actor from the cookie.

    Old or disabled sessions count as logged out.
    """
    g.session = g.person = g.actor = g.store = g.site = None
    g.new_cookie = g.known_cookie = g.browser_cookie = None
    cookie = request.cookies.get(COOKIE, "")
    if not cookie:
        return
    with store().read() as uow:
        found, now = sessions.find(uow, cookie), uow.now()
    if found is None:
        return
    g.session, g.person, g.actor = found.row, found.person, found.actor
    g.site = found.site
    if found.site is not None:
        g.store = store().at(found.site or _site_of_what(request))
    if abs(now - found.row.seen_at) > REFRESH and LIVE_HEADER not in request.headers:
        # A page that is only looked at must not fail because others write.
        with suppress(Unavailable), store().begin(Actor.system("web")) as uow:
            sessions.mark_seen(uow, found.row.key)


def _site_of_what(request: Request) -> str:
    """The installation's people work on a thing at its own site: in its ledger, by its clock."""
    named = [*(request.view_args or {}).values(), *request.values.values()]
    ids = [key for value in named for key in ID.findall(str(value))]
    with whole_store().read() as uow:
        return sites.whose(uow, ids)


def place() -> Place | None:
    """The exam point that this page is of; None at a station, which has no others."""
    if g.get("store") is None:
        return None
    if "place" not in g:
        with store().read() as uow:
            g.place = sites.place(uow)
    found: Place = g.place
    return found


def sees_region() -> bool:
    """Whether this page is of all points of a region, and not of one."""
    if "region" not in g:
        here = place()
        g.region = here is not None and not here.key and _are_several()
    return bool(g.region)


def look_at_region() -> bool:
    """Look at all points, though the form names a thing of one; False for who works at one point."""
    if g.get("site") == EVERYWHERE:
        g.store = whole_store()
        for name in ("place", "region"):
            g.pop(name, None)
    return sees_region()


def _are_several() -> bool:
    with store().read() as uow:
        return sites.are_several(uow)


def zone() -> ZoneInfo:
    """The time zone of what this page shows."""
    here = place()
    return ZoneInfo(here.zone) if here else whole_store().settings.time_zone


def start(uow: UnitOfWork, person_id: str) -> None:
    """Begin a fresh log-in (at the door and at each new proof).

    The old one is ended, with its form tokens.
    """
    started = sessions.start(uow, person_id, g.get("session"))
    form_session.clear()
    g.new_cookie, g.session = started.cookie, started.row


def end(uow: UnitOfWork) -> None:
    """Log out."""
    sessions.end(uow, g.get("session"))
    g.session = None


def proved_lately() -> bool:
    """Whether the person gave a secret within the last minutes."""
    return sessions.proved_lately(g.session, store().clock())


def known_people(request: Request) -> list[str]:
    """Return the ids of people who gave their password in this browser, the latest first.

    Only the last twelve hours count; these people may come back with their PIN.
    """
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

    The cookie opens nothing: it only keeps the wrong tries made here apart from those of strangers.
    """
    try:
        number, people = _browser_signer().loads(request.cookies.get(BROWSER_COOKIE, ""))
    except BadSignature:
        return None
    return Browser(number, frozenset(people))


def _browser_signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="number of this browser")


def _known(request: Request) -> list[list[str]]:
    try:
        # A cookie that is missing or was changed fails the signature: it knows nobody.
        found: list[list[str]] = _signer().loads(request.cookies.get(KNOWN_COOKIE, ""))
    except BadSignature:
        return []
    return found


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="people of this browser")


def save_cookie(response: Response, secure: bool) -> Response:
    """Send a new cookie when a session was started in this request."""
    # Every cookie here: no script of a page reads it, no foreign page has it sent along.
    if g.get("new_cookie"):
        response.set_cookie(
            COOKIE,
            g.new_cookie,
            httponly=True,
            samesite="Strict",
            secure=secure,
            path="/",
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
