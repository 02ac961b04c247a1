"""The bundle of an appeal's case proves itself offline, and names the place when one byte of the
case is changed or one part of it is left out."""

import datetime as dt
import importlib.util
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Capacity, Outcome
from examday.domain.ledger import canonical
from examday.services.appeals import closing
from examday.services.appeals.decision import findings
from examday.services.appeals.hearing import appointments, correcting, sitting
from examday.services.appeals.order import orders
from examday.services.ledger import bundle
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from examday.storage.tables_appeal import Appeal
from tests.appeals import world
from tests.appeals.test_appeal_services import heard, signed
from tests.ledger.test_export import TOOL, check, members, resigned


@pytest.fixture
def made(store: Store, add_person: Callable[..., Person], clock: Any, tmp_path: Path) -> Path:
    """A case whose hearing is appointed, exported with names by the secretary."""
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)
    commission = world.make(store, add_person)
    number = world.file_appeal(commission)
    commission.do(
        "secretary",
        appointments.schedule,
        number,
        dt.datetime(2026, 6, 24, 8, tzinfo=dt.UTC),
        "каб. 5",
        "in_person",
    )
    return bundle.export(
        store, commission.actor("secretary"), commission.booklet, tmp_path / "case.zip", names=True
    ).path


def changed(path: Path, table: str, value: str, other: str) -> Path:
    """The same bundle with one value of one row of `table` replaced."""
    target = path.with_name(f"bad-{table}.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as out:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "data.json":
                text = content.decode()
                assert value in text
                content = text.replace(value, other).encode()
            out.writestr(entry, content)
    return target


def test_the_case_is_in_the_bundle_and_verifies(made: Path) -> None:
    code, said = check(made)
    assert code == 0, said
    with zipfile.ZipFile(made) as held:
        rows = json.loads(held.read("data.json"))
    assert {"appeal", "hearing"} <= {key.partition(":")[0] for key in rows["rows"]}


@pytest.mark.parametrize(
    ("table", "value", "other"),
    [
        ("hearing", "каб. 5", "каб. 6"),
        ("appeal", "77-01-0001", "77-01-0002"),
        ("reading", "КИСЛОРОД", "КИСЛАРОД"),
    ],
)
def test_one_changed_value_of_the_case_is_named(
    made: Path, table: str, value: str, other: str
) -> None:
    code, said = check(changed(made, table, value, other))
    assert code == 1
    assert table in said, said


@pytest.fixture
def closed(store: Store, add_person: Callable[..., Person], clock: Any) -> world.Commission:
    """A case that was heard, corrected, decided, signed, carried out and closed."""
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)
    c = world.make(store, add_person)
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    for field in world.PLANTED:
        c.do("member", findings.find, number, field, Diagnosis.RECOGNITION_ERROR, reason="снимок")
    with c.store.read() as uow:
        sat = sitting.sitting_of(uow, uow.get(Appeal, number))
    vote = next(row for row in sat.votes if row.person_id == c.people["member"].id)
    guest = next(row for row in sat.attendance if row.capacity == Capacity.APPELLANT)
    c.do("secretary", correcting.correct_vote, number, vote.id, Outcome.REJECT, "не та кнопка")
    c.do(
        "secretary", correcting.correct_attendance, number, guest.id, Capacity.GUARDIAN, "это мать"
    )
    signed(c, number)
    c.do("secretary", orders.order_reprocessing, number)
    c.do("operator", orders.record_results, number, 61, 68)
    c.do("chair", orders.approve, number)
    c.do("secretary", orders.record_notice, number, "лично")
    c.do("secretary", closing.close, number)
    return c


def verdict(files: dict[str, bytes]) -> tuple[list[str], list[str]]:
    """What the verifier finds wrong, and what it says it could not check."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    spec = importlib.util.spec_from_file_location("verify_export", TOOL)
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    with zipfile.ZipFile(packed) as archive:
        checked = tool.check_of(archive)
        checked.run(None, None)
    found, notes = (
        [tool.WORDS["en"][what].format(*args) for what, args in rows]
        for rows in (checked.found, checked.notes)
    )
    return found, notes


def without(store: Store, files: dict[str, bytes], key: str, **manifest: Any) -> dict[str, bytes]:
    """The bundle without one row, signed again by whoever holds the station's key."""
    data = json.loads(files["data.json"])
    del data["rows"][key]
    said = json.loads(files["manifest.json"])
    said.update(manifest)
    said = {name: value for name, value in said.items() if value is not None}
    return resigned(
        store,
        {
            **files,
            "data.json": canonical(data).encode(),
            "manifest.json": canonical(said).encode(),
        },
    )


@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.release
def test_no_row_of_a_closed_case_can_be_left_out_unnoticed(
    closed: world.Commission, tmp_path: Path, earlier: bool
) -> None:
    made = bundle.export(
        closed.store, closed.actor("secretary"), closed.booklet, tmp_path / "case.zip", names=True
    )
    files = members(made.path)
    # Bundles of earlier programs do not say that they were made with names.
    said: dict[str, Any] = {"names": None} if earlier else {}
    assert verdict(files)[0] == []
    keys = sorted(json.loads(files["data.json"])["rows"])
    assert {"attendance", "own_work", "protocol", "protocol_signature", "case_note"} <= {
        key.partition(":")[0] for key in keys
    }
    unnoticed = [key for key in keys if not verdict(without(closed.store, files, key, **said))[0]]
    assert unnoticed == []


def test_a_bundle_without_names_says_how_much_of_the_case_is_not_in_it(
    closed: world.Commission, tmp_path: Path
) -> None:
    made = bundle.export(
        closed.store, closed.actor("secretary"), closed.booklet, tmp_path / "case.zip"
    )
    files = members(made.path)
    found, notes = verdict(files)
    assert found == []
    rows = json.loads(files["data.json"])["rows"]
    # Ten: the appeal, four present, own work, protocol, two signatures, one corrected presence.
    assert any("without names; 10 rows" in note for note in notes), notes
    named = {"candidate", "appeal", "attendance", "own_work", "protocol", "protocol_signature"}
    assert not named & {key.partition(":")[0] for key in rows}
    unnoticed = [key for key in sorted(rows) if not verdict(without(closed.store, files, key))[0]]
    assert unnoticed == []
