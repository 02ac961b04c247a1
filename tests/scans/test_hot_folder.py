"""The hot folder: finished files are taken once, unfinished ones left alone, foreign things
refused."""

import io
import os
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from examday.domain.people.roles import Actor
from examday.reading import ends
from examday.services.people import sites
from examday.services.scans import hot_folder
from examday.services.scans.hot_folder import why_ignored
from examday.services.unit_of_work import Store
from examday.storage.tables import ScanFile
from workers import watcher
from workers.watcher import HotFolder, open_for_writing


class Watch:
    """The watcher's clock, moved by hand: nobody waits for a file to rest."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


watch = Watch()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file counts as resting after a tenth of a second of that clock."""
    monkeypatch.setattr(watcher, "time", watch)
    monkeypatch.setattr(watcher, "QUIET_S", 0.1)
    monkeypatch.setattr(watcher, "QUIET_UNSEEN_S", 0.1)


class Desk:
    """A hot folder and what was taken from it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.taken, self.refused = folder, [], []  # type: ignore[var-annotated]
        self.hot = HotFolder(folder, self.take, self.refused.append)
        self.fail: Exception | None = None

    def take(self, path: Path) -> None:
        """Take a file as the intake does: it is gone afterwards."""
        if self.fail is not None:
            raise self.fail
        self.taken.append(path.name)
        path.unlink()

    def look(self) -> list[str]:
        """Two looks with a rest in between."""
        self.hot.turn()
        watch.forward(0.12)
        self.hot.turn()
        return self.taken


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty hot folder."""
    return Desk(tmp_path)


def test_a_finished_file_is_taken_at_the_second_look(desk: Desk) -> None:
    (desk.folder / "a.jpg").write_bytes(b"x")
    desk.hot.turn()
    assert desk.taken == []
    assert desk.look() == ["a.jpg"]


def test_a_file_that_is_open_for_writing_is_left_alone_however_long_it_rests(desk: Desk) -> None:
    with (desk.folder / "a.jpg").open("wb") as writer:
        writer.write(b"whole")
        writer.flush()
        assert open_for_writing(desk.folder / "a.jpg")
        assert desk.look() == []
    assert desk.look() == ["a.jpg"]


def test_a_file_that_grows_is_left_alone(desk: Desk) -> None:
    for _part in range(3):
        with (desk.folder / "a.pdf").open("ab") as writer:
            writer.write(b"page")
        desk.hot.turn()
        watch.forward(0.12)
    assert desk.taken == []
    assert desk.look() == ["a.pdf"]


@pytest.mark.parametrize(
    "name", [".hidden", "a.jpg.part", "a.JPG.TMP", "~$a.pdf", "Thumbs.db", "x.crdownload"]
)
def test_files_that_are_never_finished_scans_are_ignored(desk: Desk, name: str) -> None:
    (desk.folder / name).write_bytes(b"x")
    assert why_ignored(name)
    assert desk.look() == []


def test_files_in_sub_folders_of_a_scanner_are_taken(desk: Desk) -> None:
    (desk.folder / "2026-06-04" / "a").mkdir(parents=True)
    (desk.folder / "2026-06-04" / "a" / "1.jpg").write_bytes(b"x")
    assert desk.look() == ["1.jpg"]


def test_links_and_pipes_are_refused_and_nothing_blocks(desk: Desk) -> None:
    (desk.folder / "link.jpg").symlink_to("/etc/passwd")
    os.mkfifo(desk.folder / "pipe.jpg")
    desk.hot.turn()
    assert [path.name for path in desk.refused] == ["link.jpg", "pipe.jpg"]
    assert desk.taken == []


def test_a_link_to_a_folder_is_not_walked_into(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "a.jpg").write_bytes(b"x")
    (desk.folder / "way.out").symlink_to(outside)
    assert desk.look() == []
    assert {path.name for path in desk.refused} == {"way.out"}


def test_a_file_that_cannot_be_taken_now_stays_and_does_not_stop_the_others(desk: Desk) -> None:
    (desk.folder / "a.jpg").write_bytes(b"x")
    desk.fail = OSError("disk")
    assert desk.look() == []
    desk.fail = None
    (desk.folder / "b.jpg").write_bytes(b"x")
    assert desk.look() == ["b.jpg"]
    assert (desk.folder / "a.jpg").exists()


