"""A thousand files stand in the hot folder at once, with odd names, half of them moved in by a rename, some twice: each
is known once, under a name that can be shown, and none is left."""

import io
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

from PIL import Image
from sqlalchemy import select

from examday.domain.scans.pages import ScanState
from examday.services.ledger import audit
from examday.services.scans.storing import plain_name
from examday.storage.objects.folder import Folder
from examday.storage.tables import ScanFile
from tests.open_jobs import open_jobs
from tests.stations import Station, until

FILES, TWICE = 1000, 40
ODD = (
    "скан №{}",
    "й{} разложено",
    "\u202egpj.{}",
    "a\nb{}",
    "x{}" + "я" * 100,
    "-rf {}",
    "$(id){}",
    "{}'\"<b>",
    " {} ",
)
"""Names as scanners, other systems and hostile sticks give them; NFD, from right to left, with a new line, the longest."""


def test_a_thousand_files_at_once_are_each_known_once(dice: random.Random, tmp_path: Path) -> None:
    station = Station(tmp_path / "data", "--no-demo").start()
    store, inbox = station.store(), station.settings.inbox
    try:
        wanted = Counter[str]()
        begun = time.monotonic()
        for number in range(FILES):
            name = dice.choice([*ODD, "scan-{}"]).format(number) + ".jpg"
            content = picture(dice)
            drop(inbox, name, content, dice)
            wanted[plain_name(name)] += 1
            if number < TWICE:
                drop(inbox, f"again-{number}.jpg", content, dice)
                wanted[f"again-{number}.jpg"] += 1
        until(lambda: not [p for p in inbox.rglob("*") if p.is_file()], 900, "the folder is empty")
        taken_s = time.monotonic() - begun
        until(lambda: not open_jobs(store), 1800, "all are looked at")
        done_s = time.monotonic() - begun
        with store.read() as uow:
            rows = uow.session.scalars(select(ScanFile)).all()
        assert Counter(row.name for row in rows) == wanted
        states = Counter(row.state for row in rows)
        assert states[ScanState.DUPLICATE] == TWICE, states
        assert {row.sha256 for row in rows} == set(Folder(station.settings.objects).all())
        assert audit.verify(store, scans=True).ok
        print(
            f"\n{len(rows)} files: taken within {taken_s:.0f} s, looked at within {done_s:.0f} s: {dict(states)}"
        )
    finally:
        store.close()
        station.stop()
        for pid in station.processes():
            os.kill(pid, signal.SIGKILL)


def picture(dice: random.Random) -> bytes:
    """A small picture like no other."""
    image = Image.frombytes("L", (24, 24), dice.randbytes(576)).resize((240, 240))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()


def drop(inbox: Path, name: str, content: bytes, dice: random.Random) -> None:
    """Put a file there, as programs do that write in place, or as those that rename."""
    target = inbox / name
    if dice.random() < 0.5:
        target.write_bytes(content)
        return
    part = inbox / f"{dice.randrange(10**12)}.part"
    part.write_bytes(content)
    part.rename(target)
