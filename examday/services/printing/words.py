"""Words of printed matter. Paper is Russian by the nature of the trade, whatever language the
pages are read in."""

import datetime as dt
from collections.abc import Iterable, Mapping

from examday.domain.board import STEP_LABELS, thread
from examday.domain.custody.kit import KIND_NAMES, THING_NAMES, Kind, sheet_name
from examday.domain.custody.lifecycle import MEDIUM_NAMES, STATE_NAMES, Medium, State
from examday.domain.custody.paper_codes import spaced
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.domain.plan.findings import Word
from examday.domain.transfer.answers import MARK_NAMES, Mark, Value
from examday.domain.transfer.fields import field_words
from examday.i18n import catalogue
from examday.paper.layout import layouts
from examday.services.rules import rulesets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Item

EXAM_NAMES = {
    "ege": N_("Unified State Exam"),
    "oge": N_("Basic State Exam"),
    "gve": N_("State Graduation Exam"),
}
HANDING = {
    "collect": N_("collected from the candidate"),
    "hand": N_("from hand to hand"),
    "pack": N_("packed"),
    "seal": N_("packet closed"),
    "packet": N_("packet handed over"),
}


def ru(message: str, **params: object) -> str:
    """`message` in Russian."""
    text = catalogue("ru").gettext(message) if message else ""
    return text % params if params else text


def ru_params(params: Mapping[str, object]) -> dict[str, object]:
    """Parameters of a message: a Word, or Words in a tuple, are translated too."""
    return {
        key: ru(value)
        if isinstance(value, Word)
        else ", ".join(ru(v) for v in value)
        if isinstance(value, tuple)
        else value
        for key, value in params.items()
    }


def state(booklet: Booklet) -> str:
    """Where a work stands."""
    return ru(STATE_NAMES[State(booklet.state)])


def medium(booklet: Booklet) -> str:
    """On what the candidate answered."""
    return ru(MEDIUM_NAMES[Medium(booklet.medium)])


def form_code(booklet: Booklet) -> str:
    """The number of the form, in groups; a dash before a kit is issued."""
    return spaced(booklet.code or "—")


def kind(of: Kind) -> str:
    """Things of one kind: «бланки (A4)»."""
    return ru(KIND_NAMES[of])


def role(of: Role) -> str:
    """What somebody is at the point."""
    return ru(ROLE_NAMES[of])


def agreed(counts_agree: bool) -> str:
    """Whether counts agree; what does not is loud."""
    return ru(N_("yes")) if counts_agree else ru(N_("NO"))


def moment(uow: UnitOfWork, at: dt.datetime | None) -> str:
    """«04.06.2026 14:05», empty for no time."""
    return uow.local(at).strftime("%d.%m.%Y %H:%M") if at else ""


def clock(uow: UnitOfWork, at: dt.datetime) -> str:
    """«14:05»."""
    return uow.local(at).strftime("%H:%M")


def counted(counts: Mapping[str, int]) -> str:
    """Counts in words: «бланки (A4): 4, листы (A3): 4»."""
    return ", ".join(f"{kind(Kind(name))}: {number}" for name, number in counts.items())


def seat(booklet: Booklet) -> str:
    """Room and place."""
    return f"{booklet.seat.room.number}-{booklet.seat.place}"


def thing(item: Item) -> str:
    """What a thing is: «А3 · бланк регистрации», «тетрадь для ответов»."""
    if item.kind != Kind.PACKET and item.sheet:
        return f"{item.size} · {sheet(item.sheet)}"
    return ru(THING_NAMES[Kind(item.kind)])


def sheet(name: str) -> str:
    """The name of a sheet; additional forms carry their number, a scanned sheet the name of its
    form."""
    if name in layouts():
        return layouts()[name].name
    number = name.removeprefix("extra_") if name.startswith("extra_") else ""
    return f"{ru(sheet_name(name)) or name} {number}".strip()


def code_of(item: Item) -> str:
    """The code to read: our own, or the number of a standard form."""
    return spaced(item.code.partition("/")[0])


def field_name(field_id: str) -> str:
    """A field as people call it."""
    words, values = field_words(field_id)
    return ru(words, **values)


def mark(value: Value) -> str:
    """A reader's mark; empty for plain characters and for a blank field, which says so itself."""
    return ru(MARK_NAMES[value.mark]) if value.mark and value.mark is not Mark.BLANK else ""


def exam_line(exam: Exam) -> str:
    """«ЕГЭ, Русский язык (01), 04.06.2026»."""
    return f"{ru(EXAM_NAMES.get(exam.kind, exam.kind))}, {rulesets.subject(exam.subject)}, {exam.date:%d.%m.%Y}"


def step_line(booklet: Booklet, now: dt.datetime) -> tuple[list[str], str]:
    """The thread of a booklet: places of its beads, and the step in words."""
    state = State(booklet.state)
    line = thread(state, Medium(booklet.medium), booklet.since, now)
    if not line.number:
        return [], ru(STATE_NAMES[state])
    return [s.place for s in line.steps], ru(
        N_("Step %(number)s of %(all)s: %(step)s"),
        number=line.number,
        all=len(line.steps),
        step=ru(STEP_LABELS[state]),
    )


def booklet_facts(booklet: Booklet, candidate: str = "") -> list[list[str]]:
    """The head of every document about one work."""
    return [
        [ru(N_("Exam")), exam_line(booklet.exam)],
        [ru(N_("Exam point")), point(booklet.exam)],
        [ru(N_("Room and place")), seat(booklet)],
        [ru(N_("Number of the form")), form_code(booklet)],
        [ru(N_("Answers stand on")), medium(booklet)],
        [ru(N_("Version of the transfer")), str(booklet.version)],
        [ru(N_("Candidate")), candidate],
    ]


def point(exam: Exam) -> str:
    """Code and name of the exam point."""
    return " ".join(part for part in (exam.site_code, exam.site_name) if part)


def people_line(names: Iterable[str]) -> str:
    """Names as one line."""
    return ", ".join(name for name in names if name)
