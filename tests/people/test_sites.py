"""Many exam points in one installation: each sees its own works alone, and has a ledger of its own."""

import dataclasses
import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import event, func, select, text, union_all
from sqlalchemy.orm import aliased, selectinload

from examday.cli import main
from examday.domain.errors import Conflict, Forbidden, Invalid, NotFound
from examday.domain.events import Event
from examday.domain.ledger import checkpoint_code
from examday.domain.people.roles import Actor, Role
from examday.domain.scans.pages import ScanState
from examday.services.ledger import audit, bundle, checkpoints
from examday.services.people import accounts, directory, log_in, own_secrets, sites, views
from examday.services.plan.tables import parts, sets
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import (
    Booklet,
    Candidate,
    EventRow,
    Exam,
    Item,
    Outbox,
    Person,
    Room,
    ScanFile,
    Seat,
)
from tests import day
from tests.people_at_once import PIN

TEST = Actor.system("test")
NORTH, SOUTH = "770001", "770002"
CODE_N, CODE_S = "2990000000026", "2990000000033"


def region(store: Store) -> Store:
    """Two points in two time zones, each with one work of the same subject."""
    with store.begin(TEST) as uow:
        sites.add_site(uow, NORTH, "Школа севера", "Europe/Moscow")
        sites.add_site(uow, SOUTH, "Школа юга", "Asia/Yekaterinburg")
    day.booklet(store.at(NORTH), CODE_N)
    day.booklet(store.at(SOUTH), CODE_S)
    return store


def codes(uow: UnitOfWork) -> set[str | None]:
    return set(uow.session.scalars(select(Booklet.code)))


def test_a_point_sees_its_own_works_and_the_centre_sees_all(each_store: Store) -> None:
    store = region(each_store)
    for site, seen in ((NORTH, {CODE_N}), (SOUTH, {CODE_S}), ("", {CODE_N, CODE_S})):
        with store.at(site).read() as uow:
            assert codes(uow) == seen


