"""People who log in: throttled checks of their secrets, accounts kept by the head of the point.

Each check is recorded *and committed* before the hash is computed, and its outcome right after it:
a guess counts, and a right secret is no wrong try, even when everything after it is thrown away.
For that reason a secret is checked before anything is changed in the unit of work. Nobody else
writes LoginAttempt, so no caller can do it otherwise.
"""

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import selectinload

from examday.domain.errors import Broken, Conflict, Forbidden, Invalid
from examday.domain.messages import N_
from examday.domain.people import throttle
from examday.domain.people.roles import Actor, Role
from examday.domain.people.throttle import Lane
from examday.services.custody.booklets import require
from examday.services.people import hashes
from examday.services.people.hashes import hash_secret
from examday.storage.tables import LoginAttempt, Person, PersonRole, WebSession
from examday.storage.uow import CLOCK_JITTER, UnitOfWork

PASSWORD_MIN, PIN_MIN, PIN_MAX = 8, 4, 8
NOT_THE_SAME = N_("The two entries are not the same.")
NOT_THE_SAME_ADVICE = N_("Type the new secret twice, the same both times.")
LOGIN = re.compile(r"[a-zа-яё0-9][a-zа-яё0-9._-]{1,63}")


@dataclass(frozen=True)
class Browser:
    """A browser by the number in its signed cookie, and the people who have given their password
    in it."""

    number: str
    people: frozenset[str]


@dataclass(frozen=True)
class Counter:
    """Where one try is counted: lane and key."""

    lane: Lane
    key: str


def actor_of(person: Person) -> Actor:
    """The person as somebody who acts."""
    return Actor(person.id, frozenset(Role(row.role) for row in person.roles), person.login)


def by_login(uow: UnitOfWork, login: str) -> Person | None:
    """The person with this login (case and outer blanks do not matter)."""
    return uow.session.scalar(select(Person).where(Person.login == login.strip().lower()))


def enter(
    uow: UnitOfWork, login: str, password: str, pin: str = "", browser: Browser | None = None
) -> Person:
    """Log in. A locked account opens for password and PIN together, or after the head has reset
    the secret.

    Password and PIN together get in whatever strangers do, and so does the password alone in a
    browser that the person has used before, or the one-time password of somebody who has no own
    secrets yet.
    """
    _must_come_first(uow)
    person = by_login(uow, login)
    _refuse_foreign(uow, person)
    _one_at_a_time(uow, person)
    counter, locked = _counter(uow, person, login, password, pin, browser), False
    if counter.lane != Lane.PAIR:
        locked = _allow(uow, person, counter, with_both=bool(pin))
    attempt = _take_attempt(uow, counter)
    good = hashes.matches(uow.settings, person.password_hash if person else "", password)
    right = {"password_hash": password}
    if locked or counter.lane == Lane.PAIR and person is not None and person.pin_hash:
        good = hashes.matches(uow.settings, person.pin_hash if person else "", pin) and good
        right["pin_hash"] = pin
        if good and person is not None:  # both were right: nothing that came before counts any more
            attempt.login, attempt.purpose = person.login, Lane.PAIR
    person = _judge(uow, person, attempt, good, right)
    uow.actor = actor_of(person)
    uow.record("person:enter", f"person:{person.id}")
    return person


def check_secret(
    uow: UnitOfWork, person_id: str, secret: str, browser: Browser | None = None
) -> Person:
    """The person, when `secret` is their own PIN or password; for signing and taking over, also at
    a colleague's computer. Must come first in the unit of work. Errors: Forbidden (wrong),
    Conflict «wait» or «locked».

    Counted apart for each log-in in which it is given, or for each `browser` where somebody comes
    back.
    """
    _must_come_first(uow)
    person = uow.session.get(Person, person_id) if person_id else None
    _refuse_foreign(uow, person)
    if (
        person is not None and person.must_change
    ):  # the head knows the one-time password, and must not sign with it
        raise Forbidden(
            N_("This person has not set an own password and PIN yet."),
            code="own-first",
            advice=N_("Log in once with the one-time password and choose them; then sign."),
        )
    _one_at_a_time(uow, person)
    counter = (
        _known(person_id, browser)
        if browser
        else Counter(Lane.SIGN, _key(person_id, uow.actor.person_id))
    )
    _allow(uow, person, counter, with_both=False)
    attempt = _take_attempt(uow, counter)
    # The PIN is short: asked for first, so that the usual case costs one hash.
    for field in ("pin_hash", "password_hash") if person else ("",):
        good = hashes.matches(uow.settings, getattr(person, field) if person else "", secret)
        if good:
            break
    return _judge(uow, person, attempt, good, {field: secret})


