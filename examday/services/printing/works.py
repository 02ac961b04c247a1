"""A work and its exam in the words of print-outs."""

import datetime as dt
from collections.abc import Iterable

from examday.domain.board import STEP_LABELS, thread
from examday.domain.custody.lifecycle import (
    MEDIUM_NAMES,
    OFF_THE_WAY,
    STATE_NAMES,
    WAY,
    Medium,
    State,
)
from examday.domain.custody.paper_codes import spaced
from examday.domain.messages import N_
from examday.domain.plan.day import EXAM_KINDS
from examday.services.custody.beginnings import Beginning
from examday.services.printing.words import ru
from examday.services.rules import exam_forms
from examday.storage.tables import Booklet, Exam

ENDED = tuple(state for state in State if state in OFF_THE_WAY)
"""States that are no step: they are listed after the steps, so that the works of a day add up.

In one order for good: the same figures give the same paper, byte by byte.
"""


def state(booklet: Booklet) -> str:
    """Say at which step of its way a work is."""
    return ru(STATE_NAMES[State(booklet.state)])


def medium(booklet: Booklet) -> str:
    """Say on what the candidate answered."""
    return ru(MEDIUM_NAMES[Medium(booklet.medium)])


def form_code(booklet: Booklet) -> str:
    """The number of the form, in groups of digits; a dash before a kit is issued."""
    return spaced(booklet.code or "—")


def seat(booklet: Booklet) -> str:
    """Room and place: what people at the point call a work by."""
    return f"{booklet.seat.room.number}-{booklet.seat.place}"


def exam_line(exam: Exam) -> str:
    """Name an exam in one line: «ЕГЭ, Русский язык (01), 04.06.2026»."""
    name = ru(EXAM_KINDS.get(exam.kind, exam.kind))
    return f"{name}, {exam_forms.subject(exam)}, {exam.date:%d.%m.%Y}"


def point(exam: Exam) -> str:
    """Code and name of the exam point, as far as the plan has them."""
    return " ".join(part for part in (exam.site_code, exam.site_name) if part)


def step_line(booklet: Booklet, now: dt.datetime) -> tuple[list[str], str]:
    """The steps of a work: the place of each (done, now, to come), and the present one in words."""
    state = State(booklet.state)
    line = thread(state, Medium(booklet.medium), booklet.since, now)
    # No step: a work that has left the way (spoiled, not used) stands at none.
    if not line.number:
        return [], ru(STATE_NAMES[state])
    return [s.place for s in line.steps], ru(
        N_("Step %(number)s of %(all)s: %(step)s"),
        number=line.number,
        all=len(line.steps),
        step=ru(STEP_LABELS[state]),
    )


def booklet_facts(
    booklet: Booklet, candidate: str = "", beginning: Beginning | None = None
) -> list[list[str]]:
    """The facts at the head of every document about one work: name and value.

    After a second beginning they say which version this paper is of, which it replaces, and why.
    """
    return [
        [ru(N_("Exam")), exam_line(booklet.exam)],
        [ru(N_("Exam point")), point(booklet.exam)],
        [ru(N_("Room and place")), seat(booklet)],
        [ru(N_("Number of the form")), form_code(booklet)],
        [ru(N_("Answers stand on")), medium(booklet)],
        *_version_facts(booklet, beginning),
        [ru(N_("Candidate")), candidate],
    ]


def steps_of(states: Iterable[str]) -> list[list[str]]:
    """Count how many works stand at each step, and how many have left the way: name and number."""
    found = list(states)
    names = {**{s: STEP_LABELS[s] for s in WAY}, **{s: STATE_NAMES[s] for s in ENDED}}
    return [[ru(name), str(found.count(s))] for s, name in names.items() if s in found]


def _version_facts(booklet: Booklet, beginning: Beginning | None) -> list[list[str]]:
    name = ru(N_("Version of the transfer"))
    if beginning is None or booklet.version < 2:
        return [[name, str(booklet.version)]]
    instead = ru(
        N_("%(version)s, instead of version %(before)s"),
        version=booklet.version,
        before=booklet.version - 1,
    )
    why = " — ".join(part for part in (ru(beginning.what), beginning.reason) if part)
    return [[name, instead], [ru(N_("Why anew")), why]]