SHAPES = {
    "columns": lambda: select(Booklet.code),
    "rows": lambda: select(Booklet),
    "another name": lambda: select(aliased(Booklet).code),
    "a join": lambda: select(Seat.place).join(Booklet, Booklet.seat_id == Seat.id),
    "a part of a query": lambda: select(
        select(Booklet.code).where(Booklet.code == CODE_S).scalar_subquery()
    ).where(select(Booklet.id).where(Booklet.code == CODE_S).exists()),
    "a table made of a query": lambda: select(select(Booklet.code).subquery().c.code),
    "two queries in one": lambda: union_all(select(Booklet.code), select(Booklet.code)),
    "a count": lambda: select(func.count(Booklet.id)).having(func.count(Booklet.id) > 1),
    "what hangs on": lambda: select(Exam).options(selectinload("*")),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_whichever_way_is_asked_nothing_of_another_point_comes(
    each_store: Store, shape: str
) -> None:
    store = region(each_store)
    with store.at(NORTH).read() as uow:
        found = list(uow.session.scalars(SHAPES[shape]()))
    of_sites = {getattr(row, "site", NORTH) for row in found}
    assert of_sites <= {NORTH} and CODE_S not in found
    assert len(found) < 2 or shape == "two queries in one"


def test_a_work_of_another_point_is_not_found(each_store: Store) -> None:
    store = region(each_store)
    with store.at(SOUTH).read() as uow:
        foreign = uow.session.scalar(select(Booklet))
    assert foreign is not None
    with store.at(NORTH).begin(TEST) as uow:
        with pytest.raises(NotFound):
            uow.get(Booklet, foreign.id)
        with pytest.raises(NotFound):
            uow.hold(Booklet, foreign.id)


@pytest.mark.slow
def test_a_row_of_another_point_cannot_be_written_on_postgresql(
    postgres: Callable[[], str], settings: object, clock: object
) -> None:
    store = region(Store(dataclasses.replace(settings, database_url=postgres()), clock))  # type: ignore[type-var, arg-type]
    with store.at(NORTH).read() as uow:
        # Whatever a query forgets: the database itself holds back.
        seen = uow.session.execute(text("SELECT site FROM booklet UNION SELECT site FROM event"))
        assert set(seen.scalars()) == {NORTH}
        changed = uow.session.execute(text("UPDATE booklet SET hold = true"))
        assert changed.rowcount == 1  # type: ignore[attr-defined]
        with pytest.raises(Exception, match="row-level security"):
            uow.session.execute(text("UPDATE booklet SET site = '770002'"))
    store.close()


def test_the_database_itself_holds_back_names_of_people_whom_a_point_does_not_know(
    postgres: Callable[[], str], settings: object, clock: object
) -> None:
    store = region(Store(dataclasses.replace(settings, database_url=postgres()), clock))  # type: ignore[type-var, arg-type]
    for site, login in (("", "centre"), (NORTH, "north"), (SOUTH, "south"), (SOUTH, "guest")):
        with store.at(site).begin(TEST) as uow:
            accounts.new_person(uow, login, login.title(), [Role.ASSISTANT], "0000-000-000")
            uow.record(Event.PERSON_ADD, f"person:{login}")
    with store.begin(TEST) as uow:
        guest = uow.session.scalars(select(Person).where(Person.login == "guest")).one()
        sites.serve(uow, guest, NORTH)
    names = text("SELECT p.login FROM person p JOIN person_role r ON r.person_id = p.id")
    with store.at(NORTH).read() as uow:
        assert set(uow.session.scalars(names)) == {"centre", "north", "guest"}
        # Known is not own: nothing of them is changed from here.
        with pytest.raises(Exception, match="row-level security"):
            uow.session.execute(text("UPDATE person SET name = 'x' WHERE login = 'guest'"))
    store.close()


def test_each_point_has_a_ledger_of_its_own_that_begins_with_its_name(each_store: Store) -> None:
    store = region(each_store)
    with store.read() as uow:
        rows = uow.session.execute(
            select(EventRow.site, EventRow.seq, EventRow.kind).order_by(EventRow.site, EventRow.seq)
        )
        assert [tuple(row) for row in rows] == [
            ("", 1, "site:add"),
            ("", 2, "site:add"),
            (NORTH, 1, "site:begin"),
            (NORTH, 2, "test:booklet"),
            (SOUTH, 1, "site:begin"),
            (SOUTH, 2, "test:booklet"),
        ]
    assert audit.verify(store).ok
    for site in store.sites():
        assert audit.verify(store.at(site)).ok


def test_what_the_centre_does_with_a_work_stands_in_the_ledger_of_its_point(
    each_store: Store,
) -> None:
    store = region(each_store)
    with store.begin(TEST) as uow:
        booklet = uow.session.scalars(select(Booklet).where(Booklet.code == CODE_S)).one()
        item = uow.add(Item(code="x", kind="packet", exam_id=booklet.exam_id))
        uow.enqueue("examday.tidy", booklet.id)  # type: ignore[arg-type]
        uow.record(Event.PACKING_OPEN, f"item:{booklet.id}")
    assert item.site == SOUTH
    with store.at(SOUTH).read() as uow:
        assert uow.session.scalar(select(Outbox)) is not None
        assert uow.session.scalars(select(EventRow.kind).order_by(EventRow.seq)).all()[-1] == str(
            Event.PACKING_OPEN
        )
    assert audit.verify(store).ok


def test_the_checkpoint_of_a_point_is_of_its_own_ledger(each_store: Store) -> None:
    store = region(each_store)
    made = {}
    for site in (NORTH, SOUTH):
        with store.at(site).begin(TEST) as uow:
            made[site] = checkpoints.checkpoint(uow, "by-hand")
            uow.record(Event.LEDGER_CHECKPOINT, "checkpoint:2", code=made[site].code)
    assert audit.verify(store.at(NORTH), made[NORTH].code).ok
    assert [f.code for f in audit.verify(store.at(SOUTH), made[NORTH].code).faults] == [
        "checkpoint"
    ]


def test_a_plan_is_of_a_point_that_somebody_named(each_store: Store, tmp_path: Path) -> None:
    store, plan = region(each_store), tmp_path / "rooms.csv"
    plan.write_text("Код ППЭ;Аудитория\n7702;0007\n", encoding="utf-8")
    rooms = parts.parts_of("rooms.csv", plan)
    head = Actor("head", frozenset({Role.SITE_HEAD}))
    # Its rooms would be of no point, and its people would see all of them.
    with pytest.raises(Conflict, match="which exam point"):
        sets.examine(store, head, rooms)
    with pytest.raises(Conflict, match="which exam point"), store.begin(head) as uow:
        sets.bring_in(uow, rooms)
    with store.at(SOUTH).begin(head) as uow:
        sets.bring_in(uow, rooms)
    with store.read() as uow:
        assert uow.session.scalars(select(Room.site).where(Room.number == "0007")).all() == [SOUTH]


@pytest.mark.usefixtures("without_children")
def test_the_command_brings_a_plan_in_at_the_point_that_it_names(
    store: Store, tmp_path: Path
) -> None:
    region(store)
    plan = tmp_path / "rooms.csv"
    plan.write_text("Код ППЭ;Аудитория\n7702;0007\n", encoding="utf-8")
    words = ["plan", "load", str(plan), "--data", str(store.settings.data)]
    told = CliRunner().invoke(main, words)
    assert told.exit_code == 1 and "--site" in told.output
    assert CliRunner().invoke(main, [*words, "--site", SOUTH]).exit_code == 0
    with store.read() as uow:
        assert uow.session.scalars(select(Room.site).where(Room.number == "0007")).all() == [SOUTH]


def test_the_centre_checks_a_code_on_the_paper_of_any_point(each_store: Store) -> None:
    store = region(each_store)
    with store.at(NORTH).begin(TEST) as uow:
        code = checkpoints.checkpoint(uow, "by-hand").code
        uow.record(Event.LEDGER_CHECKPOINT, "checkpoint:2", code=code)
    assert audit.verify(store, code).ok
    forged = checkpoint_code(2, "0" * 64)
    assert [(f.chain, f.code) for f in audit.verify(store, forged).faults] == [("", "checkpoint")]


def test_the_bundle_of_a_day_is_of_the_day_at_the_point(store: Store, tmp_path: Path) -> None:
    region(store)
    with store.at(SOUTH).begin(TEST) as uow:
        # The 4th has begun there, and not yet where the installation is.
        night = dt.datetime(2026, 6, 3, 20, 30, tzinfo=dt.UTC)
        scan = uow.add(
            ScanFile(name="a.jpg", source="upload", batch="", sha256="", size=0, problem={},
                     state=ScanState.QUARANTINED, received_at=night)
        )  # fmt: skip
        uow.record("test:scan", "day:test")
    head = Actor("head", frozenset({Role.SITE_HEAD}))
    made = bundle.export(store.at(SOUTH), head, "2026-06-04", tmp_path / "day.zip")
    with zipfile.ZipFile(made.path) as files:
        assert scan.id in files.read("data.json").decode()


def test_a_work_that_was_moved_to_another_point_behind_the_program_is_named(store: Store) -> None:
    region(store)
    with store.engine.begin() as connection:
        connection.execute(
            text("UPDATE booklet SET site = :site WHERE code = :code"),
            {"site": NORTH, "code": CODE_S},
        )
    found = [(f.chain, f.code) for f in audit.verify(store).faults]
    assert found == [(SOUTH, "row-changed")]


def test_a_row_of_a_point_that_nobody_knows_is_named(store: Store) -> None:
    region(store)
    with store.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO candidate SELECT 'X1', 'Никто', name, patronymic, document,"
                 " school_code, needs, documents, :id, 'nowhere' FROM candidate LIMIT 1"),
            {"id": "f" * 32},
        )  # fmt: skip
    found = [(f.chain, f.code) for f in audit.verify(store).faults]
    assert found == [("nowhere", "row-unknown")]


