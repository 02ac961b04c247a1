"""Files that are no scans, of thirty kinds, through the hot folder and the upload of a real station: each is recorded
once and set aside with a reason or waits as a page, none is attached to a work, and no part of the station ends."""

import gzip
import io
import os
import random
import signal
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pikepdf
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2
from sqlalchemy import select

from examday.domain.people.roles import Actor, Role
from examday.domain.scans.pages import PageState, ScanState
from examday.services.ledger import audit
from examday.services.people import sessions
from examday.storage.tables import Page, ScanFile
from tests import day
from tests.open_jobs import open_jobs
from tests.scans.test_scan_files import png_bomb
from tests.soak.browsing import Caller
from tests.soak.test_hostile_files import hurt
from tests.stations import Station, until

EACH = 12
PARTS = ("examday.web.serve", "worker --concurrency", "workers.relay", "workers.watcher")
LATER = ("polyglot", "exif", "profile", "place", "resolution", "frames", "script")
"""Kinds that hold a whole picture or page: it may wait for a person."""


def test_whatever_comes_in_is_recorded_once_and_harms_nobody(
    dice: random.Random, tmp_path: Path
) -> None:
    station = Station(tmp_path / "data", "--no-demo").start()
    store, inbox = station.store(), station.settings.inbox
    try:
        person = day.person(store, "technician", Role.TECHNICAL_SPECIALIST)
        with store.begin(Actor.system("test")) as uow:
            started = sessions.start(uow, person.id, None)
        caller = Caller(station.port, {"examday": started.cookie})
        until(lambda: all(station.pids(part) for part in PARTS), 60, "all parts are there")
        parts = {part: station.pids(part) for part in PARTS}
        files = [(f"{kind} {n}", KINDS[kind](dice)) for kind in KINDS for n in range(EACH)]
        dice.shuffle(files)
        wanted, ends = set[str](), [".jpg", ".png", ".tif", ".pdf", ""]
        for told, content in files:
            name = told + dice.choice(ends)
            if dice.random() < 0.5:
                part = inbox / f"{dice.randrange(10**12)}.part"
                part.write_bytes(content)
                part.rename(inbox / name)
                # An empty one is still being written, for all that can be seen: it stays, and is shown.
                wanted |= {name} if content else set()
                continue
            status, text = caller.upload("/scans/upload", "files", name, content)
            assert status in (303, 400, 413), (name, status, text[:500])
            wanted |= {name} if status == 303 else set()
        until(
            lambda: not [p for p in inbox.rglob("*") if p.is_file() and p.stat().st_size],
            300,
            "the folder is empty",
        )
        until(lambda: not open_jobs(store), 1800, "all are looked at")
        with store.read() as uow:
            rows = uow.session.scalars(select(ScanFile)).all()
            attached = uow.session.scalars(select(Page).where(Page.state == PageState.ATTACHED))
            assert attached.all() == []
        assert Counter(row.name for row in rows) == Counter(wanted)
        said = Counter[str]()
        for row in rows:
            kind = row.name.rpartition(" ")[0]
            assert row.state != ScanState.DONE or kind.endswith(LATER), row.name
            assert row.state != ScanState.QUARANTINED or row.problem["code"], row.name
            said[row.problem.get("code") or row.state] += 1
        assert {part: station.pids(part) for part in PARTS} == parts, "some part was started again"
        assert caller.get("/scans/")[0] == 200
        assert audit.verify(store, scans=True).ok
        print(f"\n{len(rows)} of {len(files)} files of {len(KINDS)} kinds recorded: {dict(said)}")
    finally:
        store.close()
        station.stop()
        for pid in station.processes():
            os.kill(pid, signal.SIGKILL)


def picture(dice: random.Random, kind: str = "JPEG", **options: object) -> bytes:
    """A small picture like no other."""
    out, side = io.BytesIO(), dice.randint(8, 60)
    Image.frombytes("L", (side, side), dice.randbytes(side * side)).save(out, kind, **options)
    return out.getvalue()


