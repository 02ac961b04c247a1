"""What the print-outs of a day and of a packet show: journal, labels, observers, acts, readiness,
summary."""

import datetime as dt

from sqlalchemy import select

from examday.domain.board import STEP_LABELS
from examday.domain.custody.counts import PURPOSE_NAMES, Place, Purpose
from examday.domain.custody.kit import KIND_NAMES, Kind
from examday.domain.custody.lifecycle import MEDIUM_NAMES, STATE_NAMES, WAY, Medium, State
from examday.domain.custody.paper_codes import spaced
from examday.domain.errors import Conflict
from examday.domain.events import PREFIX_OF_ALARMS, Event, read_data
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.domain.plan.findings import LEVEL_NAMES, RULE_TITLES, counts
from examday.paper.printing import item_barcode
from examday.services.custody import papers
from examday.services.packing import packets
from examday.services.people import directory
from examday.services.plan import readiness as plan_readiness
from examday.services.printing import words as w
from examday.services.printing.words import ru
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Duty, EventRow, Exam, Handover, Item, Room

WITNESSES = (Role.EXAM_BOARD_MEMBER, Role.PUBLIC_OBSERVER)
ALARM_NAMES: dict[str, str] = {
    Event.ALARM_COUNT_MISMATCH: N_("counts differ"),
    Event.ALARM_DUPLICATE_CODE: N_("one form number twice"),
}


def frame(uow: UnitOfWork, exam: Exam, title: str, *facts: tuple[str, str]) -> dict[str, object]:
    """Title, facts and counts, the same on every document of a day."""
    states = list(uow.session.scalars(select(Booklet.state).where(Booklet.exam_id == exam.id)))
    done = sum(s == State.HANDED_OVER for s in states)
    return {
        "title": ru(title),
        "lead": "",
        "training": exam.training,
        "steps": [],
        "summary": ru(N_("works: %(all)s, handed over: %(done)s"), all=len(states), done=done),
        "facts": [
            [ru(N_("Exam")), w.exam_line(exam)],
            [ru(N_("Exam point")), w.point(exam)],
            *([ru(name), text] for name, text in facts),
        ],
    }


def by_hand(*roles: str) -> list[list[str]]:
    """Lines for signatures by hand without a name."""
    return [[ru(role), ""] for role in roles]