def test_two_points_may_use_the_same_numbers(each_store: Store) -> None:
    store = region(each_store)
    with store.read() as uow:
        numbers = uow.session.execute(select(Exam.site, Exam.subject)).all()
    assert len(numbers) == 2


def test_somebody_of_two_points_works_at_both_until_it_ends(
    each_store: Store, add_person: Callable[..., Person]
) -> None:
    store = region(each_store)
    person = add_person(store.at(NORTH), "petrova", Role.ROOM_ORGANISER)
    assert person.site == NORTH
    with store.begin(TEST) as uow:
        sites.serve(uow, uow.get(Person, person.id), SOUTH)
    with store.at(SOUTH).read() as uow:
        assert [p.login for p in directory.list_people(uow)] == ["petrova"]
    with store.begin(TEST) as uow:
        assert sites.entered(uow, uow.get(Person, person.id), SOUTH) == SOUTH
        sites.leave(uow, uow.get(Person, person.id), SOUTH)
        assert sites.entered(uow, uow.get(Person, person.id), SOUTH) == NORTH
    with store.at(SOUTH).read() as uow:
        assert directory.list_people(uow) == []
        # Works that were signed there still name the person.
        assert directory.names(uow)[person.id] == "Petrova"
    with store.begin(TEST) as uow:
        sites.serve(uow, uow.get(Person, person.id), SOUTH)
        assert sites.entered(uow, uow.get(Person, person.id), SOUTH) == SOUTH, "called once more"
    with pytest.raises(NotFound, match="does not serve"), store.begin(TEST) as uow:
        sites.leave(uow, uow.get(Person, person.id), NORTH)
    assert audit.verify(store).ok


