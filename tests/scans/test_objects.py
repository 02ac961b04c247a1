"""Originals are kept unchanged under their digest."""

import io
import os
import time
from pathlib import Path

import pytest

from examday.domain.errors import Broken
from examday.services.scans.storing import open_regular
from examday.storage.objects.base import Damaged, Missing
from examday.storage.objects.folder import Folder
from examday.storage.objects.pictures import PictureFolder


@pytest.fixture
def objects(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "objects")


def test_what_is_put_in_comes_out_unchanged_and_cannot_be_written(objects: Folder) -> None:
    stored = objects.put(io.BytesIO(b"scan" * 1000))
    path = objects.path(stored.sha256)
    assert path.read_bytes() == b"scan" * 1000
    assert path.stat().st_mode & 0o777 == 0o400
    assert path.parent.name == stored.sha256[2:4] and path.parent.parent.name == stored.sha256[:2]
    assert (stored.size, stored.new, objects.intact(stored.sha256)) == (4000, True, True)


def test_the_same_bytes_twice_are_one_object(objects: Folder) -> None:
    first, second = objects.put(io.BytesIO(b"x")), objects.put(io.BytesIO(b"x"))
    assert (first.sha256, second.new) == (second.sha256, False)
    assert list(objects.all()) == [first.sha256]


def test_damaged_evidence_is_never_silently_replaced(objects: Folder) -> None:
    stored = objects.put(io.BytesIO(b"original"))
    path = objects.path(stored.sha256)
    path.unlink()
    path.write_bytes(b"0riginal")
    assert not objects.intact(stored.sha256)
    with pytest.raises(Broken):
        objects.put(io.BytesIO(b"original"))
    assert path.read_bytes() == b"0riginal"


def test_a_source_that_breaks_off_leaves_nothing(objects: Folder) -> None:
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
    assert [path for path in objects.scratch.rglob("*") if path.is_file()] == []


def test_what_a_crash_left_is_swept_later(objects: Folder) -> None:
    objects.put(io.BytesIO(b"x"))
    left = objects.scratch / ".abc.part"
    left.write_bytes(b"half")
    assert objects.sweep(3600, time.time()) == 0
    assert objects.sweep(3600, time.time() + 7200) == 1
    assert not left.exists()


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "g" * 64, "a" * 63])
def test_only_a_digest_names_an_object(objects: Folder, name: str) -> None:
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


def test_readers_get_a_file_of_their_own_and_only_of_what_is_whole(objects: Folder) -> None:
    stored = objects.put(io.BytesIO(b"scan" * 1000))
    with objects.as_file(stored.sha256) as mine:
        assert mine != objects.path(stored.sha256) and mine.read_bytes() == b"scan" * 1000
    assert not mine.exists()
    path = objects.path(stored.sha256)
    path.chmod(0o600)
    path.write_bytes(b"other")
    for read in (objects.content, lambda sha256: objects.copy(sha256, io.BytesIO())):
        with pytest.raises(Damaged):
            read(stored.sha256)
    with pytest.raises(Damaged), objects.as_file(stored.sha256):
        pytest.fail("a damaged original was handed out")
    path.unlink()
    with pytest.raises(Missing):
        objects.content(stored.sha256)
    assert not list(objects.scratch.glob(".*")), "nothing is left behind"


def test_half_made_pictures_of_a_killed_worker_are_swept_later(tmp_path: Path) -> None:
    pictures = PictureFolder(tmp_path / "derived")
    left = pictures.workplace()
    left.mkdir(parents=True)
    (left / "1.grey.jpg").write_bytes(b"half")
    pictures.sweep(3600, time.time())
    assert left.exists(), "its worker may still be at it"
    pictures.sweep(3600, time.time() + 7200)
    assert not left.exists()
