"""The first account of an empty station: the head of the point, who adds everybody else."""

from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.people.accounts import new_person
from examday.services.people.directory import people_with
from examday.services.people.hashes import hash_secret
from examday.services.people.own_secrets import check_password, check_pin
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person


def create_head(
    uow: UnitOfWork,
    login: str,
    name: str,
    password: str,
    pin: str,
) -> Person:
    """Make the first account of an empty station; the head chooses the secrets.

    Conflict when there is a head already.
    """
    uow.queue("heads")
    if people_with(uow, {Role.SITE_HEAD}):
        raise Conflict(
            N_("This station already has a head of the point."),
            code="has-head",
            advice=N_("Log in with that account; the head adds everybody else."),
        )
    check_password(password, login)
    check_pin(pin)
    person = new_person(uow, login, name, {Role.SITE_HEAD}, password)
    person.pin_hash, person.must_change = hash_secret(uow.settings, pin), False
    uow.record(Event.PERSON_FIRST_HEAD, f"person:{person.id}")
    return person
