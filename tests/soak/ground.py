"""A day that is stopped before each step, so that the step may be taken again and again, each time with
another misfortune, on the same data folder."""

import json
import os
import shutil
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from examday.domain.jobs import Queue, Task
from examday.domain.scans.pages import PageState
from examday.services.jobs import handing_out
from examday.services.ledger import audit
from examday.services.ledger.checkpoints import public_key
from examday.services.scans import intake, matching
from examday.services.scans.files import special
from examday.services.scans.hot_folder import why_ignored
from examday.services.unit_of_work import Store
from examday.storage.base import recorded_models
from examday.storage.objects.folder import Folder
from examday.storage.tables import Booklet, EventRow, Page, ScanFile, Signoff
from tests.open_jobs import open_jobs
from tests.soak.acts import CUT, Acts
from tests.soak.power import Disk

FAILED = 78
"""Exit code of a process in which the step raised: that is another finding than a cut."""
Step = Callable[[], object]


@dataclass
class Told:
    """How a step in a process of its own ended."""

    code: int
    acts: Acts
    seen: list[Counter[str]] = field(default_factory=list)
    """Figures at the beginning and after each transaction: between them nothing else may be
    found."""
    error: str = ""
    """The class of the error, and its code where it is one of the program's own: no other error is
    allowed."""
    trace: str = ""

    @property
    def cut(self) -> bool:
        return self.code == CUT


class Ground:
    """The data folder of a store, put back after each misfortune."""

    def __init__(self, store: Store, kept: Path) -> None:
        self.store, self.kept = store, kept
        self.data = store.settings.data

    def keep(self) -> None:
        """Remember the folder as it is now."""
        self.store.engine.dispose()
        shutil.rmtree(self.kept, ignore_errors=True)
        shutil.copytree(self.data, self.kept / "data", symlinks=True)

    def put_back(self) -> None:
        """The folder as it was remembered."""
        self.store.engine.dispose()
        for path in self.data.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        shutil.copytree(self.kept / "data", self.data, symlinks=True, dirs_exist_ok=True)
        self.disk = Disk(self.data, self.kept / "grave")

    def child(self, step: Step, acts: Acts | None = None, figures: bool = False) -> Told:
        """Take the step in a process of its own that dies afterwards, or on the way."""
        self.store.engine.dispose()
        acts, said = acts or Acts(), self.kept / "told.json"
        said.unlink(missing_ok=True)
        pid = os.fork()
        if not pid:
            self._in_child(step, acts, figures, said)
        _, status = os.waitpid(pid, 0)
        given: dict[str, Any] = json.loads(said.read_text()) if said.exists() else {}
        seen = [Counter(one) for one in given.pop("seen", [])]
        error, trace = given.pop("error", ""), given.pop("trace", "")
        given["synced"] = {int(k): tuple(v) for k, v in given.get("synced", {}).items()}
        given["entries"] = {int(k): v for k, v in given.get("entries", {}).items()}
        return Told(os.waitstatus_to_exitcode(status), Acts(**given), seen, error, trace)

    def _in_child(self, step: Step, acts: Acts, figures: bool, said: Path) -> None:
        code, error, trace, seen = 0, "", "", []
        try:
            if figures:
                seen.append(self.figures())
                acts.after_commit = lambda: seen.append(self.figures())

            def tell() -> None:
                kept = ("passed", "reached", "commits", "synced", "entries")
                told = {name: getattr(acts, name) for name in kept}
                said.write_text(json.dumps(told | {"seen": seen, "error": error, "trace": trace}))

            acts.at_cut = tell
            acts.lay_over()
            global laid_over
            laid_over = acts
            try:
                step()
            except Exception as wrong:
                code = FAILED
                error = f"{type(wrong).__name__} {getattr(wrong, 'code', '')}".strip()
                trace = traceback.format_exc()
            acts.cut_at = 0
            tell()
        finally:
            os._exit(code)

    def figures(self) -> Counter[str]:
        """How many rows, entries and steps there are: what a second attempt must not double."""
        found: Counter[str] = Counter()
        with self.store.read() as uow:
            for model in recorded_models():
                found[f"rows {model.__tablename__}"] = (
                    uow.session.scalar(select(func.count()).select_from(model)) or 0
                )
            for kind, subject in uow.session.execute(select(EventRow.kind, EventRow.subject)):
                found[f"entry {kind} {subject.partition(':')[0]}"] += 1
            for booklet in uow.session.scalars(select(Booklet)):
                found[f"work {booklet.state} {booklet.version}"] += 1
            for page in uow.session.scalars(select(Page)):
                found[f"page {page.state} {page.role}"] += 1
            for scan in uow.session.scalars(select(ScanFile)):
                found[f"scan {scan.name} {scan.state}"] += 1
            for sign in uow.session.scalars(select(Signoff)):
                found[f"signature {sign.slot} {sign.version}"] += 1
        return +found

    def wrong(self) -> list[str]:
        """What must hold at every moment, whatever has happened."""
        report = audit.verify(self.store, scans=True)
        found = [f"ledger: {fault}" for fault in report.faults]
        with self.store.read() as uow:
            named = set(uow.session.scalars(select(ScanFile.sha256)))
            slots = Counter(
                (row.booklet_id, row.version, row.slot)
                for row in uow.session.scalars(select(Signoff))
            )
        found += [f"signed twice: {slot}" for slot, n in slots.items() if n > 1]
        stored = set(Folder(self.store.settings.objects).all())
        found += [f"not stored: {sha}" for sha in named - stored - {""}]
        public = self.store.settings.keys / "ledger.pub"
        if public.exists() and public.read_text().strip() != public_key(self.store.settings.keys):
            found.append("the public key that auditors copy is not the station's")
        return found

    def accounted(self) -> list[str]:
        """What must hold once the station has come to rest."""
        found = self.wrong()
        if jobs := open_jobs(self.store):
            found.append(f"{jobs} jobs are not done")
        left = [p.name for p in self.store.settings.inbox.rglob("*")]
        # What the scanner has not finished is its own.
        found += [f"left in the inbox: {name}" for name in left if not why_ignored(name)]
        with self.store.read() as uow:
            named = set(uow.session.scalars(select(ScanFile.sha256)))
            pages = uow.session.scalars(select(Page).where(Page.state == PageState.ATTACHED)).all()
            scans = {row.id: row.sha256 for row in uow.session.scalars(select(ScanFile))}
        aside = {path.name.partition("-")[0] for path in self.store.settings.quarantine.iterdir()}
        unknown = aside - {scan_id[:8] for scan_id in scans}
        found += [f"set aside, and nobody knows: {name}" for name in unknown]
        stored = set(Folder(self.store.settings.objects).all())
        found += [f"nobody knows of the original {sha}" for sha in stored - named]
        for page in pages:
            picture = self.store.settings.derived_of(scans[page.scan_file_id])
            if not (picture / f"{page.number}.grey.jpg").exists():
                found.append(f"page {page.number} has no picture")
        return found


