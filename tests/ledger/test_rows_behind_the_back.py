"""Rows changed, removed or added behind the program's back are named, whatever the table and the
database."""

import pytest
from sqlalchemy import create_engine, text

from examday.domain.errors import Invalid
from examday.domain.people.roles import Actor, Role
from examday.services.ledger import audit, checkpoints
from examday.services.unit_of_work import Store
from examday.storage.base import recorded_models
from examday.storage.objects.folder import Folder
from examday.storage.tables import Booklet, EventRow, ScanFile
from tests import day, sheets
from tests.keeper import as_keeper
from tests.signed import verified_work


@pytest.fixture
def busy(each_store: Store, add_person) -> Store:  # type: ignore[no-untyped-def]
    """A station with a row in most tables."""
    verified_work(each_store, add_person)
    return each_store


def edit(store: Store, *statements: str) -> None:
    """What somebody with the database in hand does: locks off, edit, locks on."""
    postgres = store.engine.dialect.name == "postgresql"
    engine = create_engine(as_keeper(store.settings.database_url))
    with engine.begin() as connection:
        if postgres:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def named(store: Store) -> list[tuple[str, str]]:
    return [(f.code, f.detail.partition(":")[0]) for f in audit.verify(store).faults]


def test_a_clean_station_gives_no_alarm(busy: Store) -> None:
    report = audit.verify(busy)
    assert report.faults == () and report.ok
    assert report.entries >= 5 and report.rows > 10


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE booklet SET state = 'certified'", "booklet"),
        ("UPDATE booklet SET since = '2026-06-04T09:00:00.000000+00:00'", "booklet"),
        ("UPDATE person SET password_hash = 'x' WHERE login = 'member'", "person"),
        ("UPDATE candidate SET surname = 'Другой'", "candidate"),
        ("UPDATE exam SET tasks = 39", "exam"),
        ("UPDATE seat SET place = '9Б'", "seat"),
        (
            "UPDATE assignment SET person_id = (SELECT id FROM person WHERE login = 'observer') WHERE part = 'copier'",
            "assignment",
        ),
        ("UPDATE page SET role = 'original' WHERE role = 'copy'", "page"),
    ],
)
def test_a_changed_row_is_named(busy: Store, statement: str, table: str) -> None:
    edit(busy, statement)
    assert set(named(busy)) == {("row-changed", table)}


def test_a_changed_reading_is_named(each_store: Store, add_person) -> None:  # type: ignore[no-untyped-def]
    work = verified_work(each_store, add_person).booklet_id
    day.booklet(each_store, sheets.kit_code(2))
    if each_store.engine.dialect.name == "sqlite":
        edit(each_store, "DROP TRIGGER reading_no_update")
    edit(each_store, "UPDATE reading SET sha256 = 'f' WHERE source = 'settled'")
    assert ("row-changed", "reading") in named(each_store)
    with each_store.read() as uow:
        booklet = uow.get(Booklet, work)
        place = f"{booklet.seat.room.number}-{booklet.seat.place} · {booklet.code}"
    assert set(audit.verify(each_store).places.values()) == {place}, "and whose it is"


def test_a_removed_role_and_an_added_one_are_named(busy: Store) -> None:
    edit(busy, "UPDATE person_role SET role = 'site_head' WHERE role = 'assistant'")
    assert sorted(named(busy)) == [("row-missing", "person_role"), ("row-unknown", "person_role")]


def test_every_recorded_table_is_looked_at(store: Store) -> None:
    tables = {model.__tablename__ for model in recorded_models()}
    assert {
        "person",
        "booklet",
        "reading",
        "signoff",
        "handover",
        "item",
        "page",
        "assignment",
    } <= tables
    assert not tables & {"event", "checkpoint", "outbox", "web_session", "draft", "login_attempt"}


