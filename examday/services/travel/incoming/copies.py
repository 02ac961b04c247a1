"""People of a station at the centre: copies without secrets, which prove nothing and let nobody in.

Rows name them, and pages tell who it was. What the centre keeps itself is left as it is.
"""

import json
from collections.abc import Iterable

from sqlalchemy import select

from examday.domain.ledger import canonical
from examday.domain.people.sites import EVERYWHERE
from examday.domain.travel.manifest import not_a_bundle, require_role
from examday.services.travel.incoming.applying import of_another
from examday.services.travel.incoming.opened import Opened, place
from examday.services.travel.incoming.sender import Known
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import JsonObject
from examday.storage.tables import Person, PersonRole

NO_SECRET = ""
"""In place of a hash: nothing that anybody types has it."""
LONGEST, LONGEST_NAME = 64, 200


def copy_people(
    uow: UnitOfWork,
    bundle: Opened,
    known: Known,
) -> None:
    """Write who the station's people are, as its bundle says.

    Invalid where it says no such thing, Conflict where one of them is another point's here.
    """
    people = _people(bundle)
    of = select(Person).where(Person.id.in_(sorted(people)))
    with uow.looking_at():
        there = {person.id: person for person in uow.session.scalars(of)}
    for key, said in people.items():
        person = there.get(key)
        if person is None:
            uow.add(_copy(uow, key, said, known))
        elif person.site not in (EVERYWHERE, known.point):
            raise of_another(Person.__tablename__, key)
        elif person.site and not person.password_hash:
            person.name, person.facts = said["name"][:LONGEST_NAME], said["facts"]
            _put_roles(person, said["roles"])


def _copy(
    uow: UnitOfWork,
    key: str,
    said: JsonObject,
    known: Known,
) -> Person:
    person = Person(
        id=key,
        login=_free_login(uow, said["login"], known),
        name=said["name"][:LONGEST_NAME],
        password_hash=NO_SECRET,
        must_change=False,
        disabled=True,
        site=known.point,
        facts=said["facts"],
    )
    _put_roles(person, said["roles"])
    return person


def _put_roles(person: Person, roles: Iterable[str]) -> None:
    had = {role.role: role for role in person.roles}
    wanted = dict.fromkeys(map(str, roles))
    person.roles = [had.get(role) or PersonRole(role=role, site=person.site) for role in wanted]


def _free_login(
    uow: UnitOfWork,
    login: str,
    known: Known,
) -> str:
    """Log-ins are one in the whole installation; those of two points may be the same."""
    for whose in (known.point, known.station):
        told = f"{login[: LONGEST - 1 - len(whose)]}@{whose}"
        with uow.looking_at():
            taken = uow.session.scalar(select(Person.id).where(Person.login == told))
        if taken is None:
            return told
    return f"{known.station}@{login}"[:LONGEST]


def _people(bundle: Opened) -> dict[str, JsonObject]:
    with place("people.json"):
        try:
            content = bundle.small("people.json")
            found = json.loads(content.decode())
            found = found if canonical(found).encode() == content else None
        except (ValueError, RecursionError):
            found = None
    fields = {"login": str, "name": str, "facts": dict, "roles": list}
    sound = isinstance(found, dict) and all(
        isinstance(one, dict)
        and set(one) == set(fields)
        and all(type(one[name]) is kind for name, kind in fields.items())
        for one in found.values()
    )
    if not sound:
        raise not_a_bundle("people.json")
    for role in (role for one in found.values() for role in one["roles"]):
        require_role(role)
    return dict(found)
