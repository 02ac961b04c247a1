"""`examday rehearse`: plays a training booklet through the station that runs on a data folder, and
says how it went."""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection

from examday.domain.board import STEP_LABELS
from examday.domain.custody.lifecycle import State
from examday.domain.errors import DomainError
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.i18n import gettext as _
from examday.i18n import spoken
from examday.paper.printing import render
from examday.services.ledger import audit, checkpoints
from examday.services.printing import prints
from examday.services.printing.day_papers import by_hand, frame
from examday.services.printing.words import ru
from examday.services.training.rehearsal import SYSTEM, Trial
from examday.services.training.rehearsal_appeal import AppealTrial
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.broker import answers, broker_url
from examday.storage.tables import Booklet, Exam

SCAN_S = 60.0
"""A sheet must have found its booklet within so many seconds, or the station is not ready for the
day."""


class NotRunning(DomainError):
    """Nothing to rehearse on."""

    code = "not-running"
    message = N_("No station runs on this data folder (%(folder)s): %(part)s does not answer.")
    advice = N_("Start it first: `examday station --data %(folder)s`.")


class TooSlow(DomainError):
    """The station did not do its part in time."""

    code = "too-slow"
    message = N_("The sheet was not attached within %(seconds)s seconds.")
    advice = N_(
        "Look at «Scans» and at var/log/worker.log; `examday doctor` tells what is missing."
    )


@dataclass
class Step:
    """One step: its name (msgid), seconds it took, and what went wrong, in words."""

    name: str
    seconds: float = 0.0
    error: str = ""


@dataclass
class Outcome:
    """The whole rehearsal; `protocol` is where the PDF lies."""

    steps: list[Step] = field(default_factory=list)
    protocol: str = ""
    code: str = ""

    @property
    def ok(self) -> bool:
        """Every step was done."""
        return bool(self.steps) and not any(step.error for step in self.steps)

    @property
    def seconds(self) -> float:
        """All steps together."""
        return sum(step.seconds for step in self.steps)


def check_running(settings: Settings) -> None:
    """NotRunning unless broker and web server of this data folder answer."""
    if not answers(broker_url(settings), 2):
        raise NotRunning(params={"folder": settings.data, "part": "broker"})


def web_address(settings: Settings) -> tuple[str, int]:
    """Host and port of the station that runs on this folder: as it says itself, else as set."""
    from urllib.parse import urlsplit

    from examday.station.launch import running_station

    told = urlsplit(str(running_station(settings)["address"]))
    return told.hostname or settings.host, told.port or settings.port


def rehearse(settings: Settings, tell: Callable[[Step], None], appeal: bool = False) -> Outcome:
    """Play all steps; stops at the first that fails. `appeal`: the first copy carries planted
    errors, and the case of the conflict commission is played to its end. Raises NotRunning,
    DayHasBegun before anything is changed."""
    check_running(settings)
    store, outcome = Store(settings), Outcome()
    trial: Trial | None = None

    def drop(size: str) -> None:
        if trial is not None:
            _drop(settings, trial, size)

    try:
        trial = AppealTrial(store, drop) if appeal else Trial(store, drop)
        for name, act in _acts(settings, store, trial):
            step = _timed(name, act)
            outcome.steps.append(step)
            tell(step)
            if step.error:
                break
        _write_protocol(store, trial, outcome)
    finally:
        if trial is not None:
            trial.end()
        store.close()
    return outcome


def _timed(name: str, act: Callable[[], object]) -> Step:
    begun, step = time.monotonic(), Step(name)
    try:
        act()
    except DomainError as error:
        told = spoken(error.params)
        step.error = f"{_(error.message) % told} {_(error.advice) % told}"
    except Exception as error:
        step.error = f"{type(error).__name__}: {error}"[:300]
    step.seconds = time.monotonic() - begun
    return step


