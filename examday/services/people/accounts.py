"""Accounts, kept by the head of the point: people, roles, new secrets. Everybody chooses the own
password and PIN."""

import re
import secrets
from collections.abc import Iterable

from sqlalchemy import select

from examday.domain.errors import Conflict, Invalid, Stale
from examday.domain.events import Event
from examday.domain.identity import clean
from examday.domain.ledger import digest
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.people.throttle import Lane
from examday.services.custody.booklets import require
from examday.services.people import hashes
from examday.services.people.directory import logins, people_with
from examday.services.people.hashes import hash_secret
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import row_values
from examday.storage.tables import LoginAttempt, Person, PersonRole, WebSession

PASSWORD_MIN, PIN_MIN, PIN_MAX = 8, 4, 8
NOT_THE_SAME = N_("The two entries are not the same.")
NOT_THE_SAME_ADVICE = N_("Type the new secret twice, the same both times.")
LOGIN = re.compile(r"[a-zа-яё0-9][a-zа-яё0-9._-]{1,63}")


def check_password(password: str, login: str) -> None:
    """Invalid when the password is too short or holds the login."""
    if len(password) < PASSWORD_MIN:
        raise Invalid(
            N_("The password is too short."),
            field="password",
            advice=N_("Use at least %(least)s characters; a short sentence is easy to remember."),
            params={"least": PASSWORD_MIN},
        )
    if login and login.lower() in password.lower():
        raise Invalid(
            N_("The password contains the login."),
            field="password",
            advice=N_("Choose a password that others cannot guess from your login."),
        )


def check_pin(pin: str) -> None:
    """Invalid unless the PIN is 4 to 8 digits that are not all the same nor counted up or down."""
    if not (pin.isascii() and pin.isdigit() and PIN_MIN <= len(pin) <= PIN_MAX):
        raise Invalid(
            N_("A PIN has %(least)s to %(most)s digits."),
            field="pin",
            advice=N_("Use digits only."),
            params={"least": PIN_MIN, "most": PIN_MAX},
        )
    steps = {int(b) - int(a) for a, b in zip(pin, pin[1:], strict=False)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        raise Invalid(
            N_("This PIN is too easy to guess."),
            field="pin",
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
            N_("This is still the old password."), field="password", advice=N_("Choose a new one.")
        )
    person.password_hash, person.pin_hash = (
        hash_secret(uow.settings, password),
        hash_secret(uow.settings, pin),
    )
    person.must_change = False
    end_sessions(uow, person.id)
    uow.record(Event.PERSON_OWN_SECRETS, f"person:{person.id}")
    return person


def one_time_password() -> str:
    """A password for the first log-in: ten digits, which need no particular keyboard and can be
    read aloud."""
    digits = f"{secrets.randbelow(10**10):010d}"
    return f"{digits[:4]}-{digits[4:7]}-{digits[7:]}"


def add_person(uow: UnitOfWork, login: str, name: str, roles: Iterable[Role]) -> tuple[Person, str]:
    """A new account; returns it with the one-time password, which is shown once and kept nowhere."""
    require(uow, "people.edit")
    password = one_time_password()
    person = _new_person(uow, login, name, roles, password)
    uow.record(Event.PERSON_ADD, f"person:{person.id}", roles=sorted(r.role for r in person.roles))
    return person, password


def _new_person(
    uow: UnitOfWork, login: str, name: str, roles: Iterable[Role], password: str
) -> Person:
    login, name, wanted = clean(login).lower(), name.strip(), check_roles(roles)
    if not LOGIN.fullmatch(login):
        raise Invalid(
            N_("A login has 2 to 64 letters, digits, dots, dashes."),
            field="login",
            advice=N_("Use a short name without blanks, for example «petrova»."),
        )
    if not 2 <= len(name) <= 200:
        raise Invalid(
            N_("The name is missing."),
            field="name",
            advice=N_("Enter surname and initials as on the pass."),
        )
    known = logins(uow)
    if known.get(login) or known.unclear(login):
        raise Invalid(
            N_("This login is taken."),
            code="taken",
            field="login",
            advice=N_("Choose another one."),
        )
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
            field="roles",
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
    uow.record(Event.PERSON_FIRST_HEAD, f"person:{person.id}")
    return person


def change_person(uow: UnitOfWork, person_id: str, name: str, roles: Iterable[Role]) -> Person:
    """Another name or other roles; log-ins end when roles change, so that nobody works on with old
    rights."""
    require(uow, "people.edit")
    person, wanted = uow.get(Person, person_id), {role.value for role in check_roles(roles)}
    if not 2 <= len(name.strip()) <= 200:
        raise Invalid(
            N_("The name is missing."),
            field="name",
            advice=N_("Enter surname and initials as on the pass."),
        )
    if Role.SITE_HEAD not in wanted:
        _keep_a_head(uow, person)
    person.name = name.strip()
    if _change_roles(uow, person, wanted):
        end_sessions(uow, person.id)
    uow.record(Event.PERSON_CHANGE, f"person:{person.id}", roles=sorted(wanted))
    return person


def _change_roles(uow: UnitOfWork, person: Person, wanted: set[str]) -> bool:
    """Give and take roles; whether anything changed."""
    present = {row.role: row for row in person.roles}
    for role in present.keys() - wanted:
        uow.session.delete(present[role])
        person.roles.remove(present[role])
    person.roles.extend(
        PersonRole(person_id=person.id, role=role) for role in sorted(wanted - present.keys())
    )
    return wanted != present.keys()


def disable(uow: UnitOfWork, person_id: str) -> Person:
    """No more log-ins for this person; present ones end at once."""
    require(uow, "people.edit")
    person = uow.get(Person, person_id)
    _keep_a_head(uow, person)
    person.disabled = True
    end_sessions(uow, person.id)
    uow.record(Event.PERSON_DISABLE, f"person:{person.id}")
    return person


def enable(uow: UnitOfWork, person_id: str) -> Person:
    """The person may log in again."""
    require(uow, "people.edit")
    person = uow.get(Person, person_id)
    person.disabled = False
    uow.record(Event.PERSON_ENABLE, f"person:{person.id}")
    return person


def fingerprint(person: Person) -> str:
    """Digest of an account as a page shows it: a form made from an older state is refused."""
    return digest([row_values(person), sorted(row.role for row in person.roles)])[:16]


def need_unchanged(uow: UnitOfWork, person_id: str, seen: str) -> None:
    """Stale when the account has changed since the page with this fingerprint was made."""
    if fingerprint(uow.get(Person, person_id)) != seen:
        raise Stale(Conflict.message, advice=Conflict.advice)


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
    uow.record(Event.PERSON_RESET, f"person:{person.id}")
    return password


def end_sessions(uow: UnitOfWork, person_id: str) -> None:
    """Throw this person's log-ins away; their cookies are worth nothing from now on."""
    for row in uow.session.scalars(select(WebSession).where(WebSession.person_id == person_id)):
        uow.session.delete(row)


def _keep_a_head(uow: UnitOfWork, person: Person) -> None:
    uow.queue("heads")  # two heads who close each other's account at once must not both succeed
    heads = [p.id for p in people_with(uow, {Role.SITE_HEAD})]
    if heads == [person.id]:
        raise Conflict(
            N_("This is the only head of the point."),
            code="last-head",
            advice=N_("Give the role to somebody else first."),
        )
