"""Accounts, kept by the head of the point: people, roles, one-time passwords."""

import re
import secrets
from collections.abc import Iterable

from sqlalchemy import select

from examday.domain.errors import Conflict, Invalid, NotFound
from examday.domain.events import Event
from examday.domain.identity import fold
from examday.domain.messages import N_, Msgid
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.services.custody.booklets import require
from examday.services.people import sites
from examday.services.people.directory import is_kept_here, logins, people_with, plain_login
from examday.services.people.hashes import hash_secret
from examday.services.people.sessions import end_sessions, forgive_tries
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person, PersonRole

LONGEST_NAME = 200
"""Characters, as the column holds: PostgreSQL would refuse the row, with an error that names no
field."""
LOGIN = re.compile(r"[a-zа-яё0-9][a-zа-яё0-9._-]{1,63}")
"""Small letters, digits and three signs: a login is typed at a shared computer and called out
across a room."""


def one_time_password() -> str:
    """Make a password for the first log-in.

    It has ten digits, which need no particular keyboard and can be read aloud.
    """
    digits = f"{secrets.randbelow(10**10):010d}"
    return f"{digits[:4]}-{digits[4:7]}-{digits[7:]}"


def add_person(
    uow: UnitOfWork,
    login: str,
    name: str,
    roles: Iterable[Role],
    namesake: bool = False,
) -> tuple[Person, str]:
    """Add an account; returns it with the one-time password, which is shown once and kept nowhere.

    `namesake`: somebody said that this is another person than the one with the same name.
    """
    require(uow, "people.edit")
    if not namesake:
        _check_namesake(uow, name)
    password = one_time_password()
    person = new_person(uow, login, name, roles, password)
    uow.record(Event.PERSON_ADD, f"person:{person.id}", roles=sorted(r.role for r in person.roles))
    return person, password


def new_person(
    uow: UnitOfWork,
    login: str,
    name: str,
    roles: Iterable[Role],
    password: str,
) -> Person:
    """Return an account with this password, not yet recorded in the ledger.

    Raises Invalid for a login, a name or roles that cannot be.
    """
    login, name, wanted = plain_login(login), name.strip(), check_roles(roles)
    if not LOGIN.fullmatch(login):
        raise Invalid(
            N_("A login has 2 to 64 letters, digits, dots, dashes."),
            field="login",
            advice=N_("Use a short name without blanks, for example «petrova»."),
        )
    _check_name(name)
    # Look-alikes count: «осean» with Cyrillic «ос» would sign as somebody else.
    with uow.looking_at():
        known = logins(uow)
    if known.get(login) or known.unclear(login):
        raise _taken(uow, known.get(login) or known.get(known.unclear(login)[0]) or "")
    person = Person(
        login=login,
        name=name,
        password_hash=hash_secret(uow.settings, password),
    )
    uow.add(person)
    uow.session.flush()
    person.roles.extend(PersonRole(person_id=person.id, role=role.value) for role in wanted)
    return person


def _taken(uow: UnitOfWork, person_id: str) -> Invalid:
    """Return the refusal of a login that somebody has: who it is, and where that account is."""
    other = uow.session.get(Person, person_id)
    if other is None:
        return Invalid(
            N_("The login is taken at another exam point."),
            code="taken",
            field="login",
            advice=N_("Choose another login."),
        )
    return Invalid(
        N_("The login «%(login)s» is taken: %(name)s (%(roles)s) has it."),
        code="taken",
        field="login",
        params=_named(other),
        advice=N_("If that is the same person, open that account; else choose another login."),
    )


def _named(person: Person) -> dict[str, object]:
    roles = sorted(ROLE_NAMES[Role(row.role)] for row in person.roles)
    return {
        "login": person.login,
        "name": person.name,
        "roles": [Msgid(role) for role in roles],
        "person": person.id,
    }


def _check_namesake(uow: UnitOfWork, name: str) -> None:
    """Invalid when somebody of this name has an account that is not closed.

    One person with two log-ins would read, copy and check the same work.
    """
    people = uow.session.scalars(select(Person).where(Person.disabled.is_(False)))
    other = next((one for one in people if fold(one.name) == fold(name)), None)
    if other is not None:
        raise Invalid(
            N_("There is a person of this name already: %(name)s, login «%(login)s» (%(roles)s)."),
            code="namesake",
            field="name",
            params=_named(other),
            advice=N_("One person has one account. If this is somebody else, tick that below."),
        )


