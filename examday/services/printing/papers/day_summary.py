"""What the summary of a day shows: steps, where everything of paper is, alarms."""

import datetime as dt

from sqlalchemy import select

from examday.domain.board import STEP_LABELS
from examday.domain.custody.counts import Place
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import STATE_NAMES, WAY, State
from examday.domain.events import PREFIX_OF_ALARMS, Event, read_data
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.custody import papers
from examday.services.printing import words as w
from examday.services.printing.papers.frames import by_hand, frame
from examday.services.printing.words import ru
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, EventRow, Exam, Item

ALARM_NAMES: dict[str, str] = {
    Event.ALARM_COUNT_MISMATCH: N_("counts differ"),
    Event.ALARM_DUPLICATE_CODE: N_("one form number twice"),
}


def day_summary(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Итоги дня."""
    exam = uow.get(Exam, exam_id)
    return frame(uow, exam, N_("Summary of the day")) | {
        "steps-table": _steps(uow, exam),
        "accounts": _accounts(uow, exam),
        "alarms": _alarms(uow, exam),
        "signers": by_hand(Role.SITE_HEAD),
    }


def _steps(uow: UnitOfWork, exam: Exam) -> list[list[str]]:
    """How many works stand at each step of the way, and how many have left it."""
    states = list(uow.session.scalars(select(Booklet.state).where(Booklet.exam_id == exam.id)))
    off_the_way = (State.NOT_USED, State.SPOILED)
    names = {**{s: STEP_LABELS[s] for s in WAY}, **{s: STATE_NAMES[s] for s in off_the_way}}
    return [[ru(name), str(states.count(s))] for s, name in names.items() if s in states]


def _accounts(uow: UnitOfWork, exam: Exam) -> list[list[str]]:
    """Where everything of paper is, kind by kind."""
    return [
        [
            w.kind(a.kind),
            str(a.total),
            *(str(a.places[p]) for p in Place),
            w.agreed(a.adds_up),
        ]
        for a in papers.accounts(uow, exam.id)
    ]


def _alarms(uow: UnitOfWork, exam: Exam) -> list[list[str]]:
    rows = uow.session.scalars(
        select(EventRow).where(EventRow.kind.startswith(PREFIX_OF_ALARMS)).order_by(EventRow.seq)
    )
    found = ((row, _owner(uow, row.subject)) for row in rows)
    return [
        _alarm(uow, row, owner)
        for row, owner in found
        if owner is not None and owner.exam_id == exam.id
    ]


def _owner(uow: UnitOfWork, subject: str) -> Booklet | Item | None:
    """The work or the thing that an entry is about."""
    kind, _sep, key = subject.partition(":")
    return uow.session.get(Booklet, key) if kind == "booklet" else uow.session.get(Item, key)


def _alarm(uow: UnitOfWork, row: EventRow, owner: Booklet | Item) -> list[str]:
    data = read_data(row.data)
    return [
        w.clock(uow, dt.datetime.fromisoformat(row.at)),
        ru(ALARM_NAMES.get(row.kind, row.kind)),
        w.seat(owner) if isinstance(owner, Booklet) else w.code_of(owner),
        data.get("code") or _differences(data.get("differences", "")),
    ]


def _differences(said: str) -> str:
    """«enlarged_sheet 4/3» in words."""
    parts = []
    for part in filter(None, said.split("; ")):
        kind, _sep, pair = part.partition(" ")
        wanted, _slash, there = pair.partition("/")
        parts.append(
            ru(
                N_("%(thing)s: expected %(wanted)s, counted %(there)s"),
                thing=w.kind(Kind(kind)),
                wanted=wanted,
                there=there,
            )
        )
    return "; ".join(parts)
