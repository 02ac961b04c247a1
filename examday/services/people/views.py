"""What the pages of accounts show. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.services.people import accounts, directory, log_in
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person


@dataclass(frozen=True)
class Everybody:
    """All accounts; `locked`: the ids of those that wait for help after wrong tries."""

    people: Sequence[Person]
    locked: set[str]


@dataclass(frozen=True)
class Account:
    """One account; `seen` is the fingerprint that a change must send back."""

    person: Person
    roles: Sequence[str]
    seen: str
    locked: bool


def everybody(uow: UnitOfWork) -> Everybody:
    """All accounts with their roles."""
    people = directory.list_people(uow)
    return Everybody(people, {person.id for person in people if log_in.locked(uow, person)})


def account(uow: UnitOfWork, person_id: str) -> Account:
    """One account; NotFound when there is none."""
    person = uow.get(Person, person_id)
    roles = [row.role for row in person.roles]
    return Account(person, roles, accounts.fingerprint(person), log_in.locked(uow, person))
