"""A disk that keeps what was brought onto it and may lose everything else, in any order."""

import os
import random
import shutil
from pathlib import Path

from tests.soak.acts import Acts, entries

OWN_CARE = ".sqlite"
"""SQLite brings its own files onto the disk at each commit (`synchronous=FULL`, which a test holds): here they
are left as they were."""


class Disk:
    """A folder as it was when all of it was on the disk."""

    def __init__(self, root: Path, grave: Path) -> None:
        self.root, self.grave = root, grave
        shutil.rmtree(grave, ignore_errors=True)
        grave.mkdir(parents=True)
        self.before: dict[int, dict[str, int]] = {}
        self.contents: dict[int, tuple[int, int]] = {}
        for folder, _, names in os.walk(root):
            self.before[os.stat(folder).st_ino] = entries(Path(folder))
            for name in names:
                path = Path(folder, name)
                seen = path.lstat()
                self.contents[seen.st_ino] = (seen.st_size, seen.st_mtime_ns)
                if OWN_CARE not in name:
                    os.link(path, grave / str(seen.st_ino), follow_symlinks=False)

    def cut_power(self, acts: Acts, dice: random.Random) -> list[str]:
        """Lose what chance takes of all that was not brought onto the disk; what that was."""
        lost: list[str] = []
        for folder, _, _ in list(os.walk(self.root)):
            if os.path.isdir(folder):
                lost += self._names(Path(folder), acts, dice)
        for folder, _, names in os.walk(self.root):
            for name in names:
                lost += self._content(Path(folder, name), acts, dice)
        return lost

    def _names(self, folder: Path, acts: Acts, dice: random.Random) -> list[str]:
        """Names that came or went after the folder was brought onto the disk last."""
        # By its inode: a folder that was renamed keeps what was brought onto the disk in it.
        number = folder.stat().st_ino
        safe = acts.entries.get(number, self.before.get(number, {}))
        now, lost = entries(folder), []
        for name in sorted(safe.keys() | now.keys()):
            if safe.get(name) == now.get(name) or OWN_CARE in name or dice.random() < 0.5:
                continue
            path, old = folder / name, self.grave / str(safe.get(name))
            if name in now:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            # What came and went again within the run has no content that anybody may rely on.
            if name in safe and not path.exists():
                os.link(old, path, follow_symlinks=False) if old.exists() else path.touch()
            lost.append(f"name {path.relative_to(self.root)}")
        return lost

    def _content(self, path: Path, acts: Acts, dice: random.Random) -> list[str]:
        """What was written into a file after it was brought onto the disk last."""
        seen = path.lstat()
        now = (seen.st_size, seen.st_mtime_ns)
        safe = (self.contents.get(seen.st_ino), acts.synced.get(seen.st_ino))
        if now in safe or OWN_CARE in path.name or path.is_symlink() or dice.random() < 0.5:
            return []
        os.truncate(path, dice.randrange(seen.st_size + 1) if dice.random() < 0.5 else 0)
        return [f"content of {path.relative_to(self.root)}"]
