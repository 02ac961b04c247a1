"""A step of the transfer asked for too early or by halves is refused, and nothing is taken for
what nobody said."""

from collections.abc import Callable

import pytest
from sqlalchemy import create_engine

from examday.domain.errors import Broken, Conflict, DomainError, Invalid, NotFound, Stale
from examday.domain.transfer.answers import Value
from examday.services.transfer import assignments, copying, keyin, readings
from examday.services.transfer.desks import entries, verification
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person
from tests.transfer_day import Hands, hands


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def test_what_is_not_there_yet_is_not_taken_for_settled(crew: Hands) -> None:
    work = crew.work("2675000181771")
    crew.key_in(work, "anna", "first", crew.values(work, t1="ДОМ"))
    with crew.store.read() as uow:
        booklet = uow.get(Booklet, work)
        with pytest.raises(Conflict) as early:
            readings.first_and_second(uow, booklet)
        assert early.value.code == "wrong-step"
        with pytest.raises(Broken):
            readings.settled(uow, booklet)


def test_a_reading_that_was_changed_behind_the_back_is_neither_shown_nor_signed(
    crew: Hands,
) -> None:
    work = crew.work("2675000181771")
    crew.settled(work, t1="ДОМ")
    thief = create_engine(crew.store.settings.database_url)
    with thief.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER reading_no_update")
        connection.exec_driver_sql(
            "UPDATE reading SET content = replace(content, 'blank', 'illegible')"
        )
    thief.dispose()
    with crew.store.read() as uow:
        found = readings.settled(uow, uow.get(Booklet, work))
        with pytest.raises(Broken):
            readings.values_of(found)


def test_a_key_in_is_the_first_or_the_second_one(crew: Hands) -> None:
    work = crew.work("2675000181771")
    with pytest.raises(NotFound):
        crew.do("anna", keyin.submit, work, "third", crew.values(work))
    assert crew.state(work) == "scanned"


def test_nobody_states_to_have_copied_what_was_settled_otherwise_meanwhile(crew: Hands) -> None:
    work = crew.work("2675000181771")
    crew.settled(work, t1="ДОМ")
    crew.do("anna", assignments.take, work, "copier")
    with pytest.raises(Stale):
        crew.do("anna", copying.finish, work, "0" * 64)
    assert crew.state(work) == "settled"
    with crew.store.read() as uow:
        now = readings.settled(uow, uow.get(Booklet, work)).sha256
    assert crew.do("anna", copying.finish, work, now).state == "copied"


def test_giving_back_what_nobody_holds_is_no_error_and_changes_nothing(crew: Hands) -> None:
    work = crew.work("2675000181771")
    crew.do("anna", assignments.take, work, "first")
    for _two_clicks in range(2):
        crew.do("anna", assignments.release, work, "first")
    with crew.store.read() as uow:
        assert assignments.holder(uow, uow.get(Booklet, work), "first") is None
    assert crew.state(work) == "scanned"


def test_a_desk_of_another_settled_reading_is_old(crew: Hands) -> None:
    work = crew.work("2675000181771")
    crew.settled(work, t1="ДОМ")
    crew.copied(work)
    with crew.store.read() as uow:
        booklet = uow.get(Booklet, work)
        with pytest.raises(Stale):
            verification.desk_of(uow, booklet, "0" * 64)
        now = readings.settled(uow, booklet).sha256
        assert verification.desk_of(uow, booklet, now).booklet.id == work


def test_an_input_left_empty_at_settling_is_asked_about(crew: Hands) -> None:
    work = crew.work("2675000181771")
    with crew.store.read() as uow, pytest.raises(DomainError) as told:
        entries.check_some(uow.get(Booklet, work), {"2": Value("")})
    assert isinstance(told.value, Invalid)
    assert (told.value.code, told.value.params["fields"]) == ("incomplete", ["2"])


def test_a_reading_that_was_changed_behind_the_back_is_not_read(crew: Hands) -> None:
    work = crew.work("2675000181771")
    crew.settled(work, t1="ДОМ")
    with crew.store.read() as uow:
        row = readings.settled(uow, uow.get(Booklet, work))
        assert readings.values_of(row)["1"].text == "ДОМ"
        row.content = {"fields": {"1": {"text": "ДЫМ"}}}
        with pytest.raises(Broken):
            readings.values_of(row)
        uow.session.rollback()