laid_over = Acts()
"""What this process passes; in a child the points at which it may be cut off."""


def come_to_rest(store: Store) -> None:
    """What watcher, relay and workers do after a start until nothing is left to do."""
    from workers import tasks

    acts = laid_over
    tasks.store = lambda: store  # type: ignore[assignment]
    bodies = {name: getattr(tasks, body) for name, body in TASKS.items()}
    handing_out.lost(store, handing_out.unbegun(store))
    for _round in range(20):
        for path in sorted(store.settings.inbox.rglob("*")):
            if path.is_symlink():
                special.refuse_special(store, path)
            elif path.is_file() and not why_ignored(path.name):
                intake.receive_file(store, path)
        jobs = [job for queue in Queue for job in handing_out.take(store, queue, 100)]
        if not jobs:
            break
        for job in jobs:
            acts.point("before", "send", job.task)
            acts.point("after", "send", job.task)
        for job in jobs:
            bodies[job.task](job.arg)
            acts.point("before", "acknowledge", job.task)
            acts.point("after", "acknowledge", job.task)
    matching.match_again(store)


TASKS = {
    Task.TAKE_IN: "process_scan",
    Task.JOIN_HALVES: "join_halves",
    Task.READ_PAGE: "read_page",
    Task.REMOVE_DESTROYED: "remove_destroyed",
    Task.READ_BRAILLE: "read_braille",
    Task.READ_BACKS: "read_backs",
}