def test_odd_names_in_the_real_folder_all_come_in(store: Store) -> None:
    inbox = store.settings.inbox
    names = [
        b"e\xcc\x88.jpg",
        b"\xff\xfe.jpg",
        "\u202egpj.exe".encode(),
        b"a\nb.jpg",
        "я".encode() * 120 + b".jpg",
    ]
    for number, name in enumerate(names):
        (Path(os.fsdecode(os.fsencode(inbox) + b"/" + name))).write_bytes(b"%d" % number)
    os.mkfifo(inbox / "pipe")
    hot = HotFolder(
        inbox, lambda path: watcher.take(store, path), lambda path: watcher.refuse(store, path)
    )
    hot.turn()
    watch.forward(0.12)
    assert hot.turn() == len(names)
    with store.read() as uow:
        rows = uow.session.query(ScanFile).all()
    assert sorted(row.state for row in rows) == ["quarantined", *["queued"] * len(names)]
    assert all(row.name.isprintable() for row in rows)
    assert not list(inbox.iterdir())


def test_a_folder_without_leases_needs_a_longer_rest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_args: object) -> None:
        raise OSError(22, "no leases here")

    monkeypatch.setattr(watcher.fcntl, "fcntl", unsupported)
    monkeypatch.setattr(watcher, "QUIET_UNSEEN_S", 60.0)
    (desk.folder / "a.jpg").write_bytes(b"x")
    assert open_for_writing(desk.folder / "a.jpg") is None
    assert desk.look() == []


def test_the_folder_gives_way_when_it_vanishes(desk: Desk, tmp_path: Path) -> None:
    hot = HotFolder(tmp_path / "gone", lambda path: None, lambda path: None)
    assert hot.turn() == 0


def picture(kind: str, **options: object) -> bytes:
    """A small picture in a file of this kind."""
    out = io.BytesIO()
    Image.effect_noise((90, 90), 40).save(out, kind, **options)
    return out.getvalue()


def photo() -> bytes:
    """A photo as phones write it: a thumbnail, itself a whole JPEG, stands before the picture."""
    thumbnail, whole = picture("JPEG"), picture("JPEG")
    note = b"Exif\0\0" + thumbnail
    return whole[:2] + b"\xff\xe1" + (len(note) + 2).to_bytes(2, "big") + note + whole[2:]


def phone_picture() -> bytes:
    """A HEIC picture."""
    out = io.BytesIO()
    page = Image.effect_noise((90, 90), 40).convert("RGB")
    pillow_heif.from_pillow(page).save(out, quality=80)
    return out.getvalue()


WEB_PDF = b"%PDF-1.7 first page\nstartxref\n0\n%%EOF\n" + b"pages " * 900 + b"\nstartxref\n%%EOF\n"
"""Made for the web: it has an end mark behind its first page already."""
JPEG = picture("JPEG")


@pytest.mark.parametrize(
    "whole",
    [JPEG, photo(), picture("PNG"), WEB_PDF, phone_picture(), picture("TIFF")],
    ids=["JPEG", "photo", "PNG", "PDF for the web", "HEIC", "TIFF"],
)
def test_a_file_waits_for_the_end_of_its_format_not_only_for_a_pause(
    desk: Desk, whole: bytes
) -> None:
    path = desk.folder / "a.scan"
    for share in (0.2, 0.6, 0.9):
        path.write_bytes(whole[: int(share * len(whole))])
        assert desk.look() == [] and desk.look() == []
    path.write_bytes(whole)
    assert desk.look() == ["a.scan"]


@pytest.mark.parametrize("behind", [b"", b"\0" * 5000])
def test_what_is_written_behind_the_end_holds_no_file_up(desk: Desk, behind: bytes) -> None:
    for name, whole in (("a.jpg", photo()), ("b.pdf", WEB_PDF), ("c.png", picture("PNG"))):
        (desk.folder / name).write_bytes(whole + behind)
    assert desk.look() == ["a.jpg", "b.pdf", "c.png"]


def test_a_tiff_is_awaited_until_each_page_that_it_names_is_there(desk: Desk) -> None:
    out = io.BytesIO()
    page = Image.effect_noise((90, 90), 40)
    page.save(out, "TIFF", save_all=True, append_images=[page.rotate(90), page.rotate(180)])
    whole = out.getvalue()
    for size in range(0, len(whole), 997):
        assert ends.has_end(io.BytesIO(whole[:size]), size) in ((None,) if size < 16 else (False,))
    assert ends.has_end(io.BytesIO(whole), len(whole)) is None  # another page may still come


def test_a_file_that_never_gets_its_end_is_taken_at_last_and_set_aside_by_the_intake(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "GIVE_WAY_S", 0.3)
    (desk.folder / "a.jpg").write_bytes(JPEG[:-9])
    assert desk.look() == []
    watch.forward(0.3)
    assert desk.look() == ["a.jpg"]


def test_a_tiff_rests_as_long_as_the_setting_says(tmp_path: Path) -> None:
    taken: list[Path] = []
    hot = HotFolder(tmp_path, taken.append, taken.append, rest_s=0.4)
    (tmp_path / "a.tif").write_bytes(picture("TIFF"))
    hot.turn()
    watch.forward(0.15)
    hot.turn()
    assert taken == []
    watch.forward(0.35)
    hot.turn()
    assert [path.name for path in taken] == ["a.tif"]


