"""The rooms of the day and their works, as the pages of custody show them. Read only."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from examday.domain.custody.counts import Account
from examday.domain.custody.lifecycle import OFF_THE_WAY, State
from examday.domain.errors import NotFound
from examday.services.custody import papers, steps
from examday.services.custody.booklets import walk_order
from examday.services.custody.pages import counting
from examday.services.custody.room.own_rooms import bound_elsewhere, own_rooms
from examday.services.plan.exam_day import exams_of, other_days
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Room, Seat


@dataclass(frozen=True)
class RoomLine:
    """The numbers of one room of an exam.

    Works, kits not issued yet, kits with candidates, works collected.
    """

    exam: Exam
    room: Room
    works: int
    to_issue: int
    writing: int
    collected: int
    off: int
    """Spoiled or not used: named, so that the columns add up to the works."""
    to_enlarge: int = 0
    """Of those with the candidates, kits that wait for their A3 sheets: without them these
    candidates cannot begin."""
    mine: bool = False
    """Whether the person who looks has a duty in this room: their own stands first."""

    @property
    def next_action(self) -> str:
        """The step of custody that comes next in the room; "" when nothing is left to do there."""
        if self.to_issue:
            return "issue"
        if self.to_enlarge:
            return "enlarge"
        return "collect" if self.writing else ""


@dataclass(frozen=True)
class Day:
    """The rooms of the day, and where everything of each exam is.

    `turn`: the room in which the person who looks has something to do now.
    """

    rooms: Sequence[RoomLine]
    turn: RoomLine | None
    """None where nothing waits for this person: no room is put before the others."""
    accounts: Sequence[tuple[Exam, tuple[Account, ...]]]
    others: Sequence[dt.date]
    """The exam days of the plan before and after this one, for works that were left there."""
    blind: frozenset[str]
    """Exams of which the person who looks may still count something: their sums come after it."""


@dataclass(frozen=True)
class Progress:
    """The works of one room in numbers; `standard`: the candidates chose the standard form."""

    works: int
    to_issue: int
    writing: int
    collected: int
    standard: int
    """The candidates chose the standard form, so nothing of theirs is collected here."""
    absent: int
    """The candidates did not come: without this figure the sums would not add up."""


@dataclass(frozen=True)
class RoomPage:
    """One room: its works, and the one whose kit is issued now (`turn`), if any waits."""

    exam: Exam
    room: Room
    works: Sequence[Booklet]
    next_actions: dict[str, str]
    turn: Booklet | None
    """The work whose kit is issued now: a hand scanner then needs no choice of a seat."""
    progress: Progress
    here: bool
    """Whether the person who looks may take steps in this room: not where bound to others."""
    to_hand: int
    """Works in the hands of the person who looks, which can be handed on together."""


def booklets(uow: UnitOfWork, exam_ids: Sequence[str], room_id: str = "") -> list[Booklet]:
    """Return the booklets of these exams (of one room) in the order of rooms and places."""
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
    return sorted(rows, key=lambda b: (*walk_order(b), b.since))


def of_day(uow: UnitOfWork) -> tuple[tuple[Exam, ...], list[Booklet]]:
    """Return the exams of the day in hand and their works."""
    exams = exams_of(uow)
    return exams, booklets(uow, [exam.id for exam in exams])


def rooms(uow: UnitOfWork, day: dt.date | None = None) -> list[RoomLine]:
    """Return every room of `day` (of the day in hand), those of the person who looks first."""
    exams = {exam.id: exam for exam in exams_of(uow, day)}
    groups: dict[tuple[str, str], list[Booklet]] = {}
    for booklet in booklets(uow, list(exams)):
        groups.setdefault((booklet.exam_id, booklet.seat.room_id), []).append(booklet)
    own = own_rooms(uow, next(iter(exams.values())).date) if exams else frozenset()
    lines = [
        _line(exams[exam_id], group, room_id in own) for (exam_id, room_id), group in groups.items()
    ]
    return sorted(lines, key=lambda line: not line.mine)


def turn_of(uow: UnitOfWork, lines: Sequence[RoomLine]) -> RoomLine | None:
    """Return the room in which the actor has something to do with kits now, if any.

    People with a duty in a room are led there and nowhere else; those without one, to any room.
    """
    if not uow.actor.may("custody.issue"):
        return None
    mine = [line for line in lines if not bound_elsewhere(uow, line.exam.date, line.room.id)]
    today = uow.today()
    # On a day that has passed no kit is issued any more: what was written then is collected.
    return next(
        (
            line
            for line in mine
            if line.next_action and (line.exam.date >= today or line.next_action == "collect")
        ),
        None,
    )


def _line(exam: Exam, group: list[Booklet], mine: bool) -> RoomLine:
    states = [State(b.state) for b in group]
    off = sum(s in OFF_THE_WAY for s in states)
    to_issue, writing = states.count(State.REGISTERED), sum(s in steps.WRITING for s in states)
    return RoomLine(
        exam,
        group[0].seat.room,
        len(group),
        to_issue,
        writing,
        len(group) - off - to_issue - writing,
        off,
        sum(steps.next_action(b, ()) == "enlarge" for b in group),
        mine,
    )


def day(uow: UnitOfWork, wanted: dt.date | None = None) -> Day:
    """Return the rooms of the wanted day (of the day in hand), and where everything is by exam."""
    exams, lines = exams_of(uow, wanted), rooms(uow, wanted)
    accounts = [(exam, papers.accounts(uow, exam.id)) for exam in exams]
    others = other_days(uow, exams[0].date if exams else wanted)
    blind = counting.blind_exams(uow, exams)
    return Day(lines, turn_of(uow, lines), accounts, others, blind)


def room(
    uow: UnitOfWork,
    exam_id: str,
    room_id: str,
    wanted: str,
) -> RoomPage:
    """Return one room.

    The turn is that of the work that was asked for, else of the first that waits. NotFound when
    nobody sits there.
    """
    works = booklets(uow, [exam_id], room_id)
    if not works:
        raise NotFound()
    waiting, me = [b for b in works if b.state == State.REGISTERED], uow.actor.person_id
    return RoomPage(
        works[0].exam,
        works[0].seat.room,
        works,
        {b.id: steps.next_action(b, papers.countable(papers.of_booklet(uow, b.id))) for b in works},
        next((b for b in waiting if b.id == wanted), waiting[0] if waiting else None),
        _progress(works),
        not bound_elsewhere(uow, works[0].exam.date, room_id),
        # A void kit goes on alone, for there is nothing of it to count.
        sum(steps.to_hand_on(b, me) and bool(papers.expected(uow, b)) for b in works),
    )


def _progress(works: Sequence[Booklet]) -> Progress:
    states = [State(b.state) for b in works if b.state != State.SPOILED]
    to_issue = states.count(State.REGISTERED)
    writing = sum(state in steps.WRITING for state in states)
    standard, absent = states.count(State.NOT_USED), states.count(State.ABSENT)
    collected = len(states) - to_issue - writing - standard - absent
    return Progress(len(states), to_issue, writing, collected, standard, absent)