def custody_journal(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Журнал движения материалов."""
    exam, people = uow.get(Exam, exam_id), directory.names(uow)
    lines = uow.session.scalars(
        select(Handover).where(Handover.exam_id == exam_id).order_by(Handover.at)
    )
    rows = [
        [
            w.clock(uow, h.at),
            ru(w.HANDING.get(h.kind, h.kind)),
            _what(uow, h),
            people.get(h.from_id or "", ""),
            people.get(h.to_id or "", ""),
            w.counted(h.expected),
            w.counted(h.counted),
            ru(N_("yes")) if h.agreed else ru(N_("NO")),
            h.note,
        ]
        for h in lines
    ]
    return frame(uow, exam, N_("Custody journal")) | {
        "rows": rows,
        "signers": by_hand(ROLE_NAMES[Role.SITE_HEAD], ROLE_NAMES[Role.EXAM_BOARD_MEMBER]),
    }


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
    exam, people = uow.get(Exam, exam_id), directory.names(uow)
    rooms = {room.id: room.number for room in uow.session.scalars(select(Room))}
    duties = list(
        uow.session.scalars(select(Duty).where(Duty.exam_id == exam_id, Duty.role.in_(WITNESSES)))
    )
    duties.sort(key=lambda d: (d.role, people.get(d.person_id, "")))
    rows = [
        [
            people.get(d.person_id, ""),
            ru(ROLE_NAMES[Role(d.role)]),
            rooms.get(d.room_id or "", "—"),
            ru(N_("yes")) if d.present else ru(N_("not recorded")),
        ]
        for d in duties
    ]
    return frame(uow, exam, N_("List of observers and witnesses")) | {
        "rows": rows,
        "signers": [[row[1], row[0]] for row in rows],
    }


def packet_contents(uow: UnitOfWork, packet_id: str, names: bool) -> dict[str, object]:
    """Опись пакета."""
    packet = uow.get(Item, packet_id)
    inside = papers.inside(uow, packet.id)
    rows = [
        [w.code_of(i), w.thing(i), w.seat(uow.get(Booklet, i.booklet_id)) if i.booklet_id else ""]
        for i in inside
    ]
    found = packets.contents(uow, packet)
    return _packet_frame(uow, packet, N_("Contents of a packet")) | {
        "counts": [[ru(KIND_NAMES[kind]), str(number)] for kind, number in found.items()],
        "rows": rows,
        "signers": by_hand(ROLE_NAMES[Role.LEAD_ORGANISER], ROLE_NAMES[Role.EXAM_BOARD_MEMBER]),
    }


def handover_act(uow: UnitOfWork, packet_id: str, names: bool) -> dict[str, object]:
    """Акт приёма-передачи: filled in after the hand-over, with empty counts before it."""
    packet, people = uow.get(Item, packet_id), directory.names(uow)
    line = uow.session.scalars(
        select(Handover)
        .where(Handover.item_id == packet.id, Handover.kind == "packet")
        .order_by(Handover.at.desc())
    ).first()
    keys = {i.booklet_id for i in papers.inside(uow, packet.id) if i.booklet_id}
    works = sorted((uow.get(Booklet, key) for key in keys), key=w.seat)
    giver, receiver = (line.from_id, line.to_id) if line else (None, None)
    return _packet_frame(
        uow,
        packet,
        N_("Hand-over act"),
        (N_("Handed over at"), w.moment(uow, line.at) if line else ""),
    ) | {
        "counts": _counts_at_hand_over(uow, packet, line),
        "note": line.note if line else "",
        "works": [
            [
                w.seat(b),
                spaced(b.code or "—"),
                ru(MEDIUM_NAMES[Medium(b.medium)]),
                ru(STATE_NAMES[State(b.state)]),
            ]
            for b in works
        ],
        "signers": [
            [ru(N_("Handed over by")), people.get(giver or "", "")],
            [ru(N_("Received by")), people.get(receiver or "", "")],
        ],
    }


def _counts_at_hand_over(uow: UnitOfWork, packet: Item, line: Handover | None) -> list[list[str]]:
    """Kind, expected, counted; nothing is counted before the hand-over."""
    wanted = line.expected if line else papers.as_data(packets.contents(uow, packet))
    counted = line.counted if line else {}
    return [
        [ru(KIND_NAMES[Kind(kind)]), str(number), str(counted.get(kind, ""))]
        for kind, number in wanted.items()
    ]


def _packet_frame(
    uow: UnitOfWork, packet: Item, title: str, *facts: tuple[str, str]
) -> dict[str, object]:
    return frame(
        uow,
        uow.get(Exam, packet.exam_id),
        title,
        (N_("Packet"), spaced(packet.code)),
        (N_("Purpose"), ru(PURPOSE_NAMES[Purpose(packet.sheet)])),
        *facts,
    )


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
    states = list(uow.session.scalars(select(Booklet.state).where(Booklet.exam_id == exam.id)))
    steps = [(STEP_LABELS[s], states.count(s)) for s in WAY if s in states]
    steps += [
        (STATE_NAMES[s], states.count(s)) for s in (State.NOT_USED, State.SPOILED) if s in states
    ]
    accounts = [
        [
            ru(KIND_NAMES[a.kind]),
            str(a.total),
            *(str(a.places[p]) for p in Place),
            ru(N_("yes")) if a.adds_up else ru(N_("NO")),
        ]
        for a in papers.accounts(uow, exam.id)
    ]
    return frame(uow, exam, N_("Summary of the day")) | {
        "steps-table": [[ru(name), str(number)] for name, number in steps],
        "accounts": accounts,
        "alarms": _alarms(uow, exam),
        "signers": by_hand(ROLE_NAMES[Role.SITE_HEAD]),
    }


def _alarms(uow: UnitOfWork, exam: Exam) -> list[list[str]]:
    rows = uow.session.scalars(
        select(EventRow).where(EventRow.kind.startswith(PREFIX_OF_ALARMS)).order_by(EventRow.seq)
    )
    found = []
    for row in rows:
        kind, _sep, key = row.subject.partition(":")
        owner = uow.session.get(Booklet, key) if kind == "booklet" else uow.session.get(Item, key)
        if owner is not None and owner.exam_id == exam.id:
            data = read_data(row.data)
            where = w.seat(owner) if isinstance(owner, Booklet) else w.code_of(owner)
            found.append(
                [
                    w.clock(uow, dt.datetime.fromisoformat(row.at)),
                    ru(ALARM_NAMES.get(row.kind, row.kind)),
                    where,
                    data.get("code") or _differences(data.get("differences", "")),
                ]
            )
    return found


def _differences(said: str) -> str:
    """«enlarged_sheet 4/3» in words."""
    parts = []
    for part in filter(None, said.split("; ")):
        kind, _sep, pair = part.partition(" ")
        wanted, _slash, there = pair.partition("/")
        parts.append(
            ru(
                N_("%(thing)s: expected %(wanted)s, counted %(there)s"),
                thing=ru(KIND_NAMES[Kind(kind)]),
                wanted=wanted,
                there=there,
            )
        )
    return "; ".join(parts)
