"""A file that was set aside, or that this computer could not open, is looked at once more."""

from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.jobs import Task
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import ScanState
from examday.services.unit_of_work import Store
from examday.storage.tables import ScanFile


def requeue(store: Store, scan_id: str, actor: Actor) -> None:
    """Look at a quarantined or postponed file once more, for instance after a repair."""
    with store.begin(actor) as uow:
        scan = uow.hold(ScanFile, scan_id)
        if scan.state not in (ScanState.QUARANTINED, ScanState.POSTPONED) or not scan.sha256:
            raise Conflict(
                N_("Only a quarantined file can be tried again."),
                code="not-quarantined",
                advice=N_("Look at the list of scans: it says where the pages of this file went."),
            )
        scan.state, scan.done_at, scan.pages, scan.problem = ScanState.QUEUED, None, None, {}
        uow.enqueue(Task.TAKE_IN, scan_id)
        uow.record(Event.SCAN_REQUEUED, f"scan:{scan_id}")
