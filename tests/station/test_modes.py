"""What other accounts of the laptop may read: nothing of the station, in old folders too."""

import io
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from examday.domain.people.roles import Role
from examday.modes import close_station
from examday.services.jobs.backup import backup, restore
from examday.services.jobs.preparation import prepare_database
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.objects.folder import Folder
from examday.storage.tables import Person


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """An account whose new files everybody may read and write: the explicit modes alone must do."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def open_to_others(folder: Path) -> list[str]:
    return [
        f"{path} {mode(path):o}"
        for path in [folder, *folder.rglob("*")]
        if not path.is_symlink() and mode(path) & 0o077
    ]


def test_a_new_station_is_closed_from_the_first_moment(tmp_path: Path) -> None:
    settings = Settings.from_env({}, data=tmp_path / "day")
    prepare_database(settings, demo=False)
    store = Store(settings)
    with store.read() as uow:
        uow.session.query(Person).all()
    Folder(settings.objects).put(io.BytesIO(b"scan"))
    beside = {"examday.sqlite", "examday.sqlite-wal", "examday.sqlite-shm"}
    assert beside <= {path.name for path in settings.var.iterdir()}
    assert open_to_others(settings.data) == []
    store.close()


def test_an_old_folder_that_everybody_could_read_is_closed_at_the_start(tmp_path: Path) -> None:
    data, elsewhere = tmp_path / "day", tmp_path / "elsewhere"
    for name in (
        "var/keys/ledger.key",
        "var/log/web.log",
        "var/objects/ab/cd/scan",
        "scans/quarantine/old.jpg",
        "var/examday.sqlite",
    ):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).touch(0o666)
    (data / "scans" / "inbox").mkdir(0o755)
    elsewhere.touch(0o644)
    (data / "var" / "link").symlink_to(elsewhere)
    close_station(Settings.from_env({}, data=data))
    assert open_to_others(data) == []
    assert mode(elsewhere) == 0o644, "no link is followed"


@pytest.mark.parametrize(
    ("given", "left"), [(0o2770, 0o2770), (0o1733, 0o1733), (0o777, 0o773), (0o755, 0o700)]
)
def test_the_hot_folder_stays_open_for_the_scanner_program_that_was_let_in(
    tmp_path: Path, given: int, left: int
) -> None:
    data = tmp_path / "day"
    inbox = data / "scans" / "inbox"
    inbox.mkdir(parents=True)
    for folder in (data, data / "scans"):
        folder.chmod(0o755)
    inbox.chmod(given)
    close_station(Settings.from_env({}, data=data))
    way = 0o711 if given & 0o022 else 0o700
    # Where the scanner may write it must get to: it passes through, and sees no names on its way.
    assert [mode(folder) for folder in (inbox, data / "scans", data)] == [left, way, way]
    assert mode(data / "var") == 0o700


def test_a_folder_with_other_things_in_it_is_not_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "photos").mkdir()
    close_station(Settings.from_env({}, data=tmp_path))
    assert (
        mode(tmp_path) == 0o755
        and open_to_others(tmp_path / "var") == open_to_others(tmp_path / "scans") == []
    )


def test_a_backup_and_what_is_restored_from_it_are_closed(
    store: Store, add_person: Callable[..., Person], tmp_path_factory: pytest.TempPathFactory
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    folder = tmp_path_factory.mktemp("copies")
    (folder / "backup").mkdir(0o755)
    backup(store, folder / "backup")
    restore(folder / "backup", Settings.from_env({}, data=folder / "new"))
    assert open_to_others(folder / "backup") == open_to_others(folder / "new") == []
