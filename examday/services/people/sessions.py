"""Server-side log-ins.

There is a row per log-in, known by the hash of its cookie, so that log-out and closing an account
act at once.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.errors import NotFound
from examday.domain.people.roles import Actor
from examday.domain.people.sites import EVERYWHERE
from examday.domain.people.throttle import Lane
from examday.services.people import sites
from examday.services.unit_of_work import UnitOfWork
from examday.settings import Settings
from examday.storage import keys
from examday.storage.tables import Person
from examday.storage.tables_log_in import LoginAttempt, WebSession

IDLE = dt.timedelta(hours=1)
"""As long as a computer in a busy room may stand unused: a PIN brings the person back."""
LONGEST = dt.timedelta(hours=12)
"""An exam day. A log-in must not outlive it, however busy."""
CLOCK_MAY_STEP_BACK = dt.timedelta(minutes=5)
"""Time servers correct laptops by minutes; that must not log everybody out."""
SITE = "site"
"""Where a log-in keeps the site that its person chose: with the log-in, as another one of the same
person may look at another site."""
PROOF_HOLDS = dt.timedelta(minutes=10)
"""How long a fresh proof opens other people's accounts: the head may leave the computer."""


@dataclass(frozen=True)
class LoggedIn:
    """Who is behind a cookie. `actor` and `person` are None when the account has been closed."""

    row: WebSession
    person: Person | None
    """None where the account was closed meanwhile: what it may do is looked at anew with each request."""
    actor: Actor | None
    site: str | None = None
    """Where the person works now: people of several sites see one at a time. "" for those who see
    all; None at a station."""


@dataclass(frozen=True)
class Started:
    """A fresh log-in and the cookie that opens it; the cookie itself is kept nowhere."""

    cookie: str
    """Shown once: the table holds its hash alone."""
    row: WebSession


def cookie_key(settings: Settings) -> bytes:
    """Return the key of this station that signs cookies and form tokens."""
    return keys.kept_key(settings.keys, keys.WEB)


def key_of(cookie: str) -> str:
    """Return what the table knows a cookie by."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def find(uow: UnitOfWork, cookie: str) -> LoggedIn | None:
    """Return the log-in behind a cookie; None when there is none or it is too old."""
    row = uow.session.get(WebSession, key_of(cookie))
    if row is None or not _alive(row, uow.now()):
        return None
    person = uow.session.get(Person, row.person_id) if row.person_id else None
    if person is None or person.disabled:
        return LoggedIn(row, None, None)
    # A log-in that has chosen nothing opens no more than the own site.
    chosen = row.data.get(SITE, person.site or None)
    site = None if chosen is None else sites.entered(uow, person, chosen)
    actor = Actor(person.id, sites.roles_at(uow, person, site or EVERYWHERE), person.login)
    return LoggedIn(row, person, actor, site)


def _alive(row: WebSession, now: dt.datetime) -> bool:
    # A clock set back must not make a log-in eternal: the future counts as expired.
    return (
        dt.timedelta(0) <= now - row.seen_at + CLOCK_MAY_STEP_BACK
        and now - row.seen_at < IDLE
        and now - row.created_at < LONGEST
    )


def mark_seen(uow: UnitOfWork, key: str) -> None:
    """Keep a log-in alive; nothing happens when it has ended meanwhile."""
    row = uow.session.get(WebSession, key)
    if row is not None:
        row.seen_at = uow.now()


def start(uow: UnitOfWork, person_id: str, before: WebSession | None) -> Started:
    """Begin a log-in, at the door and at each fresh proof; the log-in `before` it ends."""
    end(uow, before)
    # 256 bits, which nobody guesses; ASVS 5.0 asks for 128 (7.2.3).
    cookie = secrets.token_urlsafe(32)
    now = uow.now()
    row = WebSession(
        key=key_of(cookie),
        person_id=person_id,
        created_at=now,
        seen_at=now,
        # A log-in is a proof too, so the head need not give the password twice.
        data={"proved_at": now.isoformat(), **_site(uow, person_id, before)},
    )
    return Started(cookie, uow.add(row))


def _site(uow: UnitOfWork, person_id: str, before: WebSession | None) -> dict[str, str]:
    """Where the person works, in an installation of several sites.

    A fresh proof of the same person does not lead elsewhere.
    """
    if before is not None and before.person_id == person_id:
        return {SITE: before.data[SITE]} if SITE in before.data else {}
    return {SITE: uow.get(Person, person_id).site} if sites.are_several(uow) else {}


def choose_site(uow: UnitOfWork, row: WebSession, person: Person, key: str) -> None:
    """Go on at another site.

    NotFound where the person does not serve.
    """
    if key not in {site.key for site in sites.places(uow, person)} and key != person.site:
        raise NotFound()
    held = uow.session.get(WebSession, row.key)
    if held is not None:
        held.data = {**held.data, SITE: key}


def end(uow: UnitOfWork, row: WebSession | None) -> None:
    """Log out: the row goes, so the cookie is worth nothing any more."""
    there = uow.session.get(WebSession, row.key) if row is not None else None
    if there is not None:
        uow.session.delete(there)


def proved_lately(row: WebSession | None, now: dt.datetime) -> bool:
    """Return whether a secret was given in the last ten minutes.

    Needed for changing other people's accounts.
    """
    if row is None or "proved_at" not in row.data:
        return False
    return dt.timedelta(0) <= now - dt.datetime.fromisoformat(row.data["proved_at"]) < PROOF_HOLDS


def end_sessions(uow: UnitOfWork, person_id: str) -> None:
    """Throw this person's log-ins away; their cookies are worth nothing from now on."""
    for row in uow.session.scalars(select(WebSession).where(WebSession.person_id == person_id)):
        uow.session.delete(row)


def forgive_tries(uow: UnitOfWork, person: Person) -> None:
    """Note that the head has reset a secret: the wrong tries before it count no more (`FORGIVING`)."""
    uow.add(
        LoginAttempt(
            login=person.login,
            purpose=Lane.RESET,
            ok=True,
            at=uow.now(),
        )
    )
