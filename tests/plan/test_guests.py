"""A staff file of one point names people whose accounts other points keep."""

import pytest
from sqlalchemy import select

from examday.domain.people.roles import Actor, Role
from examday.services.ledger import bundle_rows
from examday.services.people import accounts, sites
from examday.services.plan import files
from examday.services.unit_of_work import Store
from examday.storage.tables import Duty, Person
from tests.plan.test_dayplan_import import FILES, HEAD, parsed

TEST = Actor.system("test")
NORTH, SOUTH = "770001", "770002"
HEADER = FILES["staff"][0]


@pytest.fixture
def north(each_store: Store) -> Store:
    """The point of the file; «guest» of the other one serves there, «stranger» does not."""
    with each_store.begin(TEST) as uow:
        sites.add_site(uow, NORTH, "Школа севера", "Europe/Moscow")
        sites.add_site(uow, SOUTH, "Школа юга", "Asia/Yekaterinburg")
    with each_store.at(SOUTH).begin(TEST) as uow:
        people = [
            accounts.new_person(uow, login, "Учебный Гость", [Role.ROOM_ORGANISER], "0000-000-000")
            for login in ("guest", "stranger")
        ]
        uow.record("test:people", "plan:people")  # type: ignore[arg-type]
        guest = people[0].id
    with each_store.begin(TEST) as uow:
        sites.serve(uow, uow.get(Person, guest), NORTH)
    store = each_store.at(NORTH)
    for kind in ("exams", "rooms"):
        with store.begin(HEAD) as uow:
            files.bring_in(uow, parsed(kind), "0" * 64)
    return store


def bring_in(store: Store, row: str) -> list[str]:
    """What is refused in the row; nothing: it is brought in."""
    with store.begin(HEAD) as uow:
        report = files.examine(uow, parsed("staff", [HEADER, row]))
        if report.good:
            files.bring_in(uow, parsed("staff", [HEADER, row]), "0" * 64)
    return [problem.message % problem.params for one in report.rows for problem in one.problems]


def test_a_guest_gets_duties(north: Store) -> None:
    assert bring_in(north, "guest|Учебный Гость|организатор|04.06.2026|01|1|") == []
    with north.read() as uow:
        [person] = uow.session.scalars(select(Person).where(Person.login == "guest"))
        assert [duty.person_id for duty in uow.session.scalars(select(Duty))] == [person.id]


@pytest.mark.parametrize(
    "row",
    [
        "guest|Учебный Другой|организатор|04.06.2026|01|1|",
        "guest|Учебный Гость|руководитель ППЭ||||",
        "guest|Учебный Гость|организатор|04.06.2026|01|1|02",
    ],
)
def test_name_role_and_subjects_of_a_guest_are_not_changed_from_here(
    north: Store, row: str
) -> None:
    [found] = bring_in(north, row)
    assert "another exam point" in found


def test_a_login_of_somebody_whom_the_point_does_not_know_is_taken(north: Store) -> None:
    [found] = bring_in(north, "stranger|Учебный Новый|организатор|04.06.2026|01|1|")
    assert found == "The login is taken at another exam point."


def test_a_guest_gets_duties_in_the_roles_of_this_point(north: Store) -> None:
    with north.at("").begin(TEST) as uow:
        [guest] = uow.session.scalars(select(Person).where(Person.login == "guest"))
        sites.serve(uow, guest, NORTH, [Role.ASSISTANT])
    assert bring_in(north, "guest|Учебный Гость|ассистент|04.06.2026|01|1|") == []
    (refused,) = bring_in(north, "guest|Учебный Гость|организатор|04.06.2026|01|1|")
    assert "в другом пункте" in refused or "another exam point" in refused


def test_papers_and_lists_name_the_roles_of_a_guest_at_this_point(
    north: Store,
) -> None:
    with north.at("").begin(TEST) as uow:
        [guest] = uow.session.scalars(select(Person).where(Person.login == "guest"))
        sites.serve(uow, guest, NORTH, [Role.ASSISTANT])
        sites.leave(uow, guest, NORTH)
        assert sites.roles_at(uow, guest, NORTH) == frozenset()
        assert sites.roles_on_record(uow, guest, NORTH) == {Role.ASSISTANT}, "as the papers say"
        rows = [{"site": NORTH, "person_id": guest.id}], [{"site": SOUTH, "person_id": guest.id}]
        named = [bundle_rows.people_of(uow.session, some)[guest.id]["roles"] for some in rows]
    assert named == [[Role.ASSISTANT], [Role.ROOM_ORGANISER]]
