"""What lies in the hot folder and is no scan at all: links, pipes, files far too large."""

from pathlib import Path

from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import ScanState
from examday.services.scans.files.setting_aside import REFUSED, problem, quarantine_path
from examday.services.scans.storing import plain_name
from examday.services.unit_of_work import Store
from examday.storage.base import new_id
from examday.storage.durable import sync_folder
from examday.storage.tables import ScanFile

HOT_FOLDER = Actor.system("hot-folder")


def refuse_special(store: Store, path: Path, code: str = "not-a-file") -> str:
    """Move what is no scan at all out of the hot folder, unopened, and record why."""
    scan_id = new_id()
    message, advice = REFUSED[code]
    target = quarantine_path(store.settings, scan_id, path.name)
    path.rename(target)
    sync_folder(
        target.parent
    )  # the record below must not speak of a file that a power cut takes back
    with store.begin(HOT_FOLDER) as uow:
        uow.add(
            ScanFile(
                id=scan_id,
                name=plain_name(path.name),
                source="inbox",
                sha256="",
                size=0,
                pages=0,
                state=ScanState.QUARANTINED,
                problem=problem(code, message, advice),
                received_at=uow.now(),
                done_at=uow.now(),
            )
        )
        uow.record(Event.SCAN_QUARANTINED, f"scan:{scan_id}", code=code)
    return scan_id
