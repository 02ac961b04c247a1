"""How a rehearsal went, step by step, and its protocol on paper."""

import io
from dataclasses import dataclass, field

from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.paper.printing import render
from examday.services.ledger import checkpoints
from examday.services.printing.papers.frames import by_hand, frame
from examday.services.printing.words import ru, ru_decimal
from examday.services.training.rehearsal.trial import SYSTEM
from examday.services.unit_of_work import Store
from examday.storage.objects.opened import prints
from examday.storage.tables import Booklet, Exam


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


def write_protocol(store: Store, booklet_id: str, outcome: Outcome) -> None:
    """The protocol as PDF, kept like every print-out, with the ledger's checkpoint."""
    with store.begin(SYSTEM) as uow:
        mark = checkpoints.checkpoint(uow, "print:rehearsal")
        exam, now = uow.get(Exam, uow.get(Booklet, booklet_id).exam_id), uow.local(uow.now())
        data = frame(uow, exam, N_("Technical rehearsal: protocol")) | _contents(outcome)
        pdf = render("rehearsal", data | {"code": mark.code, "printed_at": now})
        stored = prints(uow.settings).put(io.BytesIO(pdf))
        uow.record(
            Event.PRINT_REHEARSAL,
            f"exam:{exam.id}",
            code=mark.code,
            sha256=stored.sha256,
            large=False,
            names=False,
            ok=outcome.ok,
        )
        target = uow.settings.var / "rehearsal" / f"{now:%Y-%m-%d-%H%M%S}.pdf"
        target.parent.mkdir(exist_ok=True)
        # A second copy under a name that people find; the first one is kept by its digest.
        target.write_bytes(pdf)
    outcome.code, outcome.protocol = mark.code, str(target)


def _contents(outcome: Outcome) -> dict[str, object]:
    """What the template shows of the rehearsal."""
    return {
        "rows": [_row(step) for step in outcome.steps],
        "numbers": [
            [ru(N_("Result")), ru(N_("ready")) if outcome.ok else ru(N_("NOT READY"))],
            [ru(N_("Time")), _seconds(outcome.seconds)],
        ],
        "signers": by_hand(Role.TECHNICAL_SPECIALIST, Role.SITE_HEAD),
    }


def _row(step: Step) -> list[str]:
    """What became of a step, its name, and its error or the time it took."""
    if step.error:
        return [ru(N_("failed")), ru(step.name), step.error]
    return [ru(N_("done")), ru(step.name), _seconds(step.seconds)]


def _seconds(seconds: float) -> str:
    return ru(N_("%(seconds)s s"), seconds=ru_decimal(seconds))