def _must_come_first(uow: UnitOfWork) -> None:
    if (
        not uow.untouched
    ):  # the attempt is committed at once, and so would be whatever was changed before
        raise RuntimeError("a secret is checked before anything is changed")


def _refuse_foreign(uow: UnitOfWork, person: Person | None) -> None:
    """Say that the key is missing instead of calling every secret wrong."""
    if person is not None and any(
        hashes.foreign(uow.settings, stored) for stored in (person.password_hash, person.pin_hash)
    ):
        raise missing_pepper()


def missing_pepper() -> Broken:
    """Passwords and PINs were made with a key that this station does not have."""
    return Broken(
        N_("The key to the passwords and PINs of this station is missing."),
        code="pepper",
        advice=N_(
            "Bring var/keys/pepper.key back from the backup. Without it, give everybody a new "
            "one-time password: examday people reset LOGIN. Nothing that was signed is lost."
        ),
    )


def lacks_pepper(uow: UnitOfWork) -> bool:
    """Is there anybody whose secrets were made with a key that this station does not have?"""
    return any(
        hashes.foreign(uow.settings, stored)
        for person in uow.session.scalars(select(Person))
        for stored in (person.password_hash, person.pin_hash)
    )


def _one_at_a_time(uow: UnitOfWork, person: Person | None) -> None:
    if person is not None:  # two guesses at once must not both count as the fifth
        uow.session.scalar(select(Person.id).where(Person.id == person.id).with_for_update())


def _key(*parts: str) -> str:
    return "#" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


def _known(person_id: str, browser: Browser) -> Counter:
    return Counter(Lane.KNOWN, _key(person_id, "browser", browser.number))


def _counter(
    uow: UnitOfWork,
    person: Person | None,
    typed: str,
    password: str,
    pin: str,
    browser: Browser | None,
) -> Counter:
    """The lane of a log-in. Whether password and PIN may be right is looked at for every try and
    every login alike, with as much work, so that neither answer nor time tells a stranger which of
    them was wrong."""
    # What was typed as an unknown login may be somebody's password: only its digest is kept.
    login = (
        person.login
        if person
        else "?" + hashlib.sha256(typed.strip().lower().encode()).hexdigest()[:40]
    )
    likely = hashes.may_match(uow.settings, person.password_hash if person else "", password)
    first_time = person is not None and person.must_change and not person.pin_hash
    if pin:
        both = hashes.may_match(uow.settings, person.pin_hash if person else "", pin) and likely
        pair, stray = Counter(Lane.PAIR, login), Counter(Lane.STRAY, login if person else "?")
        if not _flood(uow, stray):
            waits = bool(_pair_ruling(uow, pair).wait)
            if both and not waits:
                return pair
            if not both and not (first_time and likely):
                _take_attempt(uow, pair if likely and not waits else stray)
    if first_time and likely and not _pair_ruling(uow, Counter(Lane.PAIR, login)).wait:
        return Counter(Lane.PAIR, login)
    if person is not None and browser is not None and person.id in browser.people:
        return _known(person.id, browser)
    return Counter(Lane.STRANGER, login)


def _flood(uow: UnitOfWork, stray: Counter) -> bool:
    """More than five such tries a second; older ones are thrown away, so that strangers cannot
    fill the disk."""
    now, these = uow.now(), (LoginAttempt.login == stray.key, LoginAttempt.purpose == stray.lane)
    minute = now - dt.timedelta(minutes=1)
    uow.session.execute(delete(LoginAttempt).where(*these, LoginAttempt.at < minute))
    recent = (
        select(func.count())
        .select_from(LoginAttempt)
        .where(*these, LoginAttempt.at <= now + CLOCK_JITTER)
    )
    return (uow.session.scalar(recent) or 0) >= throttle.FLOOD_PER_MINUTE


