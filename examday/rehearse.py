"""`examday rehearse`: plays a training booklet through a station and says how it went.

The station is the one that runs on a data folder.
"""

import time
from collections.abc import Callable, Iterator

from examday.domain.board import STEP_LABELS
from examday.domain.custody.lifecycle import State
from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.i18n import spoken
from examday.services.training.rehearsal.appeal import AppealTrial
from examday.services.training.rehearsal.protocol import Outcome, Step, write_protocol
from examday.services.training.rehearsal.trial import Trial
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.station.answering import check_pages, check_running

SCAN_S = 60.0
"""A sheet must have found its booklet within so many seconds, or the station is not ready for the
day."""


class TooSlow(DomainError):
    """The station did not do its part in time."""

    code = "too-slow"
    message = N_("The sheet was not attached within %(seconds)s seconds.")
    advice = N_(
        "Look at «Scans» and at var/log/worker.log; `examday doctor` tells what is missing."
    )


def rehearse(settings: Settings, tell: Callable[[Step], None], appeal: bool = False) -> Outcome:
    """Play all steps; stops at the first that fails.

    `appeal`: the first copy carries planted errors, and the case of the conflict commission is
    played to its end. Raises NotRunning, DayHasBegun before anything is changed.
    """
    check_running(settings)
    store, outcome = Store(settings), Outcome()
    trial: Trial | None = None

    def drop(size: str) -> None:
        if trial is not None:
            _drop(settings, trial, size)

    try:
        trial = AppealTrial(store, drop) if appeal else Trial(store, drop)
        for name, act in _acts(settings, trial):
            step = timed(name, act)
            outcome.steps.append(step)
            tell(step)
            if step.error:
                break
        write_protocol(store, trial.id, outcome)
    finally:
        if trial is not None:
            trial.end()
        store.close()
    return outcome


def timed(name: str, act: Callable[[], object]) -> Step:
    """Do one step; what went wrong is told in it."""
    begun, step = time.monotonic(), Step(name)
    try:
        act()
    except DomainError as error:
        told = spoken(error.params)
        step.error = f"{_(error.message) % told} {_(error.advice) % told}"
    # Whatever goes wrong is a step that failed; the protocol is written all the same.
    except Exception as error:
        step.error = f"{type(error).__name__}: {error}"[:300]
    step.seconds = time.monotonic() - begun
    return step


def _acts(settings: Settings, trial: Trial) -> Iterator[tuple[str, Callable[[], object]]]:
    """The steps in order: name and what is done."""
    yield N_("web pages answer"), lambda: check_pages(settings)
    while (state := trial.state()) != State.HANDED_OVER:
        target = STEP_LABELS[_after(state)]
        yield target, trial.steps()[state]
        if trial.state() == state:
            return
        if trial.state() == State.CERTIFIED:
            yield N_("transfer act printed"), trial.print_act
    if isinstance(trial, AppealTrial):
        yield from trial.case()
    yield N_("ledger checked"), trial.check_ledger


def _after(state: State) -> State:
    way = list(STEP_LABELS)
    return way[way.index(state) + 1]


def _drop(settings: Settings, trial: Trial, size: str) -> None:
    """Write the sheet into the hot folder as scanners do.

    Wait until the station has attached it; TooSlow when it has not done so within SCAN_S seconds.
    """
    before = trial.state()
    part = settings.inbox / f"rehearsal-{trial.code}-{size}.jpg.part"
    part.write_bytes(trial.sheet(size))
    # The hot folder passes over a `.part`, so that no half of a file is taken in.
    part.rename(part.with_suffix(""))
    until = time.monotonic() + SCAN_S
    while trial.state() == before:
        if time.monotonic() > until:
            raise TooSlow(params={"seconds": int(SCAN_S)})
        time.sleep(0.2)  # the database tells nobody of a change; looking is cheap
