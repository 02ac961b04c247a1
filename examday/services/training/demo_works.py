"""Brings the works of the training day to the steps at which it begins, each step through its real
use case.
"""

from collections.abc import Callable

from examday.domain.custody.lifecycle import WAY, Medium, State
from examday.resources import SAMPLES
from examday.services.scans import intake
from examday.services.scans.files import opening
from examday.services.training.demo_files import scan, works
from examday.services.training.play_custody import CustodySteps
from examday.services.training.play_packing import PackingSteps
from examday.services.training.play_signing import SigningSteps
from examday.services.training.play_transfer import TransferSteps
from examday.services.unit_of_work import Store

NEEDS_SCANS = (State.COLLECTED, State.COPIED)
"""States that wait for a sheet: where no sample sheets are, a work stays there."""


def play(store: Store, pin: str) -> None:
    """Bring every work to its target.

    What has come as far already is left alone, so that it may be called again.
    """
    for work in works():
        Player(store, pin, work).run()


class Player(CustodySteps, TransferSteps, SigningSteps, PackingSteps):
    """Plays one work forward, one real use case per step."""

    def run(self) -> None:
        """Step by step until the target.

        Without the sample sheets a work stays where it waits for its scan.
        """
        target = WAY.index(State(self.work["target"]))
        while WAY.index(state := self.state()) < target:
            if state in NEEDS_SCANS and not SAMPLES.exists():
                return
            self.steps()[state]()
            # Otherwise a step that does nothing would loop for ever.
            if self.state() == state:
                raise RuntimeError(f"{self.work['candidate']} does not get on from {state}")

    def steps(self) -> dict[State, Callable[[], object]]:
        """What is done next in each state."""
        after_issue = self.enlarge if self.medium is Medium.ENLARGED else self.collect
        return {
            State.REGISTERED: self.issue,
            State.ISSUED: after_issue,
            State.ENLARGED: self.collect,
            State.COLLECTED: lambda: self.take_in("original-A3"),
            State.SCANNED: self.key_in,
            State.KEYED: self.settle,
            State.SETTLED: self.copy,
            State.COPIED: lambda: self.take_in("copy-A4"),
            State.COPY_SCANNED: self.verify,
            State.VERIFIED: self.sign,
            State.CERTIFIED: self.pack,
            State.PACKED: self.hand_over,
        }

    def take_in(self, label: str) -> None:
        """The sample sheet goes through the real intake."""
        path = scan(self.work["candidate"], label)
        with path.open("rb") as stream:
            scan_id = intake.receive_stream(
                self.store, self.actor("technician"), stream, path.name, "training"
            )
        opening.process(self.store, scan_id)