def _check_name(name: str) -> None:
    if not 2 <= len(name) <= LONGEST_NAME:
        raise Invalid(
            N_("The name is missing."),
            field="name",
            advice=N_("Enter surname and initials as on the pass."),
        )


def check_roles(roles: Iterable[Role]) -> list[Role]:
    """Raise Invalid when nothing, or the program's own role, is asked for."""
    wanted = sorted(set(roles))
    if not wanted or Role.SYSTEM in wanted:
        raise Invalid(
            N_("Choose at least one role."),
            field="roles",
            advice=N_("The role says what a person may do."),
        )
    return wanted


def hold_account(uow: UnitOfWork, person_id: str) -> Person:
    """Return the account, held; NotFound for one that another site keeps.

    The line of the heads comes first: two heads who close each other's account at once must not
    both succeed, nor wait for each other.
    """
    uow.queue("heads")
    person = uow.hold(Person, person_id)
    if not is_kept_here(uow, person):
        raise NotFound()
    return person


def change_person(
    uow: UnitOfWork,
    person_id: str,
    name: str,
    roles: Iterable[Role],
) -> Person:
    """Change name or roles; log-ins end when roles change, so that nobody works on with old rights."""
    require(uow, "people.edit")
    person, wanted = hold_account(uow, person_id), {role.value for role in check_roles(roles)}
    _check_name(name.strip())
    # Also by mistake: a station without a head can add nobody any more.
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
    person = hold_account(uow, person_id)
    _keep_a_head(uow, person)
    person.disabled = True
    end_sessions(uow, person.id)
    uow.record(Event.PERSON_DISABLE, f"person:{person.id}")
    return person


def enable(uow: UnitOfWork, person_id: str) -> Person:
    """Let the person log in again."""
    require(uow, "people.edit")
    person = hold_account(uow, person_id)
    person.disabled = False
    uow.record(Event.PERSON_ENABLE, f"person:{person.id}")
    return person


def reset_secret(uow: UnitOfWork, person_id: str) -> str:
    """Give a new one-time password.

    Opens a locked account, ends its log-ins, asks for own secrets at the next log-in.
    """
    require(uow, "people.edit")
    person, password = hold_account(uow, person_id), one_time_password()
    person.password_hash, person.pin_hash, person.must_change = (
        hash_secret(uow.settings, password),
        "",
        True,
    )
    forgive_tries(uow, person)
    end_sessions(uow, person.id)
    uow.record(Event.PERSON_RESET, f"person:{person.id}")
    return password


def _keep_a_head(uow: UnitOfWork, person: Person) -> None:
    heads = [p.id for p in people_with(uow, {Role.SITE_HEAD})]
    if heads == [person.id]:
        raise Conflict(
            N_("This is the only head of the point."),
            code="last-head",
            advice=N_("Give the role to somebody else first."),
        )


def serve_elsewhere(uow: UnitOfWork, person_id: str, key: str, roles: Iterable[Role]) -> Person:
    """Let somebody work at one more point of the region, in these roles; without any, in those of the account.

    NotFound but for a region looked at as a whole: no point lends its people or takes others'.
    """
    require(uow, "people.edit")
    sites.require_region(uow)
    person, chosen = hold_account(uow, person_id), set(roles)
    if not key:
        raise Invalid(
            N_("No exam point is chosen."),
            code="no-point",
            field="point",
            advice=N_("Choose the point at which the person is to work."),
        )
    sites.serve(uow, person, key, check_roles(chosen) if chosen else ())
    return person


def leave_elsewhere(uow: UnitOfWork, person_id: str, key: str) -> Person:
    """End somebody's work at a point beside the own one; what was signed there stays. NotFound as above."""
    require(uow, "people.edit")
    sites.require_region(uow)
    person = hold_account(uow, person_id)
    sites.leave(uow, person, key)
    return person
