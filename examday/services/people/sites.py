"""At which sites a person works, and whose a thing is: a region serves many points.

The installation's own people (those of the centre) may enter every site, others where they serve.
A station has no sites, and everybody is its own.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Select, literal, select, union_all

from examday.domain.errors import Conflict, Invalid, NotFound
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.people.sites import EVERYWHERE, check_zone, site_key
from examday.services.unit_of_work import UnitOfWork
from examday.storage.sites import has_sites
from examday.storage.tables import (
    Booklet,
    Duty,
    Exam,
    Item,
    Outbox,
    Page,
    Person,
    PersonRole,
    Room,
    ScanFile,
    Seat,
)
from examday.storage.tables_appeal import Appeal, Destruction
from examday.storage.tables_sites import PersonSite, PersonSiteRole, Site

THINGS = (Booklet, Appeal, Exam, Page, ScanFile, Item, Room, Seat, Duty, Destruction, Outbox)
"""What addresses of pages name: at the centre it is asked of each whose it is."""


def add_site(
    uow: UnitOfWork,
    key: str,
    name: str,
    zone: str,
) -> Site:
    """Add an exam point to the installation.

    Invalid for a key or a zone that cannot be, Conflict when the key is taken.
    """
    key, name, zone = site_key(key), name.strip(), check_zone(zone)
    if not name:
        raise Invalid(
            N_("The point needs a name."),
            field="name",
            advice=N_("Name it as its papers do, for example «School No. 5»."),
        )
    uow.queue("sites")
    if uow.session.get(Site, key) is not None:
        raise Conflict(
            N_("The point «%(key)s» is there already."),
            advice=N_("Give the new one another code."),
            params={"key": key},
        )
    site = uow.add(Site(key=key, name=name, zone=zone))
    uow.record(Event.SITE_ADD, f"site:{key}", name=name, zone=zone)
    return site


class Place(NamedTuple):
    """A point as pages name it; the installation as a whole has no key and no name."""

    key: str
    name: str
    zone: str


def place(uow: UnitOfWork) -> Place:
    """Return the point that this transaction looks at."""
    if uow.site == EVERYWHERE:
        return Place(EVERYWHERE, "", uow.settings.zone)
    site = uow.get(Site, uow.site)
    return Place(site.key, site.name, site.zone)


def all_sites(uow: UnitOfWork) -> Sequence[Site]:
    """Return the sites of the installation by their keys."""
    return uow.session.scalars(select(Site).order_by(Site.key)).all()


def serve(uow: UnitOfWork, person: Person, key: str, roles: Collection[Role] = ()) -> None:
    """Let a person work at one more site, in these roles; without any, in those of the account.

    Invalid where the person works there anyway: the roles are those of the account.
    """
    site = uow.hold(Site, key)
    if person.site in (EVERYWHERE, site.key):
        raise Invalid(
            N_("The roles at the own exam point are those of the account."),
            code="own-point",
            field="role",
            advice=N_("Change them on the page of the person."),
        )
    row = uow.session.get(PersonSite, (person.id, site.key))
    if row is None:
        uow.add(PersonSite(person_id=person.id, site=site.key))
    else:
        row.ended = False
    _put_roles(uow, person, site.key, {role.value for role in roles})
    uow.record(
        Event.SITE_SERVE,
        f"person:{person.id}",
        site=site.key,
        **({"roles": sorted(roles)} if roles else {}),
    )


def _put_roles(uow: UnitOfWork, person: Person, key: str, wanted: set[str]) -> None:
    there = {row.role: row for row in uow.session.scalars(_roles_there(person.id, key))}
    for role in sorted(there.keys() - wanted):
        uow.session.delete(there[role])
    for role in sorted(wanted - there.keys()):
        uow.add(PersonSiteRole(person_id=person.id, site=key, role=role))


def _roles_there(person_id: str, key: str) -> Select[PersonSiteRole]:
    return select(PersonSiteRole).where(
        PersonSiteRole.person_id == person_id, PersonSiteRole.site == key
    )


def roles_at(uow: UnitOfWork, person: Person, key: str) -> frozenset[Role]:
    """Return the roles in which a person works at a site."""
    return roles_of_each(uow, [person], key)[person.id]


def roles_of_each(
    uow: UnitOfWork, people: Iterable[Person], key: str
) -> dict[str, frozenset[Role]]:
    """Return the roles in which each works at a site, by the person's id: those given there, else the account's.

    None for a guest who has left. Two statements, however many people there are.
    """
    given, left = dict[str, set[Role]](), set[str]()
    if key != EVERYWHERE:
        there = select(PersonSiteRole.person_id, PersonSiteRole.role)
        for person_id, role in uow.session.execute(there.where(PersonSiteRole.site == key)):
            given.setdefault(person_id, set()).add(Role(role))
        left = set(uow.session.scalars(_left(key)))
    found = {}
    for person in people:
        is_guest = person.site not in (EVERYWHERE, key)
        own = given.get(person.id) or {Role(row.role) for row in person.roles}
        found[person.id] = frozenset(() if is_guest and person.id in left else own)
    return found


def _left(key: str) -> Select[str]:
    """Return the query for the ids of people whose work at a site has ended."""
    return select(PersonSite.person_id).where(PersonSite.site == key, PersonSite.ended.is_(True))


def roles_on_record(uow: UnitOfWork, person: Person, key: str) -> frozenset[Role]:
    """Return the roles in which a person works or has worked at a site: papers name those of who has
    left too.
    """
    given = uow.session.scalars(_roles_there(person.id, key)).all()
    return frozenset(Role(row.role) for row in given or person.roles)


def holders(uow: UnitOfWork, roles: Iterable[Role]) -> Select[str]:
    """Return the query for the ids of people who have one of these roles at the site looked at."""
    wanted = sorted(str(role) for role in roles)
    there = select(PersonSiteRole.person_id).where(PersonSiteRole.site == uow.site)
    own = select(PersonRole.person_id).where(
        PersonRole.role.in_(wanted), PersonRole.person_id.not_in(there)
    )
    return select(Person.id).where(
        Person.id.in_(own) | Person.id.in_(there.where(PersonSiteRole.role.in_(wanted))),
        Person.site.in_((EVERYWHERE, uow.site)) | Person.id.not_in(_left(uow.site)),
    )


def leave(uow: UnitOfWork, person: Person, key: str) -> None:
    """End a person's work at a site; the works there go on naming the person.

    NotFound when the person does not serve there.
    """
    uow.hold(Site, key)
    row = uow.session.get(PersonSite, (person.id, key))
    if row is None or row.ended:
        raise NotFound(
            N_("This person does not serve at «%(key)s»."),
            advice=N_("See the list: examday sites list."),
            params={"key": key},
        )
    # The roles stay on record: papers about the past name them.
    row.ended = True
    uow.record(Event.SITE_LEAVE, f"person:{person.id}", site=key)


@dataclass(frozen=True)
class Serving:
    """One more site at which a person works, and the roles given there; without any, those of the account."""

    site: Site
    roles: Sequence[Role]


def servings(uow: UnitOfWork, people: Iterable[Person]) -> dict[str, list[Serving]]:
    """Return where each of these works beside the site that keeps the account, by the people's ids."""
    found: dict[str, list[Serving]] = {person.id: [] for person in people}
    rows = uow.session.execute(
        select(PersonSite.person_id, Site, PersonSiteRole.role)
        .join(Site, PersonSite.site == Site.key)
        .outerjoin(
            PersonSiteRole,
            (PersonSiteRole.site == Site.key) & (PersonSiteRole.person_id == PersonSite.person_id),
        )
        .where(PersonSite.person_id.in_(found), PersonSite.ended.is_(False))
        .order_by(PersonSite.person_id, Site.key, PersonSiteRole.role)
    )
    for (person_id, site), given in groupby(rows, key=lambda row: (row[0], row[1])):
        roles = [Role(role) for *_where, role in given if role]
        found[person_id].append(Serving(site, roles))
    return found


