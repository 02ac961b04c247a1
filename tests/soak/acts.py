"""What the program asks of disk, database and broker: each act is named by the place in the program that
asks for it, and may be cut off before or after. Laid over a child process; the program knows nothing of it."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

NAMED = ("fsync", "link", "replace", "rename")
"""Acts of `os` after which a power cut or a kill finds another disk: before each of them the
process is cut off."""
PROGRAM = ("examday", "workers")
HELPERS = (
    "examday.storage.durable",
    "examday.services.unit_of_work",
    "examday.services.training.player",
)
"""Passed over: their callers say more of what was being done than they do."""
CUT = 77
"""Exit code of a process that was cut off where it should be: any other end is a finding."""


def asking() -> list[str]:
    """The functions of the program that ask for what is happening, as «module:function», the nearest
    first; the last says most of what is being done."""
    frame, found = sys._getframe(1), []
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in PROGRAM:
            found.append(f"{module}:{frame.f_code.co_name}")
            if module not in HELPERS:
                return found
        frame = frame.f_back  # type: ignore[assignment]
    return found


@dataclass
class Acts:
    """Counts the points before and after each act; a power cut or a kill comes at the one with this
    number (0: never)."""

    cut_at: int = 0
    at_cut: Callable[[], None] = lambda: None
    passed: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    """The places in the program where the acts stand: one that no step reaches is not tried."""
    commits: int = 0
    """Transactions that were committed before the end: these must be found afterwards."""
    synced: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Inode → size and time of the file when its content was brought onto the disk: what came later
    is lost in a power cut."""
    entries: dict[int, dict[str, int]] = field(default_factory=dict)
    """Inode of a folder → names and inodes in it when it was brought onto the disk: names that came
    later are lost."""
    after_commit: Callable[[], None] = lambda: None

    def point(self, when: str, act: str, place: str) -> None:
        """The program passes this point, or is cut off at it."""
        self.passed.append(f"{when} {act} · {place}")
        if len(self.passed) == self.cut_at:
            self.at_cut()
            os._exit(CUT)

    def around(self, act: str, real: Callable[..., Any]) -> Callable[..., Any]:
        """The act itself, with a point before it and one after it."""

        def done(*args: Any, **named: Any) -> Any:
            places = asking()
            if not places:
                return real(*args, **named)
            place = places[-1]
            self.reached.append(f"{act} {places[0]}")
            self.point("before", act, place)
            said = real(*args, **named)
            if act == "fsync":
                self.note(args[0])
            if act == "commit":
                self.commits += 1
                self.after_commit()
            self.point("after", act, place)
            return said

        return done

    def note(self, number: int) -> None:
        """What a power cut cannot take any more."""
        path, seen = os.readlink(f"/proc/self/fd/{number}"), os.fstat(number)
        if os.path.isdir(path):
            self.entries[seen.st_ino] = entries(Path(path))
        else:
            self.synced[seen.st_ino] = (seen.st_size, seen.st_mtime_ns)

    def lay_over(self) -> None:
        """From now on this process passes the points. There is no way back: it is a child."""
        for act in NAMED:
            setattr(os, act, self.around(act, getattr(os, act)))
        Session.commit = self.around("commit", Session.commit)  # type: ignore[method-assign]


def entries(folder: Path) -> dict[str, int]:
    """Names and inodes of what lies in a folder."""
    with os.scandir(folder) as found:
        return {one.name: one.inode() for one in found}