def _pair_ruling(uow: UnitOfWork, counter: Counter) -> throttle.Ruling:
    return _rule(uow, counter, uow.now() - throttle.PAIR_MEMORY)


def _rule(uow: UnitOfWork, counter: Counter, since: dt.datetime | None) -> throttle.Ruling:
    # What lies in the future stems from a clock that was set back: it neither locks nor forgives.
    wanted = select(LoginAttempt.at, LoginAttempt.ok).where(
        LoginAttempt.login == counter.key,
        LoginAttempt.purpose == counter.lane,
        LoginAttempt.at <= uow.now() + CLOCK_JITTER,
    )
    if since is not None:
        wanted = wanted.where(LoginAttempt.at > since)
    rows = uow.session.execute(
        wanted.order_by(LoginAttempt.at.desc(), LoginAttempt.id).limit(50)
    ).all()
    return throttle.rule([(row.at, row.ok) for row in rows], uow.now())


def _forgiven(uow: UnitOfWork, person: Person | None) -> dt.datetime | None:
    """When this person last gave both secrets together or got a new one."""
    if person is None:
        return None
    return uow.session.scalar(
        select(LoginAttempt.at)
        .where(
            LoginAttempt.login == person.login,
            LoginAttempt.purpose.in_(throttle.FORGIVING),
            LoginAttempt.ok,
            LoginAttempt.at <= uow.now() + CLOCK_JITTER,
        )
        .order_by(LoginAttempt.at.desc())
        .limit(1)
    )


def _allow(uow: UnitOfWork, person: Person | None, counter: Counter, with_both: bool) -> bool:
    """Is the lane locked? Conflict when it allows no try now."""
    ruling = _rule(uow, counter, _forgiven(uow, person))
    wait = ruling.wait
    if counter.lane == Lane.STRANGER:
        wait = max(wait, _crowd(uow))
    if wait:
        advice = (
            N_("With password and PIN together you need not wait. Colleagues can work on.")
            if counter.lane in (Lane.STRANGER, Lane.KNOWN)
            else N_("Only this account waits; colleagues can work on.")
        )
        raise Conflict(
            N_("Too many tries. Wait %(seconds)s seconds and try again."),
            code="wait",
            advice=advice,
            params={"seconds": wait},
        )
    if ruling.locked and not with_both:
        raise locked_out()
    return ruling.locked


def _crowd(uow: UnitOfWork) -> int:
    """Seconds until strangers as a whole may try again."""
    now = uow.now()
    wrong = uow.session.scalars(
        select(LoginAttempt.at)
        .where(
            LoginAttempt.purpose == Lane.STRANGER,
            LoginAttempt.ok.is_(False),
            LoginAttempt.at > now - dt.timedelta(minutes=1),
            LoginAttempt.at <= now + CLOCK_JITTER,
        )
        .order_by(LoginAttempt.at.desc())
        .limit(throttle.STRANGERS_PER_MINUTE)
    ).all()
    return throttle.crowd(wrong, now)


def _take_attempt(uow: UnitOfWork, counter: Counter) -> LoginAttempt:
    attempt = uow.add(LoginAttempt(login=counter.key, purpose=counter.lane, at=uow.now()))
    uow.session.commit()
    return attempt


def locked_out() -> Conflict:
    """The account is locked until password and PIN are given together or the head resets the
    secret."""
    return Conflict(
        N_("This account is locked after %(tries)s wrong tries."),
        code="locked",
        advice=N_(
            "Log in with password and PIN together, or ask the head of the point for a new password. "
            "Colleagues can work on."
        ),
        params={"tries": throttle.LOCK_AFTER},
    )


def _judge(
    uow: UnitOfWork, person: Person | None, attempt: LoginAttempt, good: bool, right: dict[str, str]
) -> Person:
    """The person, when the secret was good; the success is written down for good before anything
    else happens."""
    if person is None or not good or person.disabled:
        raise Forbidden(
            N_("The login or the secret is wrong."),
            code="wrong-secret",
            advice=N_(
                "Check the keyboard language and try again; after ten wrong tries the account "
                "is locked."
            ),
        )
    attempt.ok = True
    old = {field for field in right if hashes.outdated(uow.settings, getattr(person, field))}
    for field in old:
        setattr(person, field, hash_secret(uow.settings, right[field]))
    if old:
        uow.record("person:renew-hash", f"person:{person.id}")
    uow.commit()
    return person


