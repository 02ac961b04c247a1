"""What the pages of accounts show, and whether a form was made from an older state. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.domain.errors import Conflict, NotFound, Stale
from examday.domain.ledger import digest
from examday.domain.people.roles import Role
from examday.domain.people.sites import EVERYWHERE
from examday.services.people import accounts, directory, log_in, sites
from examday.services.people.sites import Serving
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import row_values
from examday.storage.tables import Person
from examday.storage.tables_sites import Site


@dataclass(frozen=True)
class Everybody:
    """All accounts; `locked`: the ids of those that wait for help after wrong tries; `guests`: of
    those that another point keeps.
    """

    people: Sequence[Person]
    locked: set[str]
    guests: set[str]
    roles: dict[str, list[Role]]
    """As whom each works here: somebody of another point may have other roles there."""


@dataclass(frozen=True)
class Account:
    """One account; `seen` is the fingerprint that a change must send back."""

    person: Person
    roles: Sequence[str]
    seen: str
    """A form made from an older state is refused: two heads may work at two computers."""
    locked: bool
    serves: Sequence[Serving]
    """Where else the person works, and `points`: those to choose from. Both are empty but for a region
    looked at as a whole."""
    points: Sequence[Site]


def everybody(uow: UnitOfWork) -> Everybody:
    """Return all accounts with their roles."""
    people = directory.list_people(uow)
    locked = {person.id for person in people if log_in.locked(uow, person)}
    guests = {person.id for person in people if not directory.is_kept_here(uow, person)}
    roles = {person.id: sorted(directory.acting(uow, person).roles) for person in people}
    return Everybody(people, locked, guests, roles)


def account(uow: UnitOfWork, person_id: str) -> Account:
    """Return one account; NotFound when there is none."""
    person = uow.get(Person, person_id)
    if not directory.is_kept_here(uow, person):
        raise NotFound()
    roles = [row.role for row in person.roles]
    # The installation's own people work at every point anyway.
    lent = uow.site == EVERYWHERE != person.site
    return Account(
        person,
        roles,
        fingerprint(person),
        log_in.locked(uow, person),
        sites.servings(uow, person) if lent else (),
        [site for site in sites.all_sites(uow) if site.key != person.site] if lent else (),
    )


def fingerprint(person: Person) -> str:
    """Return the digest of an account as a page shows it.

    A form made from an older state is refused.
    """
    # 16 digits: it tells two states apart and guards nothing, so it need not be longer.
    return digest([row_values(person), sorted(row.role for row in person.roles)])[:16]


def need_unchanged(uow: UnitOfWork, person_id: str, seen: str) -> None:
    """Raise Stale when the account has changed since the page with this fingerprint was made."""
    if fingerprint(accounts.hold_account(uow, person_id)) != seen:
        raise Stale(Conflict.message, advice=Conflict.advice)