def cut(kind: str) -> Callable[[random.Random], bytes]:
    def made(dice: random.Random) -> bytes:
        whole = picture(dice, kind) if kind != "PDF" else pdf(dice)
        return whole[: dice.randrange(1, len(whole) * 9 // 10)]

    return made


def other(kind: str) -> Callable[[random.Random], bytes]:
    return lambda dice: picture(dice, kind)


def said(head: bytes) -> Callable[[random.Random], bytes]:
    """A format by its first bytes, and noise behind them."""
    return lambda dice: head + dice.randbytes(dice.randint(50, 5000))


def flood(dice: random.Random) -> bytes:
    """A head that promises more pixels than any memory holds."""
    side = dice.choice([60_000, 1 << 20, (1 << 31) - 1])
    body = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    head = struct.pack(">I", 13) + b"IHDR" + body + struct.pack(">I", zlib.crc32(b"IHDR" + body))
    return b"\x89PNG\r\n\x1a\n" + head + picture(dice, "PNG")[33:]


def unpacks_to_much(dice: random.Random, folder: Path = Path("/dev/shm")) -> bytes:
    path = folder / f"bomb-{dice.randrange(10**12)}.png"
    try:
        return png_bomb(path, dice.randint(15_000, 25_000)).read_bytes()
    finally:
        path.unlink()


def packed(dice: random.Random) -> bytes:
    return gzip.compress(b"SIMPLE  =                    T" + bytes(dice.randint(1, 30) << 20))


def zipped(dice: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"../../{dice.random()}.jpg", bytes(dice.randint(1, 30) << 20))
    return out.getvalue()


def frames(dice: random.Random) -> bytes:
    out, many = io.BytesIO(), [Image.new("L", (4, 4), n % 256) for n in range(dice.randint(2, 900))]
    many[0].save(out, "TIFF", save_all=True, append_images=many[1:])
    return out.getvalue() + dice.randbytes(4)


def fax_bomb(dice: random.Random) -> bytes:
    """White paper of a hundred thousand lines in a few bytes."""
    out = io.BytesIO()
    Image.new("1", (9_900, dice.randint(9_000, 12_000)), 1).save(
        out, "TIFF", compression=dice.choice(["group4", "tiff_lzw", "packbits"])
    )
    return out.getvalue()


def no_resolution(dice: random.Random) -> bytes:
    tags = ImageFileDirectory_v2()
    tags[282] = tags[283] = float(dice.choice([0, 1e30, 1e-9]))
    return picture(dice, "TIFF", tiffinfo=tags)


def long_notes(dice: random.Random) -> bytes:
    whole, note = picture(dice), dice.randbytes(65_000)
    return whole[:2] + (b"\xff\xe1" + struct.pack(">H", 65_002) + note) * 20 + whole[2:]


def place(dice: random.Random) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (55.0, 45.0, dice.random())
    return picture(dice, exif=exif)


def pdf(dice: random.Random, script: bool = False, key: str = "", size: float = 600) -> bytes:
    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page(page_size=(size, size + dice.randint(0, 99)))
    made.docinfo["/Title"] = str(dice.random())
    if script:
        code = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        made.Root.OpenAction = made.make_indirect(code)
    made.save(out, encryption=pikepdf.Encryption(owner=key, user=key) if key else False)
    return out.getvalue()


KINDS: dict[str, Callable[[random.Random], bytes]] = {
    "empty": lambda _dice: b"",
    "noise": lambda dice: dice.randbytes(dice.randint(1, 9000)),
    "pixel flood": flood,
    "deflate bomb": unpacks_to_much,
    "fax bomb": fax_bomb,
    "gzip bomb": packed,
    "zip bomb": zipped,
    "many frames": frames,
    "cut jpeg": cut("JPEG"),
    "cut png": cut("PNG"),
    "cut tiff": cut("TIFF"),
    "cut pdf": cut("PDF"),
    "hurt png": lambda dice: hurt(picture(dice, "PNG"), dice),
    "program": said(b"\x7fELF\x02\x01\x01"),
    "other program": said(b"MZ\x90\x00"),
    "page polyglot": lambda dice: picture(dice) + b"<html><script>alert(1)</script>",
    "php polyglot": lambda dice: picture(dice, comment=b"<?php system($_GET[0]); ?>"),
    "zip polyglot": lambda dice: picture(dice) + zipped(dice),
    "svg": lambda dice: f"<svg xmlns='http:' onload='alert({dice.random()})'/>".encode(),
    "eps": said(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
    "psd": said(b"8BPS\x00\x01" + bytes(6) + b"\x00\x03"),
    "fits": said(b"SIMPLE  =                    T"),
    "gif": other("GIF"),
    "bmp": other("BMP"),
    "webp": other("WEBP"),
    "no resolution": no_resolution,
    "long exif": long_notes,
    "huge profile": lambda dice: picture(dice, icc_profile=dice.randbytes(900_000)),
    "told place": place,
    "locked pdf": lambda dice: pdf(dice, key="secret"),
    "wall pdf": lambda dice: pdf(dice, size=14_000),
    "pdf script": lambda dice: pdf(dice, script=True),
    "formula": lambda dice: f"=cmd|'/c calc'!A{dice.randrange(10**9)}".encode(),
}