def _acts(
    settings: Settings, store: Store, trial: Trial
) -> Iterator[tuple[str, Callable[[], object]]]:
    """The steps in order: name and what is done."""
    yield N_("web pages answer"), lambda: _web(settings)
    while (state := trial.state()) != State.HANDED_OVER:
        target = STEP_LABELS[_after(state)]
        yield target, trial.steps()[state]
        if trial.state() == state:
            return
        if trial.state() == State.CERTIFIED:
            yield N_("transfer act printed"), lambda: _print(trial)
    if isinstance(trial, AppealTrial):
        yield from trial.case()
    yield N_("ledger checked"), lambda: _ledger(store)


def _after(state: State) -> State:
    way = list(STEP_LABELS)
    return way[way.index(state) + 1]


def _web(settings: Settings) -> None:
    host, port = web_address(settings)
    connection = HTTPConnection(host, port, timeout=20)
    try:
        connection.request("GET", "/help")
        if connection.getresponse().status >= 400:
            raise NotRunning(params={"folder": settings.data, "part": "web"})
    except OSError as error:
        raise NotRunning(params={"folder": settings.data, "part": "web"}) from error
    finally:
        connection.close()


def _drop(settings: Settings, trial: Trial, size: str) -> None:
    """Write the sheet into the hot folder as scanners do, and wait until the station has attached
    it."""
    before = trial.state()
    part = settings.inbox / f"rehearsal-{trial.code}-{size}.jpg.part"
    part.write_bytes(trial.sheet(size))
    part.rename(part.with_suffix(""))
    until = time.monotonic() + SCAN_S
    while trial.state() == before:
        if time.monotonic() > until:
            raise TooSlow(params={"seconds": int(SCAN_S)})
        time.sleep(0.2)


def _print(trial: Trial) -> None:
    with trial.as_person("organiser") as uow:
        prints.make(uow, "transfer-act", f"booklet:{trial.id}")


def _ledger(store: Store) -> None:
    report = audit.verify(store)
    if not report.ok:
        first = report.faults[0]
        raise DomainError(
            N_("The ledger is not as it was written: entry %(seq)s."),
            code="ledger",
            params={"seq": first.seq},
            advice=N_("Run `examday ledger verify` and keep the machine as it is."),
        )


def _write_protocol(store: Store, trial: Trial, outcome: Outcome) -> None:
    """The protocol as PDF, kept like every print-out, with the ledger's checkpoint."""
    with store.begin(SYSTEM) as uow:
        mark = checkpoints.checkpoint(uow, "print:rehearsal")
        exam = uow.get(Exam, uow.get(Booklet, trial.id).exam_id)
        rows = [
            [
                ru(N_("failed")) if step.error else ru(N_("done")),
                ru(step.name),
                step.error or ru(N_("%(seconds)s s"), seconds=f"{step.seconds:.1f}"),
            ]
            for step in outcome.steps
        ]
        data = frame(uow, exam, N_("Technical rehearsal: protocol")) | {
            "rows": rows,
            "numbers": [
                [ru(N_("Result")), ru(N_("ready")) if outcome.ok else ru(N_("NOT READY"))],
                [ru(N_("Time")), ru(N_("%(seconds)s s"), seconds=f"{outcome.seconds:.1f}")],
            ],
            "signers": by_hand(ROLE_NAMES[Role.TECHNICAL_SPECIALIST], ROLE_NAMES[Role.SITE_HEAD]),
            "code": mark.code,
            "printed_at": uow.local(uow.now()),
        }
        pdf = render("rehearsal", data)
        stored = prints.folder(uow.settings).put(io.BytesIO(pdf))
        uow.record(
            Event.PRINT_REHEARSAL,
            f"exam:{exam.id}",
            code=mark.code,
            sha256=stored.sha256,
            large=False,
            names=False,
            ok=outcome.ok,
        )
        outcome.code = mark.code
        target = uow.settings.var / "rehearsal" / f"{uow.local(uow.now()):%Y-%m-%d-%H%M%S}.pdf"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(pdf)
        outcome.protocol = str(target)
