"""Proving oneself with one's own secret.

These are the throttled checks of passwords and PINs, at the log-in and for each signature.

This is the one act of its kind. Nobody else compares a secret, and each ledger entry that follows
in the same unit of work names who gave the secret and who was logged in at that computer.

Each check is recorded *and committed* before the hash is computed, and its outcome right after it:
a guess counts, and a right secret is no wrong try, even when everything after it is thrown away.
For that reason a secret is checked before anything is changed in the unit of work. Nobody else
writes LoginAttempt, except for the note that the head has reset a secret.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, func, select

from examday.domain.errors import Broken, Conflict, Forbidden, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people import throttle
from examday.domain.people.roles import Proof
from examday.domain.people.throttle import Lane
from examday.services.ledger.writing import CLOCK_JITTER
from examday.services.people import hashes
from examday.services.people.directory import acting, at_work_here, by_login
from examday.services.people.hashes import hash_secret
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person
from examday.storage.tables_log_in import LoginAttempt


class Part(StrEnum):
    """What somebody who proves themselves does at the computer where they stand."""

    ACTS = "acts"
    """The act is theirs: a log-in, a signature. The ledger names them as who did it."""
    CONFIRMS = "confirms"
    """They confirm the act of whoever is logged in: they receive a work, consent, countersign."""


KEYBOARD = N_(
    "Check the keyboard language and try again; after ten wrong tries the account is locked."
)
WRONG_LOG_IN = (N_("The login or the password is wrong."), KEYBOARD)
"""One sentence for both: it does not tell a stranger which of them is wrong."""
WRONG_BOTH = (N_("The login, the password or the PIN is wrong."), KEYBOARD)
NO_SECRET = (
    N_("Neither a PIN nor a password was entered."),
    N_("Type your own and press the button again. Nothing was done, and no wrong try is counted."),
)
NO_NAME = (
    N_("No name is chosen."),
    N_("Choose the name and enter the PIN; no try was counted."),
)
WRONG_SIGN = (
    N_("This PIN or password does not fit."),
    N_(
        "Check whose PIN is asked for and whether Num Lock is on; after ten wrong tries the account "
        "is locked."
    ),
)
"""Said where the person is known already, so that it can name what was asked for."""


@dataclass(frozen=True)
class Browser:
    """A browser by the number in its signed cookie.

    With it the people who have given their password in it.
    """

    number: str
    people: frozenset[str]
    """Their tries here count apart from those of strangers, so that a stranger keeps nobody out."""


@dataclass(frozen=True)
class Counter:
    """Where one try is counted: lane and key."""

    lane: Lane
    key: str


def enter(
    uow: UnitOfWork,
    login: str,
    password: str,
    pin: str = "",
    browser: Browser | None = None,
) -> Person:
    """Log in.

    A locked account opens for password and PIN together, or after the head has reset the secret.

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
    good = hashes.matches(uow.settings, _stored(person, "password_hash"), password)
    right = {"password_hash": password}
    if locked or counter.lane == Lane.PAIR and person is not None and person.pin_hash:
        good = hashes.matches(uow.settings, _stored(person, "pin_hash"), pin) and good
        right["pin_hash"] = pin
        if good and person is not None:  # both were right: nothing that came before counts any more
            attempt.login, attempt.purpose = person.login, Lane.PAIR
    wrong = WRONG_BOTH if pin else WRONG_LOG_IN
    person = _proven(uow, _judge(uow, person, attempt, good, right, wrong), Part.ACTS)
    uow.record(Event.PERSON_ENTER, f"person:{person.id}")
    return person


