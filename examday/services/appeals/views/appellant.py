"""What the appellant sees and hears of the own work: both papers, nothing else."""

from dataclasses import dataclass

from examday.domain.appeals.diagnosis import Layer
from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.domain.transfer.answers import MARK_NAMES, Mark
from examday.domain.transfer.fields import is_long
from examday.paper import voice
from examday.services.appeals.papers.print_outs import Words, field_name
from examday.services.appeals.views.casebook import CaseFile, open_case
from examday.services.appeals.views.tasks import CaseTask
from examday.services.appeals.views.unread import unread
from examday.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Line:
    """One task of the appellant's screen."""

    task: CaseTask
    said: str
    """All that the screen shows of it, read aloud: whoever does not see must get no less."""


@dataclass(frozen=True)
class Screen:
    """The appellant's screen."""

    case: CaseFile
    lines: list[Line]
    unread: list[str]
    """Numbers of the tasks of which nobody has read anything: an empty line would pass for a blank
    answer."""
    voice: bool
    """A voice is installed on this computer: without one no button may promise sound."""


def screen(
    uow: UnitOfWork,
    appeal_id: str,
    say: Words,
    whole: bool,
) -> Screen:
    """Return the tasks that differ, or all of them.

    Forty pairs of pictures would have to be searched for the one that differs.
    """
    case = open_case(uow, appeal_id)
    lines = [Line(task, _said(task, say)) for task in case.tasks if whole or task.differs]
    return Screen(case, lines, unread(case), bool(voice.voice()))


def heard(
    uow: UnitOfWork,
    appeal_id: str,
    field: str,
    say: Words,
) -> bytes:
    """Return one task as sound; NotFound for an unknown task or without a voice."""
    for line in screen(uow, appeal_id, say, whole=True).lines:
        if line.task.field == field and (made := voice.spoken(line.said)):
            return made
    raise NotFound()


def _said(task: CaseTask, say: Words) -> str:
    """Return a task as it is read aloud: its name, what was written, what stands on the form."""
    name = f"{say(N_('Task'))} {field_name(task.field, say)}"
    original = _heard(task.layers.original, task.field, say)
    copy = _heard(task.layers.copy, task.field, say)
    written, stands = say(N_("You wrote")), say(N_("On the standard form stands"))
    return f"{name}. {written}: {original}. {stands}: {copy}."


def _heard(layer: Layer | None, field: str, say: Words) -> str:
    """Return what one paper says, sign by sign; long answers as they are read.

    All that the screen shows is said: the task that a replacement row names, and that a machine
    has read it.
    """
    if layer is None:
        return say(N_("no reading"))
    task = f"{say(N_('task'))} {layer.task}:" if layer.task else ""
    mark = say(MARK_NAMES[Mark(layer.mark)]) if layer.mark else ""
    text = voice.told(layer.text) if is_long(field) else voice.spelled(layer.text)
    said = " ".join(filter(None, (task, text, mark))) or say(N_("nothing"))
    return f"{said} ({say(N_('read by the machine'))})" if layer.by_machine else said
