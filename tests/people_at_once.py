"""Accounts for tests, many in one transaction: people and their secrets were a quarter of the time
of a test of services."""

from collections.abc import Iterable, Mapping

from examday.domain.people.roles import Actor, Role
from examday.services.people import hashes
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage import keys
from examday.storage.base import new_id
from examday.storage.tables import Person, PersonRole

PASSWORD, PIN = "слон жуёт сено", "2580"
_hashed: dict[tuple[object, ...], str] = {}
"""What was hashed with the same keys at the same cost: the people of a test share their secrets."""


def hashed(settings: Settings, secret: str) -> str:
    """What the program stores of this secret on this station, made once for all people of a test."""
    kept = (keys.kept_key(settings.keys, name) for name in (keys.PEPPER, keys.DOOR))
    known = (secret, hashes.MEMORY_KIB, settings.argon2_cost, *kept)
    if known not in _hashed:
        _hashed[known] = hashes.hash_secret(settings, secret)
    return _hashed[known]


def add(store: Store, wanted: Iterable[Person], roles: Mapping[str, Iterable[Role]]) -> None:
    """Put these people into the database with the secrets of the tests, in one transaction; `roles`
    by log-in."""
    people = list(wanted)
    with store.begin(Actor.system("test")) as uow:
        for person in people:
            person.id = person.id or new_id()
            person.password_hash = hashed(store.settings, PASSWORD)
            person.pin_hash = hashed(store.settings, PIN)
            # Before the row is there: afterwards the roles would first be looked up.
            person.roles = [
                PersonRole(person_id=person.id, role=role.value) for role in roles[person.login]
            ]
            uow.add(person)
            uow.record("person:add", f"person:{person.id}")


def add_one(store: Store, login: str, *roles: Role) -> Person:
    """One account."""
    return add_all(store, {login: roles})[login]


def add_all(store: Store, roles: Mapping[str, Iterable[Role]]) -> dict[str, Person]:
    """An account for each log-in, by log-in."""
    people = {
        login: Person(login=login, name=login.capitalize(), must_change=False) for login in roles
    }
    add(store, people.values(), roles)
    return people
