"""What is done at a station between two sticks."""

from examday.domain.custody.lifecycle import State
from examday.domain.events import Event
from examday.services.ledger import checkpoints
from examday.services.scans import intake
from examday.services.scans.files import opening
from examday.services.training.rehearsal.appeal import AppealTrial
from examday.services.training.rehearsal.day import make_booklet, open_accounts
from examday.services.training.rehearsal.trial import SYSTEM
from examday.services.unit_of_work import Store


class PointTrial(AppealTrial):
    """The rehearsal's booklet at a point or, later, at the centre; its first copy has planted errors."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, lambda size: _drop(self, size))

    def go_through(self) -> None:
        """From the issue to the hand-over."""
        while (state := self.state()) != State.HANDED_OVER:
            self.steps()[state]()
            if self.state() == state:
                return


class CaseTrial(PointTrial):
    """A work that came to the centre, and the commission that hears a case about it there."""

    def __init__(self, store: Store, came: PointTrial) -> None:
        vars(self).update(vars(came))
        self.store, self.drop = store, lambda size: _drop(self, size)
        with store.begin(SYSTEM) as uow:
            open_accounts(uow, self.pin, self.staff)
            uow.record(Event.REHEARSAL_BEGIN, f"booklet:{self.id}")

    def hear_case(self) -> None:
        """From the registration to the notice, with a second transfer at the centre."""
        for _name, act in self.case():
            act()


def _drop(trial: PointTrial, size: str) -> None:
    """The sheet lies in the folder, and the program takes it in at once."""
    store = trial.store
    path = store.settings.inbox / f"rehearsal-{trial.code}-{size}.jpg"
    path.write_bytes(trial.sheet(size))
    opening.process(store, intake.receive_file(store, path))


def play_day(station: Store, works: int = 1) -> list[PointTrial]:
    """Training booklets of one room go from their issue to hand-over, by the same hands; their scans lie
    in the station's folder.
    """
    trials = list[PointTrial]()
    for _one in range(works):
        # One after the other: each opens the accounts anew, with a PIN that it alone knows.
        trials.append(PointTrial(station))
        trials[-1].go_through()
    return trials


def enter_real(station: Store) -> str:
    """A work of a real exam, entered as handed over: in folders that are thrown away it is nobody's."""
    with station.begin(SYSTEM) as uow:
        made = make_booklet(uow, training=False)
        made.state = State.HANDED_OVER
        uow.record(Event.REHEARSAL_BEGIN, f"booklet:{made.id}")
        return made.id


def write_on(station: Store) -> None:
    """Somebody takes a code of the ledger: the chain goes on."""
    with station.begin(SYSTEM) as uow:
        made = checkpoints.checkpoint(uow, "by-hand")
        uow.record(Event.LEDGER_CHECKPOINT, f"checkpoint:{made.seq}", code=made.code)