def test_people_of_other_points_are_not_known(
    each_store: Store, add_person: Callable[..., Person]
) -> None:
    store = region(each_store)
    add_person(store.at(NORTH), "petrova", Role.ROOM_ORGANISER)
    with store.at(SOUTH).read() as uow:
        assert directory.names(uow) == {}


def test_a_login_is_one_in_the_whole_installation(
    each_store: Store, add_person: Callable[..., Person]
) -> None:
    store = region(each_store)
    add_person(store.at(NORTH), "petrova", Role.ROOM_ORGANISER)
    with (
        pytest.raises(Invalid, match="another exam point"),
        store.at(SOUTH).begin(TEST) as uow,
    ):
        accounts.new_person(uow, "petrova", "Петрова Анна", [Role.ASSISTANT], "0000-000-000")


def test_days_and_times_are_those_of_the_point(each_store: Store) -> None:
    store = region(each_store)
    hours = {}
    for site in store.sites():
        with store.at(site).read() as uow:
            hours[site] = uow.local(uow.now()).hour
    assert (hours[SOUTH] - hours[NORTH]) % 24 == 2


def test_a_point_needs_a_code_a_name_and_a_zone(store: Store) -> None:
    for key, name, zone in (("77-01", "Школа", "Europe/Moscow"), ("7701", " ", "Europe/Moscow"),
                            ("7701", "Школа", "Europe/Moskow"), ("7" * 17, "Школа", "Europe/Moscow")):  # fmt: skip
        with pytest.raises(Invalid), store.begin(TEST) as uow:
            sites.add_site(uow, key, name, zone)
    with store.begin(TEST) as uow:
        sites.add_site(uow, "7701", "Школа", "Europe/Moscow")
    with pytest.raises(Conflict), store.begin(TEST) as uow:
        sites.add_site(uow, "7701", "Школа", "Europe/Moscow")


def test_the_roles_of_somebody_who_serves_elsewhere_are_known_there(
    each_store: Store, add_person: Callable[..., Person]
) -> None:
    store = region(each_store)
    person = add_person(store.at(NORTH), "petrova", Role.ROOM_ORGANISER)
    with store.begin(TEST) as uow:
        sites.serve(uow, uow.get(Person, person.id), SOUTH)
    with store.begin(TEST) as uow:  # given back by the centre, which alone may
        accounts.change_person(uow, person.id, "Петрова", [Role.ROOM_ORGANISER, Role.ASSISTANT])
    with store.at(SOUTH).read() as uow:
        assert [p.login for p in directory.people_with(uow, {Role.ASSISTANT})] == ["petrova"]
    assert audit.verify(store).ok