def places(uow: UnitOfWork, person: Person) -> Sequence[Site]:
    """Return the sites that a person may enter."""
    if person.site == EVERYWHERE:
        return all_sites(uow)
    serves = select(PersonSite.site).where(
        PersonSite.person_id == person.id, PersonSite.ended.is_(False)
    )
    own = select(Site).where((Site.key == person.site) | Site.key.in_(serves))
    return uow.session.scalars(own.order_by(Site.key)).all()


def are_several(uow: UnitOfWork) -> bool:
    """Return whether the installation is of several sites, and not a station."""
    return has_sites(uow.session)


def require_region(uow: UnitOfWork) -> None:
    """NotFound unless a region is looked at as a whole."""
    if uow.site != EVERYWHERE or not are_several(uow):
        raise NotFound()


def require_point(uow: UnitOfWork) -> None:
    """Conflict where a region is looked at as a whole: what comes in would be of no point."""
    if uow.site == EVERYWHERE and are_several(uow):
        raise Conflict(
            N_("Nobody has said of which exam point this is."),
            code="no-point",
            advice=N_("Choose the point beside your name, or name it: --site."),
        )


def entered(uow: UnitOfWork, person: Person, chosen: str) -> str:
    """Return the site that a log-in looks at: the chosen one while the person may, else their own."""
    if person.site in (EVERYWHERE, chosen):
        return chosen
    serves = uow.session.get(PersonSite, (person.id, chosen))
    return chosen if serves is not None and not serves.ended else person.site


def here(uow: UnitOfWork) -> set[str]:
    """Return the ids of people of other sites who serve at this one."""
    serving = select(PersonSite.person_id).where(
        PersonSite.site == uow.site, PersonSite.ended.is_(False)
    )
    return set(uow.session.scalars(serving))


def whose(uow: UnitOfWork, ids: Iterable[str]) -> str:
    """Return the site of the first thing that has one of these ids; "" when none has.

    What the installation's people do with a thing is done at its site: in its chain of the ledger
    and by its clock.
    """
    wanted = set(ids)
    if not wanted:
        return EVERYWHERE
    asked = (
        select(literal(n), table.c.site).where(table.c.id.in_(wanted))
        for n, table in enumerate(model.__table__ for model in THINGS)
    )
    rows = sorted(tuple(row) for row in uow.session.execute(union_all(*asked)))
    return str(rows[0][1]) if rows else EVERYWHERE
