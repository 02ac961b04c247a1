"""A scan comes in and the station is cut off before and after each act by which it leaves a trace: the scan is
there once. Whole days: `make soak`, tests/soak/test_cut_off.py."""

import random

import pytest

from examday.services.scans import intake
from examday.services.unit_of_work import Store
from tests.soak.acts import Acts
from tests.soak.ground import Ground


@pytest.mark.parametrize(
    "power",
    [
        pytest.param(False, marks=pytest.mark.release, id="killed"),
        pytest.param(True, id="no power"),
    ],
)
def test_a_scan_that_comes_in_is_taken_once_wherever_the_station_is_cut_off(
    store: Store, tmp_path_factory: pytest.TempPathFactory, power: bool
) -> None:
    ground = Ground(store, tmp_path_factory.mktemp("kept"))
    dropped = store.settings.inbox / "sheet.jpg"
    dropped.write_bytes(b"\xff\xd8\xff\xe0 picture \xff\xd9")
    ground.keep()
    ground.put_back()
    clean = ground.child(lambda: intake.receive_file(store, dropped))
    after = ground.figures()
    assert clean.code == 0 and after["rows scan_file"] == 1
    assert any("fsync" in name for name in clean.acts.passed)
    for number, name in enumerate([*clean.acts.passed, *["all is done"] * 5], 1):
        ground.put_back()
        told = ground.child(lambda: intake.receive_file(store, dropped), Acts(cut_at=number))
        assert told.cut or name == "all is done"
        lost = ground.disk.cut_power(told.acts, random.Random(f"{number}")) if power else []
        if dropped.exists():
            assert ground.child(lambda: intake.receive_file(store, dropped)).code == 0, name
        assert ground.figures() == after and not dropped.exists(), (name, lost)
        assert ground.wrong() == [], (name, lost)