def test_no_row_belongs_to_one_of_another_point(each_store: Store) -> None:
    """A form may name whatever it wants."""
    store = region(each_store)
    with store.read() as uow:
        foreign = uow.session.scalars(select(Exam).where(Exam.site == SOUTH)).one().id
        own = uow.session.scalars(select(Item.id).where(Item.site == NORTH)).first()
    assert own is None
    for site in (NORTH, ""):
        with pytest.raises(NotFound), store.at(site).begin(TEST) as uow:
            booklet = uow.session.scalars(select(Booklet).where(Booklet.code == CODE_N)).one()
            uow.add(Item(code="x", kind="packet", exam_id=foreign, booklet_id=booklet.id))
            uow.record(Event.PACKING_OPEN, "item:x")
        with pytest.raises(NotFound), store.at(site).begin(TEST) as uow:
            booklet = uow.session.scalars(select(Booklet).where(Booklet.code == CODE_N)).one()
            booklet.exam_id = foreign
            uow.record(Event.PACKING_OPEN, "item:x")


def test_an_account_is_kept_by_its_own_point_and_by_the_centre_alone(
    each_store: Store, add_person: Callable[..., Person]
) -> None:
    """Whoever could give a new password to a guest, or to the centre, would sign as them."""
    store = region(each_store)
    guest = add_person(store.at(NORTH), "petrova", Role.SITE_HEAD)
    centre = add_person(store, "centre", Role.SITE_HEAD)
    with store.begin(TEST) as uow:
        sites.serve(uow, uow.get(Person, guest.id), SOUTH)
    for person in (guest, centre):
        with pytest.raises(NotFound), store.at(SOUTH).begin(TEST) as uow:
            accounts.reset_secret(uow, person.id)
        with pytest.raises(NotFound), store.at(SOUTH).read(TEST) as uow:
            views.account(uow, person.id)
    with store.at(SOUTH).read(TEST) as uow:
        assert views.everybody(uow).guests == {guest.id}
    with store.begin(TEST) as uow:
        assert accounts.reset_secret(uow, guest.id)


def test_own_secrets_are_changed_at_a_guest_s_point_in_the_ledger_of_the_own(
    each_store: Store, add_person: Callable[..., Person]
) -> None:
    store = region(each_store)
    person = add_person(store.at(NORTH), "petrova", Role.ROOM_ORGANISER)
    with store.begin(TEST) as uow:
        sites.serve(uow, uow.get(Person, person.id), SOUTH)
    with store.at(SOUTH).begin(TEST) as uow:
        own_secrets.set_own_secrets(uow, person.id, "Пароль-дня-1", "8305")
    assert audit.verify(store).ok
    for site in (NORTH, SOUTH):
        with store.at(site).read() as uow:
            last = uow.session.scalars(select(EventRow.kind).order_by(EventRow.seq.desc())).first()
            assert last == str(Event.PERSON_OWN_SECRETS)


def test_who_serves_no_longer_cannot_sign_there(
    each_store: Store, add_person: Callable[..., Person]
) -> None:
    store = region(each_store)
    person = add_person(store.at(NORTH), "petrova", Role.ROOM_ORGANISER)
    with store.begin(TEST) as uow:
        sites.serve(uow, uow.get(Person, person.id), SOUTH)
    with store.at(SOUTH).begin(TEST) as uow:
        assert log_in.prove_oneself(uow, person.id, PIN, log_in.Part.CONFIRMS).id == person.id
    with store.begin(TEST) as uow:
        sites.leave(uow, uow.get(Person, person.id), SOUTH)
    with pytest.raises(Forbidden), store.at(SOUTH).begin(TEST) as uow:
        log_in.prove_oneself(uow, person.id, PIN, log_in.Part.CONFIRMS)


def test_a_station_asks_once_in_a_transaction_whether_it_has_points(store: Store) -> None:
    asked = []
    event.listen(
        store.engine,
        "before_cursor_execute",
        lambda *args: asked.append(args[2]) if "FROM site" in args[2] else None,
    )
    with store.begin(TEST) as uow:
        for number in range(5):
            uow.add(Candidate(code=f"C{number}", surname="Участник"))
            uow.session.flush()
        uow.record("test:candidates", "day:test")
    assert len(asked) == 1
