"""One task of an appeal kit: what each layer says, and the diagnosis."""

from examday.domain.appeals.diagnosis import DIAGNOSIS_NAMES, Diagnosis, Layer
from examday.domain.messages import N_
from examday.services.appeals.papers.answers import answer
from examday.services.appeals.papers.print_outs import Words, field_name
from examday.services.appeals.views.tasks import CaseTask


def task(line: CaseTask, say: Words) -> dict[str, str | bool]:
    """Return one task: what each layer says, the diagnosis, the keys of its pictures."""
    said = line.finding.decided if line.finding else line.proposal.diagnosis
    return {
        "field": field_name(line.field, say),
        # Without the colon, which not every system allows in the name of a file.
        "key": line.field.replace(":", "-"),
        "differs": line.differs,
        "original": _said(line.layers.original, say),
        "copy": _said(line.layers.copy, say),
        "recognised": _said(line.layers.recognised, say),
        "marks": " → ".join(
            x for x in (line.layers.mark_before, line.layers.mark_after) if x is not None
        ),
        "diagnosis": say(DIAGNOSIS_NAMES[Diagnosis(said)]),
        "by": say(N_("found by the commission"))
        if line.finding
        else say(N_("proposed by the program")),
    }


def _said(layer: Layer | None, say: Words) -> str:
    """Return what a layer says in words; that nobody read it is said, not left empty."""
    if layer is None:
        return say(N_("no reading"))
    task_number = f"{say(N_('task'))} {layer.task}: " if layer.task else ""
    said = task_number + answer(layer.text, layer.mark, say)
    return f"{said} ({say(N_('read by the machine'))})" if layer.by_machine else said
