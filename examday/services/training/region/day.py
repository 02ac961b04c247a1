"""What is done at a station between two sticks."""

from examday.domain.custody.lifecycle import State
from examday.domain.events import Event
from examday.services.ledger import checkpoints
from examday.services.scans import intake
from examday.services.scans.files import opening
from examday.services.training.rehearsal.trial import SYSTEM, Trial
from examday.services.unit_of_work import Store


def play_day(station: Store) -> None:
    """A training booklet goes from its issue to hand-over; its scans lie in the station's folder."""

    def drop(size: str) -> None:
        path = station.settings.inbox / f"rehearsal-{trial.code}-{size}.jpg"
        path.write_bytes(trial.sheet(size))
        opening.process(station, intake.receive_file(station, path))

    trial = Trial(station, drop)
    try:
        while (state := trial.state()) != State.HANDED_OVER:
            trial.steps()[state]()
            if trial.state() == state:
                break
    finally:
        trial.end()


def write_on(station: Store) -> None:
    """Somebody takes a code of the ledger: the chain goes on."""
    with station.begin(SYSTEM) as uow:
        made = checkpoints.checkpoint(uow, "by-hand")
        uow.record(Event.LEDGER_CHECKPOINT, f"checkpoint:{made.seq}", code=made.code)
