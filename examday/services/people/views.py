"""What the pages of accounts show, and whether a form was made from an older state. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.domain.errors import Conflict, NotFound, Stale
from examday.domain.identity import fold
from examday.domain.ledger import digest
from examday.domain.people.roles import Role
from examday.domain.people.sites import EVERYWHERE
from examday.services.people import accounts, directory, log_in, sites
from examday.services.people.sites import Serving
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import row_values
from examday.storage.tables import Person
from examday.storage.tables_sites import Site

A_PAGE = 100
"""Accounts on one page; nobody reads more at once."""


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
    points: dict[str, list[Serving]]
    """At which other points each serves; empty unless a region is looked at as a whole."""
    after: str = ""
    """Whom the next page begins behind, "" on the last one."""
    several: bool = False
    """Whether more people are here than one page shows, so that one is looked for."""


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


def everybody(uow: UnitOfWork, after: str = "", wanted: str = "") -> Everybody:
    """Return a page of the accounts with their roles: a region has thousands of people.

    `after`: the id of the last one of the page before; `wanted`: part of a name, a login or the
    code of the point that keeps the account.
    """
    known = directory.list_people(uow)
    sought = fold(wanted)
    found = [person for person in known if not sought or sought in _said_of(person)]
    ids = [person.id for person in found]
    start = ids.index(after) + 1 if after in ids else 0
    people = found[start : start + A_PAGE]
    locked = {person.id for person in people if log_in.locked(uow, person)}
    guests = {person.id for person in people if not directory.is_kept_here(uow, person)}
    roles = {one: sorted(actor.roles) for one, actor in directory.acting_each(uow, people).items()}
    of_a_region = uow.site == EVERYWHERE and sites.are_several(uow)
    return Everybody(
        people,
        locked,
        guests,
        roles,
        sites.servings(uow, people) if of_a_region else {},
        people[-1].id if start + A_PAGE < len(found) else "",
        len(known) > A_PAGE,
    )


def _said_of(person: Person) -> str:
    return " ".join((fold(person.name), fold(person.login), fold(person.site)))


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
        sites.servings(uow, [person])[person.id] if lent else (),
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
