"""The bundle of an appeal's case proves itself offline, and names the place when one byte of the
case is changed."""

import datetime as dt
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from examday.services.appeals.hearing import appointments
from examday.services.ledger import bundle
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from tests.appeals import world
from tests.ledger.test_export import check


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