def check_password(password: str, login: str) -> None:
    """Invalid when the password is too short or holds the login."""
    if len(password) < PASSWORD_MIN:
        raise Invalid(
            N_("The password is too short."),
            code="password",
            advice=N_("Use at least %(least)s characters; a short sentence is easy to remember."),
            params={"least": PASSWORD_MIN},
        )
    if login and login.lower() in password.lower():
        raise Invalid(
            N_("The password contains the login."),
            code="password",
            advice=N_("Choose a password that others cannot guess from your login."),
        )


def check_pin(pin: str) -> None:
    """Invalid unless the PIN is 4 to 8 digits that are not all the same nor counted up or down."""
    if not (pin.isascii() and pin.isdigit() and PIN_MIN <= len(pin) <= PIN_MAX):
        raise Invalid(
            N_("A PIN has %(least)s to %(most)s digits."),
            code="pin",
            advice=N_("Use digits only."),
            params={"least": PIN_MIN, "most": PIN_MAX},
        )
    steps = {int(b) - int(a) for a, b in zip(pin, pin[1:], strict=False)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        raise Invalid(
            N_("This PIN is too easy to guess."),
            code="pin",
            advice=N_("Choose digits that are not equal and not in a row."),
        )


def set_own_secrets(uow: UnitOfWork, person_id: str, password: str, pin: str) -> Person:
    """Own password and own PIN, at first use or later. The page has just checked the present
    password."""
    person = uow.get(Person, person_id)
    check_password(password, person.login)
    check_pin(pin)
    if hashes.matches(uow.settings, person.password_hash, password):
        raise Invalid(
            N_("This is still the old password."), code="password", advice=N_("Choose a new one.")
        )
    person.password_hash, person.pin_hash = (
        hash_secret(uow.settings, password),
        hash_secret(uow.settings, pin),
    )
    person.must_change = False
    end_sessions(uow, person.id)
    uow.record("person:own-secrets", f"person:{person.id}")
    return person


def one_time_password() -> str:
    """A password for the first log-in: ten digits, which need no particular keyboard and can be
    read aloud."""
    digits = f"{secrets.randbelow(10**10):010d}"
    return f"{digits[:4]}-{digits[4:7]}-{digits[7:]}"


def list_people(uow: UnitOfWork) -> list[Person]:
    """Everybody, in the order of the alphabet («Ё» beside «Е» on every database)."""
    people = uow.session.scalars(select(Person).options(selectinload(Person.roles))).all()
    return sorted(people, key=lambda p: (p.disabled, p.name.lower().replace("ё", "е"), p.login))


def people_with(uow: UnitOfWork, roles: Iterable[Role]) -> list[Person]:
    """Enabled people who hold one of `roles`."""
    wanted = frozenset(roles)
    return [p for p in list_people(uow) if not p.disabled and wanted & actor_of(p).roles]


def add_person(uow: UnitOfWork, login: str, name: str, roles: Iterable[Role]) -> tuple[Person, str]:
    """A new account; returns it with the one-time password, which is shown once and kept nowhere."""
    require(uow, "people.edit")
    password = one_time_password()
    person = _new_person(uow, login, name, roles, password)
    uow.record("person:add", f"person:{person.id}", roles=sorted(r.role for r in person.roles))
    return person, password


def _new_person(
    uow: UnitOfWork, login: str, name: str, roles: Iterable[Role], password: str
) -> Person:
    login, name, wanted = login.strip().lower(), name.strip(), check_roles(roles)
    if not LOGIN.fullmatch(login):
        raise Invalid(
            N_("A login has 2 to 64 letters, digits, dots, dashes."),
            code="login",
            advice=N_("Use a short name without blanks, for example «petrova»."),
        )
    if not 2 <= len(name) <= 200:
        raise Invalid(
            N_("The name is missing."),
            code="name",
            advice=N_("Enter surname and initials as on the pass."),
        )
    if by_login(uow, login):
        raise Invalid(N_("This login is taken."), code="login", advice=N_("Choose another one."))
    person = Person(login=login, name=name, password_hash=hash_secret(uow.settings, password))
    uow.add(person)
    uow.session.flush()
    person.roles.extend(PersonRole(person_id=person.id, role=role.value) for role in wanted)
    return person


def check_roles(roles: Iterable[Role]) -> list[Role]:
    """Invalid when nothing, or the program's own role, is asked for."""
    wanted = sorted(set(roles))
    if not wanted or Role.SYSTEM in wanted:
        raise Invalid(
            N_("Choose at least one role."),
            code="roles",
            advice=N_("The role says what a person may do."),
        )
    return wanted


def create_head(uow: UnitOfWork, login: str, name: str, password: str, pin: str) -> Person:
    """The first account of an empty station; the head chooses the secrets. Conflict when there is
    a head already."""
    uow.queue("heads")
    if people_with(uow, {Role.SITE_HEAD}):
        raise Conflict(
            N_("This station already has a head of the point."),
            code="has-head",
            advice=N_("Log in with that account; the head adds everybody else."),
        )
    check_password(password, login)
    check_pin(pin)
    person = _new_person(uow, login, name, {Role.SITE_HEAD}, password)
    person.pin_hash, person.must_change = hash_secret(uow.settings, pin), False
    uow.record("person:first-head", f"person:{person.id}")
    return person


def change_person(uow: UnitOfWork, person_id: str, name: str, roles: Iterable[Role]) -> Person:
    """Another name or other roles; log-ins end when roles change, so that nobody works on with old
    rights."""
    require(uow, "people.edit")
    person, wanted = uow.get(Person, person_id), {role.value for role in check_roles(roles)}
    if not 2 <= len(name.strip()) <= 200:
        raise Invalid(
            N_("The name is missing."),
            code="name",
            advice=N_("Enter surname and initials as on the pass."),
        )
    if Role.SITE_HEAD not in wanted:
        _keep_a_head(uow, person)
    person.name = name.strip()
    held = {row.role: row for row in person.roles}
    for role in held.keys() - wanted:
        uow.session.delete(held[role])
        person.roles.remove(held[role])
    person.roles.extend(
        PersonRole(person_id=person.id, role=role) for role in sorted(wanted - held.keys())
    )
    if wanted != held.keys():
        end_sessions(uow, person.id)
    uow.record("person:change", f"person:{person.id}", roles=sorted(wanted))
    return person


def disable(uow: UnitOfWork, person_id: str) -> Person:
    """No more log-ins for this person; present ones end at once."""
    require(uow, "people.edit")
    person = uow.get(Person, person_id)
    _keep_a_head(uow, person)
    person.disabled = True
    end_sessions(uow, person.id)
    uow.record("person:disable", f"person:{person.id}")
    return person


def enable(uow: UnitOfWork, person_id: str) -> Person:
    """The person may log in again."""
    require(uow, "people.edit")
    person = uow.get(Person, person_id)
    person.disabled = False
    uow.record("person:enable", f"person:{person.id}")
    return person


def reset_secret(uow: UnitOfWork, person_id: str) -> str:
    """A new one-time password; opens a locked account, ends its log-ins, asks for own secrets at
    the next log-in."""
    require(uow, "people.edit")
    person, password = uow.get(Person, person_id), one_time_password()
    person.password_hash, person.pin_hash, person.must_change = (
        hash_secret(uow.settings, password),
        "",
        True,
    )
    uow.add(LoginAttempt(login=person.login, purpose=Lane.RESET, ok=True, at=uow.now()))
    end_sessions(uow, person.id)
    uow.record("person:reset", f"person:{person.id}")
    return password


def end_sessions(uow: UnitOfWork, person_id: str) -> None:
    """Throw this person's log-ins away; their cookies are worth nothing from now on."""
    for row in uow.session.scalars(select(WebSession).where(WebSession.person_id == person_id)):
        uow.session.delete(row)


def locked(uow: UnitOfWork, person: Person) -> bool:
    """True when the account waits for help."""
    return _rule(uow, Counter(Lane.STRANGER, person.login), _forgiven(uow, person)).locked


def _keep_a_head(uow: UnitOfWork, person: Person) -> None:
    uow.queue("heads")  # two heads who close each other's account at once must not both succeed
    heads = [p.id for p in people_with(uow, {Role.SITE_HEAD})]
    if heads == [person.id]:
        raise Conflict(
            N_("This is the only head of the point."),
            code="last-head",
            advice=N_("Give the role to somebody else first."),
        )
