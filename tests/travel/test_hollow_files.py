"""A file that says of itself how long its parts are is not believed: the memory holds no more for it."""

import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from examday.domain.errors import Invalid
from examday.services.travel.incoming.opened import FEW, opened
from tests.travel.two_ends import Ends, sent, work

HOLLOW = 4 * FEW
END = struct.Struct("<4s4H2LH")
"""What ends a zip (format, 4.3.16): written by hand, as no library writes a hollow one."""


@pytest.fixture
def bundle(ends: Ends) -> Path:
    work(ends.station, "2990000000019")
    return sent(ends.station, ends.stick / "b.zip")


def refused_in_little_memory(path: Path) -> str:
    tracemalloc.start()
    try:
        with pytest.raises(Invalid) as refusal, opened(path):
            """It is refused before."""
        assert tracemalloc.get_traced_memory()[1] < 2 * FEW
    finally:
        tracemalloc.stop()
    return refusal.value.code


def test_nothing_between_the_members_and_their_list_is_read(bundle: Path) -> None:
    with zipfile.ZipFile(bundle, "a") as file:
        file.start_dir += HOLLOW
        file._didModify = True  # type: ignore[attr-defined]
    assert refused_in_little_memory(bundle) == "cut"


def test_a_list_of_members_that_is_longer_than_any_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "list.zip"
    with path.open("wb") as file:
        file.seek(HOLLOW)
        file.write(END.pack(b"PK\x05\x06", 0, 0, 1, 1, HOLLOW, 0, 0))
    assert refused_in_little_memory(path) == "cut"
