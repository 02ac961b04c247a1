"""What the print-outs of a day show: journal, labels, observers, readiness, summary."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import select

from examday.domain.board import STEP_LABELS
from examday.domain.custody.counts import PURPOSE_NAMES, Place, Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import STATE_NAMES, WAY, State
from examday.domain.custody.paper_codes import spaced
from examday.domain.errors import Conflict
from examday.domain.events import PREFIX_OF_ALARMS, Event, read_data
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.domain.plan.findings import LEVEL_NAMES, RULE_TITLES, counts
from examday.paper.printing import item_barcode
from examday.services.custody import papers
from examday.services.people import directory
from examday.services.plan import readiness as plan_readiness
from examday.services.printing import words as w
from examday.services.printing.frames import by_hand, frame
from examday.services.printing.words import ru
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Duty, EventRow, Exam, Handover, Item, Room

WITNESSES = (Role.EXAM_BOARD_MEMBER, Role.PUBLIC_OBSERVER)
ALARM_NAMES: dict[str, str] = {
    Event.ALARM_COUNT_MISMATCH: N_("counts differ"),
    Event.ALARM_DUPLICATE_CODE: N_("one form number twice"),
}


def custody_journal(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Журнал движения материалов."""
    exam, people = uow.get(Exam, exam_id), directory.names(uow)
    lines = uow.session.scalars(
        select(Handover).where(Handover.exam_id == exam_id).order_by(Handover.at)
    )
    return frame(uow, exam, N_("Custody journal")) | {
        "rows": [_journal_row(uow, line, people) for line in lines],
        "signers": by_hand(ROLE_NAMES[Role.SITE_HEAD], ROLE_NAMES[Role.EXAM_BOARD_MEMBER]),
    }


def _journal_row(uow: UnitOfWork, line: Handover, people: Mapping[str, str]) -> list[str]:
    return [
        w.clock(uow, line.at),
        ru(w.HANDING.get(line.kind, line.kind)),
        _what(uow, line),
        people.get(line.from_id or "", ""),
        people.get(line.to_id or "", ""),
        w.counted(line.expected),
        w.counted(line.counted),
        w.agreed(line.agreed),
        line.note,
    ]


def _what(uow: UnitOfWork, line: Handover) -> str:
    if line.booklet_id:
        return w.seat(uow.get(Booklet, line.booklet_id))
    return w.code_of(uow.get(Item, line.item_id)) if line.item_id else ""


def labels(uow: UnitOfWork, kind: str, key: str) -> dict[str, object]:
    """Наклейки of a booklet's things, of everything of an exam, or of one thing. Standard forms
    take none."""
    if kind == "item":
        things = [uow.get(Item, key)]
    elif kind == "booklet":
        things = papers.of_booklet(uow, key)
    else:
        things = list(
            uow.session.scalars(
                select(Item).where(Item.exam_id == key).order_by(Item.room_id, Item.code)
            )
        )
    things = [i for i in things if i.kind != Kind.STANDARD_SHEET and i.state not in papers.VOID]
    if not things:
        raise Conflict(
            N_("There is nothing to label yet: no papers with a code of ours are in use."),
            code="no-labels",
            advice=N_("Issue the kits first. Standard forms take no label."),
        )
    exam = uow.get(Exam, things[0].exam_id)
    return frame(uow, exam, N_("Labels")) | {"labels": [_label(uow, item) for item in things]}


def _label(uow: UnitOfWork, item: Item) -> dict[str, str]:
    booklet = uow.get(Booklet, item.booklet_id) if item.booklet_id else None
    place = w.seat(booklet) if booklet else ru(PURPOSE_NAMES[Purpose(item.sheet)])
    return {
        "svg": item_barcode(item.code),
        "spaced": spaced(item.code),
        "thing": w.thing(item),
        "place": place,
    }


def observers(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Список наблюдателей и свидетелей."""
    exam = uow.get(Exam, exam_id)
    rows = _witnesses(uow, exam_id)
    return frame(uow, exam, N_("List of observers and witnesses")) | {
        "rows": rows,
        "signers": [[row[1], row[0]] for row in rows],
    }


def _witnesses(uow: UnitOfWork, exam_id: str) -> list[list[str]]:
    """Name, role, room, presence: by roles, then by names."""
    people = directory.names(uow)
    rooms = {room.id: room.number for room in uow.session.scalars(select(Room))}
    duties = uow.session.scalars(
        select(Duty).where(Duty.exam_id == exam_id, Duty.role.in_(WITNESSES))
    )
    return [
        [
            people.get(d.person_id, ""),
            w.role(Role(d.role)),
            rooms.get(d.room_id or "", "—"),
            ru(N_("yes")) if d.present else ru(N_("not recorded")),
        ]
        for d in sorted(duties, key=lambda d: (d.role, people.get(d.person_id, "")))
    ]


def readiness(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Протокол готовности."""
    exam = uow.get(Exam, exam_id)
    found = plan_readiness.readiness(uow, exam.date, exam.training)
    rows = [
        [
            ru(LEVEL_NAMES[f.level]),
            ru(RULE_TITLES.get(f.rule, f.rule)),
            " ".join(
                part
                for part in (
                    ru(f.message, **w.ru_params(f.params)),
                    ru(f.advice, **w.ru_params(f.params)),
                )
                if part
            ),
            f.source,
        ]
        for f in found
    ]
    return frame(uow, exam, N_("Readiness protocol")) | {
        "rows": rows,
        "numbers": [[ru(LEVEL_NAMES[level]), str(n)] for level, n in counts(found).items()],
        "signers": by_hand(ROLE_NAMES[Role.SITE_HEAD], ROLE_NAMES[Role.TECHNICAL_SPECIALIST]),
    }


def day_summary(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Итоги дня."""
    exam = uow.get(Exam, exam_id)
    return frame(uow, exam, N_("Summary of the day")) | {
        "steps-table": _steps(uow, exam),
        "accounts": _accounts(uow, exam),
        "alarms": _alarms(uow, exam),
        "signers": by_hand(ROLE_NAMES[Role.SITE_HEAD]),
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