def test_an_empty_file_waits(desk: Desk) -> None:
    (desk.folder / "a.jpg").touch()
    assert desk.look() == [] and desk.look() == []


@pytest.mark.parametrize("name", ["@eaDir", "#recycle", "$RECYCLE.BIN", "lost+found"])
def test_folders_of_a_network_storage_hold_no_scans(desk: Desk, name: str) -> None:
    (desk.folder / name).mkdir()
    (desk.folder / name / "a.jpg").write_bytes(b"x")
    assert desk.look() == []


def test_what_is_left_alone_is_said_with_the_reason(store: Store) -> None:
    inbox = store.settings.inbox
    (inbox / "1" / "2" / "3" / "4").mkdir(parents=True)
    (inbox / "@eaDir").mkdir()
    (inbox / ".hidden.jpg").write_bytes(b"x")
    long_ago = store.clock().timestamp() - 121
    for name, content in (("empty.jpg", b""), ("half.jpg", JPEG[:-9]), ("a.pdf.part", b"x")):
        (inbox / name).write_bytes(content)
        os.utime(inbox / name, (long_ago, long_ago))
    for name in (".gitkeep", ".DS_Store", "Thumbs.db"):  # lie everywhere: no word about them
        (inbox / name).touch()
        os.utime(inbox / name, (long_ago, long_ago))
    (inbox / "new.jpg").touch()
    os.utime(inbox / "new.jpg", (long_ago + 60, long_ago + 60))
    with store.read() as uow:
        shown = hot_folder.look(uow)
    assert {(left.name, left.why) for left in shown.left_alone} == {
        (".hidden.jpg", "hidden"),
        ("1/2/3/4", "deep"),
        ("a.pdf.part", "unfinished"),
        ("empty.jpg", "empty"),
        ("half.jpg", "no-end"),
    }
    assert (shown.readable, shown.writable, shown.last) == (True, True, None)
    assert {left.why for left in shown.left_alone} <= set(hot_folder.REASONS)


def test_what_cannot_be_read_keeps_no_other_file_back_and_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = store.settings.inbox
    long_ago = store.clock().timestamp() - 121
    for name in ("a shut/1.jpg", "b/shut.jpg", "c.jpg", "d/e/2.jpg"):
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_bytes(JPEG)
        os.utime(inbox / name, (long_ago, long_ago))
    listed, opened = os.scandir, hot_folder.open_regular

    def lists(folder: Path | int) -> object:
        if str(folder).endswith("a shut"):
            raise PermissionError(13, "denied")
        return listed(folder)

    def opens(path: Path) -> object:
        if path.name == "shut.jpg":
            raise PermissionError(13, "denied")
        return opened(path)

    monkeypatch.setattr(os, "scandir", lists)
    monkeypatch.setattr(hot_folder, "open_regular", opens)
    desk = Desk(inbox)
    assert desk.look() == ["c.jpg", "2.jpg"]
    with store.read() as uow:
        shown = hot_folder.look(uow)
    assert {(left.name, left.why) for left in shown.left_alone} == {
        ("a shut", "unread"),
        ("b/shut.jpg", "unread"),
    }


def test_in_a_region_each_point_has_a_folder_and_no_file_is_guessed_to_be_of_one(
    store: Store,
) -> None:
    with store.begin(Actor.system("test")) as uow:
        sites.add_site(uow, "770001", "Школа севера", "Europe/Moscow")
    inbox = store.settings.inbox
    (inbox / "770001" / "scanner").mkdir(parents=True)
    (inbox / "770002").mkdir()
    os.mkfifo(inbox / "770001" / "pipe")
    for name in ("770001/scanner/of-a-point.jpg", "770002/of-none.jpg", "of-nobody.jpg"):
        (inbox / name).write_bytes(name.encode())
    hot = HotFolder(
        inbox, lambda path: watcher.take(store, path), lambda path: watcher.refuse(store, path)
    )
    hot.turn()
    watch.forward(0.12)
    hot.turn()
    with store.read() as uow:
        found = {row.name: (row.site, row.state, row.problem.get("code")) for row in
                 uow.session.query(ScanFile)}  # fmt: skip
    assert found == {
        "of-a-point.jpg": ("770001", "queued", None),
        "pipe": ("770001", "quarantined", "not-a-file"),
        "of-none.jpg": ("", "quarantined", "no-point"),
        "of-nobody.jpg": ("", "quarantined", "no-point"),
    }
    assert len(list(store.settings.quarantine.iterdir())) == 3, "nothing is lost"
