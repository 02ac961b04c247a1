"""What the pages of custody and packing show. Read only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from examday.domain.custody.counts import Account, Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import State
from examday.domain.custody.paper_codes import form_code
from examday.domain.errors import Invalid, NotFound
from examday.domain.people.roles import PERMISSIONS, Role
from examday.services import packing
from examday.services.custody import papers
from examday.services.people import directory
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Handover, Item, Person, Room, Seat

DONE_IN_ROOM = (State.REGISTERED, State.ISSUED, State.ENLARGED)


@dataclass(frozen=True)
class RoomLine:
    """One room of an exam in numbers: works, kits not issued yet, kits with candidates, works
    collected."""

    exam: Exam
    room: Room
    works: int
    to_issue: int
    writing: int
    collected: int
    off: int


@dataclass(frozen=True)
class PacketLine:
    """One packet with what is counted at it."""

    packet: Item
    purpose: Purpose
    contents: dict[Kind, int]
    works: int


def newest_exams(uow: UnitOfWork) -> list[Exam]:
    """The exams of the newest day in the plan."""
    newest = uow.session.scalar(select(func.max(Exam.date)))
    return list(uow.session.scalars(select(Exam).where(Exam.date == newest).order_by(Exam.subject)))


def to_pack(uow: UnitOfWork) -> tuple[list[Exam], list[Booklet]]:
    """The exams of the newest day with all their works, and of older exams the works to pack or to
    hand over: after an appeal a work of an earlier day is transferred again."""
    newest = newest_exams(uow)
    late = list(
        uow.session.scalars(
            select(Booklet)
            .join(Exam)
            .where(
                Booklet.state.in_((State.CERTIFIED, State.PACKED)),
                Exam.id.not_in([e.id for e in newest]),
            )
            .order_by(Exam.date.desc(), Booklet.since)
        )
    )
    older = {booklet.exam_id: booklet.exam for booklet in late}
    return [*newest, *older.values()], [*booklets(uow, [e.id for e in newest]), *late]


def booklets(uow: UnitOfWork, exam_ids: Sequence[str], room_id: str = "") -> list[Booklet]:
    """The booklets of these exams (of one room) in the order of rooms and places."""
    query = (
        select(Booklet)
        .join(Booklet.seat)
        .where(Booklet.exam_id.in_(exam_ids))
        .options(
            joinedload(Booklet.seat).joinedload(Seat.room),
            joinedload(Booklet.exam),
            joinedload(Booklet.holder),
        )
    )
    rows = uow.session.scalars(query.where(Seat.room_id == room_id) if room_id else query)
    return sorted(rows, key=lambda b: (b.seat.room.number, place_order(b.seat.place), b.since))


def place_order(place: str) -> tuple[int, str]:
    """«2А» before «10А»."""
    number = re.match(r"\d*", place)
    digits = number.group() if number else ""
    return int(digits or 0), place


def rooms(uow: UnitOfWork) -> list[RoomLine]:
    """Every room of the newest day."""
    exams = {exam.id: exam for exam in newest_exams(uow)}
    groups: dict[tuple[str, str], list[Booklet]] = {}
    for booklet in booklets(uow, list(exams)):
        groups.setdefault((booklet.exam_id, booklet.seat.room_id), []).append(booklet)
    return [_line(exams[exam_id], group) for (exam_id, _room), group in groups.items()]


def _line(exam: Exam, group: list[Booklet]) -> RoomLine:
    states = [State(b.state) for b in group]
    off = sum(s in (State.NOT_USED, State.SPOILED) for s in states)
    to_issue, writing = (
        states.count(State.REGISTERED),
        sum(s in (State.ISSUED, State.ENLARGED) for s in states),
    )
    return RoomLine(
        exam,
        group[0].seat.room,
        len(group),
        to_issue,
        writing,
        len(group) - off - to_issue - writing,
        off,
    )


def packets(uow: UnitOfWork, exam_id: str) -> list[PacketLine]:
    """The packets of an exam."""
    found = []
    for packet in packing.packets(uow, exam_id):
        inside = papers.inside(uow, packet.id)
        found.append(
            PacketLine(
                packet,
                Purpose(packet.sheet),
                packing.contents(uow, packet),
                len({i.booklet_id for i in inside if i.booklet_id}),
            )
        )
    return found


def accounts(uow: UnitOfWork, exams: Sequence[Exam]) -> list[tuple[Exam, tuple[Account, ...]]]:
    """Where everything is, exam by exam."""
    return [(exam, papers.accounts(uow, exam.id)) for exam in exams]


def handovers(uow: UnitOfWork, booklet_id: str = "", item_id: str = "") -> list[Handover]:
    """The lines of the journal about one booklet or packet, newest first."""
    where = Handover.booklet_id == booklet_id if booklet_id else Handover.item_id == item_id
    return list(uow.session.scalars(select(Handover).where(where).order_by(Handover.at.desc())))


def receivers(uow: UnitOfWork, permission: str, but: str | None) -> list[Person]:
    """Who may take something over: people whose role takes part in `permission`, less the giver."""
    roles: list[Role] = sorted(PERMISSIONS[permission])
    return [p for p in directory.people_with(uow, roles) if not p.disabled and p.id != but]


def find(uow: UnitOfWork, typed: str) -> tuple[str, str]:
    """What a code at hand belongs to: ("booklet", id) or ("item", id) of a packet. NotFound when
    to nothing."""
    try:
        item = papers.find(uow, typed)
    except NotFound:
        return "booklet", _by_form(uow, typed).id
    return ("booklet", item.booklet_id) if item.booklet_id else ("item", item.id)


def _by_form(uow: UnitOfWork, typed: str) -> Booklet:
    try:
        code = form_code(typed)
    except Invalid:
        raise NotFound() from None
    row = uow.session.scalars(
        select(Booklet)
        .join(Exam)
        .where(
            (Booklet.code == code)
            | Booklet.id.in_(select(Item.booklet_id).where(Item.code.startswith(f"{code}/")))
        )
        .order_by(Exam.date.desc(), Booklet.since.desc())
    ).first()
    if row is None:
        raise NotFound()
    return row