def prove_oneself(
    uow: UnitOfWork,
    person_id: str,
    secret: str,
    part: Part,
    browser: Browser | None = None,
) -> Person:
    """Return the person, when `secret` is their own PIN or password; also at a colleague's computer.

    From then on the unit of work knows signer and computer; with `part` ACTS, the signer is also
    who acts. Must come first in the unit of work, whose transaction it ends: what was held before
    is held anew after it. Tries are counted apart for each log-in in which the secret is given, or
    for each `browser` where somebody comes back. Errors: Invalid (no name, field «person»), Forbidden
    (wrong), Conflict «wait» or «locked».
    """
    _must_come_first(uow)
    if not person_id:  # the PIN of nobody would only be called wrong, and counted
        raise Invalid(NO_NAME[0], code="nobody", field="person", advice=NO_NAME[1])
    if not secret:  # Enter pressed too early is no guess: it is not counted among the wrong tries
        raise Forbidden(NO_SECRET[0], code="no-secret", advice=NO_SECRET[1])
    person = at_work_here(uow, person_id)
    _refuse_foreign(uow, person)
    if (
        person is not None and person.must_change
    ):  # the head knows the one-time password, and must not sign with it
        raise Forbidden(
            N_("This person has not set an own password and PIN yet."),
            code="own-secret-first",
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
        good = hashes.matches(uow.settings, _stored(person, field), secret)
        if good:
            break
    return _proven(uow, _judge(uow, person, attempt, good, {field: secret}, WRONG_SIGN), part)


def _proven(uow: UnitOfWork, person: Person, part: Part) -> Person:
    """Let the unit of work know who gave the secret, and at whose computer."""
    uow.proof = Proof(signer=person.id, computer_of=uow.actor.person_id)
    if part is Part.ACTS:
        uow.actor = acting(uow, person)
    return person


def come_back(
    uow: UnitOfWork,
    person_id: str,
    pin: str,
    browser: Browser,
) -> Person:
    """Log in with the PIN in a browser where the person gave the password today."""
    person = prove_oneself(uow, person_id, pin, Part.ACTS, browser)
    uow.record(Event.PERSON_ENTER, f"person:{person.id}", by="pin")
    return person


def enter_anew(uow: UnitOfWork, person_id: str, secret: str) -> Person:
    """Have whoever is logged in prove it once more, before other people's accounts are changed."""
    person = prove_oneself(uow, person_id, secret, Part.ACTS)
    uow.record(Event.PERSON_ENTER, f"person:{person.id}", by="proof")
    return person


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
    """Return whether anybody has secrets that were made with a key that this station lacks."""
    return any(
        hashes.foreign(uow.settings, stored)
        for person in uow.session.scalars(select(Person))
        for stored in (person.password_hash, person.pin_hash)
    )


def _one_at_a_time(uow: UnitOfWork, person: Person | None) -> None:
    if person is not None:  # two guesses at once must not both count as the fifth
        uow.session.scalar(select(Person.id).where(Person.id == person.id).with_for_update())


def _key(*parts: str) -> str:
    # No log-in begins with «#», so no key can be taken for one.
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
    """Return the lane of a log-in.

    Whether password and PIN may be right is looked at for every try and every login alike, with as
    much work, so that neither answer nor time tells a stranger which of them was wrong.
    """
    login = _counted_login(person, typed)
    # For every login, also an unknown one: the same work tells a stranger nothing.
    likely = hashes.may_match(uow.settings, _stored(person, "password_hash"), password)
    first_time = person is not None and person.must_change and not person.pin_hash
    pair = Counter(Lane.PAIR, login)
    if pin and _may_be_pair(uow, person, pair, pin, likely, first_time):
        return pair
    # A new person has no PIN yet: the one-time password stands for both.
    if first_time and likely and not _pair_ruling(uow, pair).wait:
        return pair
    return _lane_of_one_secret(person, login, browser)


def _lane_of_one_secret(person: Person | None, login: str, browser: Browser | None) -> Counter:
    """Return the lane of a log-in with the password alone: known browsers are counted apart."""
    if person is not None and browser is not None and person.id in browser.people:
        return _known(person.id, browser)
    return Counter(Lane.STRANGER, login)


def _counted_login(person: Person | None, typed: str) -> str:
    """Return under which name a try is kept.

    What was typed as an unknown login may be somebody's password: only its digest is kept.
    """
    if person is not None:
        return person.login
    return "?" + hashlib.sha256(typed.strip().lower().encode()).hexdigest()[:40]


def _may_be_pair(
    uow: UnitOfWork,
    person: Person | None,
    pair: Counter,
    pin: str,
    likely: bool,
    first_time: bool,
) -> bool:
    """Return whether password and PIN, given together, may be right and tried now.

    A pair that cannot be right is counted here. `likely`: the password may be right.
    """
    both = hashes.may_match(uow.settings, _stored(person, "pin_hash"), pin) and likely
    stray = Counter(Lane.STRAY, person.login if person else "?")
    if _flood(uow, stray):
        return False
    waits = bool(_pair_ruling(uow, pair).wait)
    if both:
        return not waits
    if not (first_time and likely):
        _take_attempt(uow, pair if likely and not waits else stray)
    return False


def _stored(person: Person | None, field: str) -> str:
    """Return a stored hash; "" for nobody, which no secret fits."""
    return str(getattr(person, field)) if person else ""


def _flood(uow: UnitOfWork, stray: Counter) -> bool:
    """More than five such tries a second.

    Older ones are thrown away, so that strangers cannot fill the disk.
    """
    now, these = uow.now(), (LoginAttempt.login == stray.key, LoginAttempt.purpose == stray.lane)
    minute = now - dt.timedelta(minutes=1)
    uow.session.execute(delete(LoginAttempt).where(*these, LoginAttempt.at < minute))
    recent = (
        select(func.count())
        .select_from(LoginAttempt)
        .where(*these, LoginAttempt.at <= now + CLOCK_JITTER)
    )
    return uow.count(recent) >= throttle.FLOOD_PER_MINUTE


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
    """Return when this person last gave both secrets together or got a new one."""
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


def _allow(
    uow: UnitOfWork,
    person: Person | None,
    counter: Counter,
    with_both: bool,
) -> bool:
    """Return whether the lane is locked. Conflict when it allows no try now."""
    ruling = _rule(uow, counter, _forgiven(uow, person))
    wait = ruling.wait
    if counter.lane == Lane.STRANGER:
        # Strangers wait together: a thousand logins from one script are one attack.
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
    """Return seconds until strangers as a whole may try again."""
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
    attempt = uow.add(
        LoginAttempt(
            login=counter.key,
            purpose=counter.lane,
            at=uow.now(),
        )
    )
    uow.session.commit()
    return attempt


def locked_out() -> Conflict:
    """Return the refusal for a locked account.

    It is locked until password and PIN are given together or the head resets the secret.
    """
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
    uow: UnitOfWork,
    person: Person | None,
    attempt: LoginAttempt,
    good: bool,
    right: dict[str, str],
    wrong: tuple[str, str] = WRONG_LOG_IN,
) -> Person:
    """Return the person, when the secret was good; else Forbidden with what `wrong` says and advises.

    The success is written down for good before anything else happens.
    """
    if person is None or not good or person.disabled:
        raise Forbidden(wrong[0], code="wrong-secret", advice=wrong[1])
    attempt.ok = True
    old = {field for field in right if hashes.outdated(uow.settings, getattr(person, field))}
    # Renewed on the way: the secret is in hand only now.
    with uow.looking_at(person.site):
        for field in old:
            setattr(person, field, hash_secret(uow.settings, right[field]))
    if old:
        uow.record(Event.PERSON_RENEW_HASH, f"person:{person.id}")
    uow.commit()
    return person


def locked(uow: UnitOfWork, person: Person) -> bool:
    """Return whether the account waits for help."""
    return _rule(uow, Counter(Lane.STRANGER, person.login), _forgiven(uow, person)).locked
