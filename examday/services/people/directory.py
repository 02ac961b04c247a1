"""The people of a station: who there is, as whom they act, what they are called."""

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from examday.domain.identity import ByIdentity, clean
from examday.domain.people.roles import PERMISSIONS, Actor, Role
from examday.domain.people.sites import EVERYWHERE
from examday.services.people import sites
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person


def actor_of(person: Person) -> Actor:
    """Return the person as somebody who acts where the account is kept."""
    return Actor(person.id, frozenset(Role(row.role) for row in person.roles), person.login)


def acting(uow: UnitOfWork, person: Person) -> Actor:
    """Return the person as somebody who acts at the site that is looked at."""
    return acting_each(uow, [person])[person.id]


def acting_each(uow: UnitOfWork, people: Collection[Person]) -> dict[str, Actor]:
    """Return each of these as somebody who acts at the site looked at, by id."""
    roles = sites.roles_of_each(uow, people, uow.site)
    return {p.id: Actor(p.id, roles[p.id], p.login) for p in people}


def by_login(uow: UnitOfWork, login: str) -> Person | None:
    """Return the person with this login, as eyes see it.

    Capitals, blanks around it, invisible characters and look-alike letters of another alphabet do
    not matter.
    """
    key = logins(uow).get(plain_login(login))
    return uow.session.get(Person, key) if key else None


def is_kept_here(uow: UnitOfWork, person: Person) -> bool:
    """Return whether this site keeps the account: others know the person and change nothing of it."""
    return uow.site in (EVERYWHERE, person.site)


def at_work_here(uow: UnitOfWork, person_id: str) -> Person | None:
    """Return the person who may work, and so sign, at this site now; None for anybody else."""
    person = uow.session.get(Person, person_id) if person_id else None
    if person is None or uow.site == EVERYWHERE:
        return person
    return person if sites.entered(uow, person, uow.site) == uow.site else None


def plain_login(typed: str) -> str:
    """Return a login as it is stored: small letters, nothing around it that eyes do not see."""
    return clean(typed).lower()


def logins(uow: UnitOfWork) -> ByIdentity[str]:
    """Return the ids of everybody by login.

    All are read for each log-in, so that the time it takes does not tell whether a login is there.
    """
    rows = uow.session.execute(select(Person.login, Person.id))
    return ByIdentity((login, person_id) for login, person_id in rows)


def list_people(uow: UnitOfWork) -> list[Person]:
    """Return everybody who works here, in the order of the alphabet («Ё» beside «Е» on every database)."""
    people = uow.session.scalars(select(Person).options(selectinload(Person.roles))).all()
    if uow.site != EVERYWHERE:
        here = sites.here(uow)
        people = [p for p in people if p.site == uow.site or p.id in here]
    return _in_order(people)


def at_work(uow: UnitOfWork) -> list[Person]:
    """Return everybody enabled who may take part in works of this site, in the same order.

    Somebody of the centre works on them with colleagues of the centre, who serve at no point by name.
    """
    looks = uow.session.get(Person, uow.actor.person_id)
    everybody = list_people(uow)
    if uow.site != EVERYWHERE and looks is not None and looks.site == EVERYWHERE:
        of_the_centre = select(Person).where(Person.site == EVERYWHERE)
        found = uow.session.scalars(of_the_centre.options(selectinload(Person.roles))).all()
        everybody = _in_order({person.id: person for person in [*everybody, *found]}.values())
    return [person for person in everybody if not person.disabled]


def _in_order(people: Iterable[Person]) -> list[Person]:
    return sorted(people, key=lambda p: (p.disabled, p.name.lower().replace("ё", "е"), p.login))


def people_with(uow: UnitOfWork, roles: Iterable[Role]) -> list[Person]:
    """Return enabled people who hold one of `roles`."""
    # By the roles as they act, not by a query: what a role is called is known in one place.
    wanted, people = frozenset(roles), at_work(uow)
    actors = acting_each(uow, people)
    return [p for p in people if wanted & actors[p.id].roles]


def with_own_pin(uow: UnitOfWork, person_ids: Iterable[str]) -> list[Person]:
    """Return those of these people who can come back with a PIN of their own, in the order given."""
    found = (uow.session.get(Person, person_id) for person_id in person_ids)
    return [person for person in found if person and person.pin_hash and not person.disabled]


def names(uow: UnitOfWork) -> dict[str, str]:
    """Return person id → name, of everybody, also of those who may not log in any more."""
    rows = uow.session.execute(select(Person.id, Person.name))
    return {person_id: name for person_id, name in rows}


def receivers(uow: UnitOfWork, permission: str, but: str | None) -> list[Person]:
    """Return who may take something over.

    These are the people whose role takes part in `permission`, less the giver.
    """
    people = people_with(uow, PERMISSIONS[permission])
    return [person for person in people if not person.disabled and person.id != but]
