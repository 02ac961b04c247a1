"""Originals are kept unchanged under their digest."""

import io
import os
import time
from pathlib import Path

import pytest

from examday.domain.errors import Broken
from examday.storage.objects import Objects, open_regular


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return Objects(tmp_path / "objects")


def test_what_is_put_in_comes_out_unchanged_and_cannot_be_written(objects: Objects) -> None:
    stored = objects.put(io.BytesIO(b"scan" * 1000))
    path = objects.path(stored.sha256)
    assert path.read_bytes() == b"scan" * 1000
    assert path.stat().st_mode & 0o777 == 0o400
    assert path.parent.name == stored.sha256[2:4] and path.parent.parent.name == stored.sha256[:2]
    assert (stored.size, stored.new, objects.intact(stored.sha256)) == (4000, True, True)


def test_the_same_bytes_twice_are_one_object(objects: Objects) -> None:
    first, second = objects.put(io.BytesIO(b"x")), objects.put(io.BytesIO(b"x"))
    assert (first.sha256, second.new) == (second.sha256, False)
    assert list(objects.all()) == [first.sha256]


def test_damaged_evidence_is_never_silently_replaced(objects: Objects) -> None:
    stored = objects.put(io.BytesIO(b"original"))
    path = objects.path(stored.sha256)
    path.unlink()
    path.write_bytes(b"0riginal")
    assert not objects.intact(stored.sha256)
    with pytest.raises(Broken):
        objects.put(io.BytesIO(b"original"))
    assert path.read_bytes() == b"0riginal"


def test_a_source_that_breaks_off_leaves_nothing(objects: Objects) -> None:
    class Torn(io.RawIOBase):
        left = 1

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            if self.left < 0:
                raise OSError("scanner unplugged")
            return b"half"

    with pytest.raises(OSError):
        objects.put(Torn())  # type: ignore[arg-type]
    assert [path for path in objects.root.rglob("*") if path.is_file()] == []


def test_what_a_crash_left_is_swept_later(objects: Objects) -> None:
    objects.put(io.BytesIO(b"x"))
    left = objects.root / ".abc.part"
    left.write_bytes(b"half")
    assert objects.sweep(3600, time.time()) == 0
    assert objects.sweep(3600, time.time() + 7200) == 1
    assert not left.exists()


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "g" * 64, "a" * 63])
def test_only_a_digest_names_an_object(objects: Objects, name: str) -> None:
    with pytest.raises(ValueError):
        objects.path(name)


def test_links_pipes_and_folders_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "."):
        with pytest.raises(OSError):
            open_regular(tmp_path / name)
    with open_regular(tmp_path / "file") as file:
        assert file.read() == b"x"
