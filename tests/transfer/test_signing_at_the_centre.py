"""Whom the signing page names: who works at the point, and at the centre its own people too."""

from collections.abc import Callable

from examday.domain.people.roles import Role
from examday.services.people.directory import actor_of
from examday.services.transfer.desks.signing import sheet
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from tests.signed import Waiting, verified_work
from tests.travel import two_ends
from tests.travel.two_ends import POINT


def named(store: Store, who: Person, work: str) -> set[str]:
    """Everybody whom the page of this work offers to this person, for any slot."""
    with store.read(actor_of(who)) as uow:
        found = sheet(uow, work).candidates
        return {person.login for people in found.values() for person in people}


def test_colleagues_of_the_centre_sign_a_work_of_a_point_at_the_centre_alone(
    store: Store, add_person: Callable[..., Person]
) -> None:
    """Months later the work is transferred again at the centre, whose people serve at no point."""
    two_ends.add_point(store, POINT)
    at_point = store.at(POINT)
    local = add_person(at_point, "local", Role.PUBLIC_OBSERVER)
    crew = Waiting(
        "",
        add_person(store, "organiser", Role.ROOM_ORGANISER),
        add_person(store, "member", Role.EXAM_BOARD_MEMBER),
        add_person(store, "observer", Role.PUBLIC_OBSERVER),
        add_person(store, "reader", Role.ASSISTANT),
    )
    work = verified_work(at_point, add_person, people=crew).booklet_id
    assert named(at_point, crew.member, work) == {"organiser", "member", "observer", "local"}
    assert named(at_point, local, work) == {"local"}
