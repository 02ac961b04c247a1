"""What a row of the staff file does to the account of its person.

A point gives a guest duties, and changes nothing of an account that another site keeps.
"""

from examday.domain.identity import ByIdentity
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.plan.columns import Values
from examday.domain.plan.rows import Problem
from examday.services.people.directory import acting, is_kept_here, logins
from examday.services.people.sessions import end_sessions
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person, PersonRole

TAKEN_ELSEWHERE = N_("The login is taken at another exam point.")


def logins_everywhere(uow: UnitOfWork) -> ByIdentity[str]:
    """Return the ids of the people of all sites by login: one login is one person's."""
    with uow.looking_at():
        return logins(uow)


def foreign(uow: UnitOfWork, person: Person, values: Values) -> Problem | None:
    """Return what a row would change of an account that is not kept here; None: nothing."""
    known = {
        "name": person.name,
        "teaches": person.facts.get("teaches", []),
    }
    wanted = {
        "name": values["name"],
        "teaches": values.get("teaches") or known["teaches"],
    }
    has_role = values["role"] in acting(uow, person).roles
    if is_kept_here(uow, person) or (known == wanted and has_role):
        return None
    return Problem(
        "",
        N_(
            "«%(name)s» has the account at another exam point; name, subjects and roles are changed "
            "there."
        ),
        {"name": person.name},
    )


def write(uow: UnitOfWork, person: Person, values: Values) -> None:
    """Write name, subjects and role of the row."""
    if person.id and not is_kept_here(uow, person):
        return  # said already: the row is about a duty alone (`foreign`)
    person.name = values["name"]
    if "teaches" in values and (values["teaches"] or []) != person.facts.get("teaches", []):
        person.facts = {**person.facts, "teaches": values["teaches"] or []}
    uow.session.add(person)
    uow.session.flush()
    if values["role"] not in {row.role for row in person.roles}:
        person.roles.append(PersonRole(person_id=person.id, role=Role(values["role"]).value))
        # As after a change of roles by hand the person logs in again, so that no page keeps the old
        # rights.
        end_sessions(uow, person.id)