def test_a_damaged_and_a_removed_original_are_named_and_a_stray_one_is_mentioned(
    store: Store,
) -> None:
    import io

    objects = Folder(store.settings.objects)
    kept = [objects.put(io.BytesIO(text_)).sha256 for text_ in (b"one", b"two", b"three")]
    with store.begin(Actor.system("test")) as uow:
        for sha256 in kept:
            uow.add(
                ScanFile(
                    name="a.jpg",
                    source="upload",
                    sha256=sha256,
                    size=3,
                    state="done",
                    received_at=uow.now(),
                )
            )
        uow.record("test:scans", "day:test")
    stray = objects.put(io.BytesIO(b"stray")).sha256
    assert audit.verify(store, scans=True).ok
    objects.path(kept[0]).chmod(0o600)
    objects.path(kept[0]).write_bytes(b"onf")
    objects.path(kept[1]).unlink()
    report = audit.verify(store, scans=True)
    assert sorted((f.code, f.detail) for f in report.faults) == sorted(
        [("scan", kept[0]), ("scan", kept[1])]
    )
    assert [(n.code, n.detail) for n in report.notes] == [("scan-unknown", stray)]
    assert audit.verify(store).ok  # in order: originals are read only when asked for


def test_the_code_on_paper_is_checked(busy: Store) -> None:
    with busy.begin(Actor("p", frozenset({Role.SITE_HEAD}))) as uow:
        code = checkpoints.checkpoint_now(uow).code
    assert audit.verify(busy, code).ok
    last = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert [f.code for f in audit.verify(busy, last).faults] == ["checkpoint"]
    assert [f.code for f in audit.verify(busy, "9999" + code[4:]).faults] == ["tail-cut"]
    with pytest.raises(Invalid):
        audit.verify(busy, "сто двенадцать")


def test_a_forged_checkpoint_is_named(busy: Store) -> None:
    with busy.begin(Actor.system("test")) as uow:
        mark = checkpoints.checkpoint(uow, "print:act")
    if busy.engine.dialect.name == "sqlite":
        edit(busy, "DROP TRIGGER checkpoint_no_update")
    edit(busy, f"UPDATE checkpoint SET purpose = 'print:other' WHERE id = '{mark.id}'")
    assert ("signature", mark.code) in [(f.code, f.detail) for f in audit.verify(busy).faults]


def test_checkpoints_come_by_themselves_every_hundred_entries(store: Store) -> None:
    for _ in range(99):
        with store.begin(Actor.system("test")) as uow:
            uow.record("test:tick", "day:test")
            assert checkpoints.checkpoint_when_due(uow) is None
    with store.begin(Actor.system("test")) as uow:
        uow.record("test:tick", "day:test")
    with store.begin(Actor.system("test")) as uow:
        made = checkpoints.checkpoint_when_due(uow)
    assert made and made.seq == 100
    with store.begin(Actor.system("test")) as uow:
        assert checkpoints.checkpoint_when_due(uow) is None


def test_the_signing_key_is_for_its_owner_alone_and_stays_the_same(store: Store) -> None:
    first = checkpoints.public_key(store.settings.keys)
    assert checkpoints.public_key(store.settings.keys) == first
    assert (store.settings.keys / "ledger.key").stat().st_mode & 0o777 == 0o600


def test_a_clock_set_back_is_an_entry_and_order_is_by_number(store: Store, clock) -> None:  # type: ignore[no-untyped-def]
    for hours in (0, -1, 2):
        clock.forward(hours=hours)
        with store.begin(Actor.system("test")) as uow:
            uow.record("test:tick", "day:test")
    with store.read() as uow:
        assert [row.kind for row in uow.session.query(EventRow).order_by(EventRow.seq)] == [
            "test:tick",
            "clock:set-back",
            "test:tick",
            "test:tick",
        ]
    assert audit.verify(store).ok


def test_a_change_that_no_entry_tells_of_is_not_written(store: Store) -> None:
    work = day.booklet(store, None)
    begun = store.begin(Actor.system("test"))
    with pytest.raises(RuntimeError, match="without an event"), begun as uow:
        uow.get(Booklet, work).state = "spoiled"
    with store.read() as uow:
        assert uow.get(Booklet, work).state == "collected"
