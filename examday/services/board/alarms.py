"""What cannot be left as it is on the day: counts, lost pages, signatures, works that stand still."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select

from examday.domain import board
from examday.domain.board import Standing
from examday.domain.custody.lifecycle import State
from examday.domain.events import Event
from examday.domain.messages import N_, Msgid
from examday.domain.scans.pages import PageState, ScanState
from examday.domain.transfer.staffing import NAMES, nobody_can
from examday.services.board import unanswered
from examday.services.board.still_open import came_after, files_waiting, pages_waiting
from examday.services.jobs import failures
from examday.services.plan.exam_day import current_day
from examday.services.transfer.crew.unstaffed import unstaffed
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import (
    Booklet,
    Exam,
    Item,
    Outbox,
    Page,
    ScanFile,
)

OPEN_SCANS = N_("Open the scans: each one says why and what to do.")
SLOW_WORK = dt.timedelta(minutes=2)
"""A scan takes seconds; one that waits longer means that nothing works in the background."""


LEDGER_ALARMS: dict[str, tuple[str, str]] = {
    Event.ALARM_COUNT_MISMATCH: (
        N_("Counts differ: what was counted is not what was expected."),
        N_(
            "Count again together with the one who handed over. Until they agree, or a reason is written, it stays."
        ),
    ),
    Event.ALARM_DUPLICATE_CODE: (
        N_("One form code was met twice."),
        N_("Put both kits aside, do not copy either, and find out which one is the candidate's."),
    ),
    Event.ALARM_FORK: (
        N_("A station of this point has two histories: of the second one nothing was taken in."),
        N_(
            "Find out at the point which laptop is the true one, and revoke the station: examday enrol revoke."
        ),
    ),
}
"""Alarm of the ledger → what is wrong, and what to do. A kind without words here is told as a
count that differs: an alarm that nobody understands would be passed over."""
OF_ANOTHER_DAY = (
    N_("A kit of another exam day was about to be issued."),
    N_("Lay that kit aside and hand out one of today; find out how it came into the room."),
)
"""Where the other work is of another day nobody here has it in hand: these words say what to do
instead."""


@dataclass(frozen=True)
class Alarm:
    """Something that cannot be left as it is.

    `message` and `advice` are msgids; `place` names the page that helps («booklet», «scans»,
    «undone», «custody», «plan», «people»), `ids` the booklets concerned, the oldest first, and
    `packet` the packet that was counted.
    """

    code: str
    message: str
    advice: str
    place: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    packet: str = ""


def alarms(
    uow: UnitOfWork, exams: Sequence[Exam], standings: Sequence[Standing]
) -> Iterable[Alarm]:
    """First what does not add up, then what is stuck, then what somebody must look at."""
    # Paper that is missing is looked for while the room is still there.
    yield from _counts_that_differ(uow, exams)
    yield from _pages_lost(uow, exams)
    yield from _nobody_left(uow, standings)
    yield from _signatures_waiting(standings, uow.now())
    yield from _stuck(standings, uow.now())
    yield from _scans_to_look_at(uow, exams)
    if not exams or exams[0].date == current_day(uow):
        yield from _given_up(uow)
        yield from _background(uow)
        # Last: what was left of an earlier day is told, and does not hold up this one.
        yield from _scans_left(uow, exams)
    else:
        yield from _given_up(uow, {exam.id for exam in exams})


def left_undone(uow: UnitOfWork, exams: Sequence[Exam]) -> tuple[Alarm, ...]:
    """Return what is still open at the end of a day and lies in no work, packet or waiting scan:
    pages that were lost on the way, jobs that were given up.
    """
    mine = {exam.id for exam in exams}
    return (*_pages_lost(uow, exams), *_given_up(uow, mine))


def _counts_that_differ(uow: UnitOfWork, exams: Sequence[Exam]) -> Iterable[Alarm]:
    """Return the alarms of the ledger that nothing has answered yet.

    The booklet or packet has not moved on since.
    """
    # A packet of another day is on the board of that day, so it raises no alarm here.
    of_day = {"booklet": _ids(uow, Booklet, exams), "item": _ids(uow, Item, exams)}
    for alarm, thing, key, other in unanswered.of_point(uow):
        if key not in of_day.get(thing, (key,)):
            continue
        message, advice = LEDGER_ALARMS.get(alarm, LEDGER_ALARMS[Event.ALARM_COUNT_MISMATCH])
        # One that is gone was of no other day: it was taken back, or out of the plan.
        if other and other not in of_day["booklet"] and _is_there(uow, other):
            message, advice = OF_ANOTHER_DAY
        yield Alarm(
            alarm,
            message,
            advice,
            "" if thing == "station" else "custody",
            ids=(key,) if thing == "booklet" else (),
            packet=key if thing == "item" else "",
        )


def _is_there(uow: UnitOfWork, booklet_id: str) -> bool:
    return uow.session.get(Booklet, booklet_id) is not None


def _ids(uow: UnitOfWork, model: type[Booklet | Item], exams: Sequence[Exam]) -> set[str]:
    of_exams = model.exam_id.in_([exam.id for exam in exams])
    return set(uow.session.scalars(select(model.id).where(of_exams)))


def _pages_lost(uow: UnitOfWork, exams: Sequence[Exam]) -> Iterable[Alarm]:
    """Files that came in on this exam day or later: those of other exam days have other boards."""
    if not exams:
        return
    there = (
        select(func.count(Page.id))
        .where(Page.scan_file_id == ScanFile.id)
        .correlate(ScanFile)
        .scalar_subquery()
    )
    lost = uow.session.execute(
        select(func.count(ScanFile.id)).where(
            came_after(uow, exams[0].date),
            ScanFile.state == ScanState.DONE,
            ScanFile.pages.is_not(None),
            ScanFile.pages != there,
        )
    ).scalar_one()
    if lost:
        yield Alarm(
            "pages",
            N_("Pages in and pages out differ in %(number)s scan files."),
            N_("Open the scans; the file tells which page is missing. The original file is kept."),
            "scans",
            {"number": lost},
        )


def _nobody_left(uow: UnitOfWork, standings: Sequence[Standing]) -> Iterable[Alarm]:
    """What nobody here can do: told while there is time to call somebody."""
    for name, ids in unstaffed(uow, standings).items():
        yield Alarm(
            "unstaffed",
            nobody_can(name),
            N_(
                "Call one more person and enter them with their role: whoever has a part in a work "
                "cannot take every other."
            ),
            "people",
            {"number": len(ids), "who": Msgid(NAMES[name])},
            tuple(ids),
        )


def _signatures_waiting(standings: Sequence[Standing], now: dt.datetime) -> Iterable[Alarm]:
    late = sorted(
        (
            s
            for s in standings
            if s.state is State.VERIFIED and board.is_stuck(s.state, s.since, now)
        ),
        key=lambda s: s.since,
    )
    if late:
        yield Alarm(
            "unsigned",
            N_("Signatures are missing under %(number)s works that are verified."),
            N_("Call the signers to this computer: «Копия верна» must be signed before packing."),
            "sign",
            {"number": len(late)},
            tuple(s.id for s in late),
        )


def _stuck(standings: Sequence[Standing], now: dt.datetime) -> Iterable[Alarm]:
    for queue in board.queues(standings, now):
        late = tuple(s.id for s in queue.standings if board.is_stuck(s.state, s.since, now))
        # Missing signatures have an alarm of their own, which names what to do.
        if late and queue.standings[0].state is not State.VERIFIED:
            yield Alarm(
                "stuck",
                N_("%(number)s works stand still. They wait for: %(who)s."),
                N_("See who is free, or ask whoever has the work what holds it up."),
                "booklet",
                {"number": len(late), "who": queue.who},
                late,
            )


def _scans_to_look_at(uow: UnitOfWork, exams: Sequence[Exam]) -> Iterable[Alarm]:
    """Pages and files of this day that a person has to decide about."""
    for state, message, number in (
        (
            PageState.EXCEPTION,
            N_("%(number)s scanned pages belong to no work yet."),
            pages_waiting(uow, exams),
        ),
        (
            ScanState.QUARANTINED,
            N_("%(number)s files could not be taken in."),
            files_waiting(uow, exams, ScanState.QUARANTINED),
        ),
        (
            ScanState.POSTPONED,
            N_("%(number)s files wait: this computer could not open them."),
            files_waiting(uow, exams, ScanState.POSTPONED),
        ),
    ):
        if number:
            yield Alarm(state, message, OPEN_SCANS, "scans", {"number": number})


def _scans_left(uow: UnitOfWork, exams: Sequence[Exam]) -> Iterable[Alarm]:
    """Pages and files of other exam days that still wait here."""
    states = (ScanState.QUARANTINED, ScanState.POSTPONED)
    all_here = _number(uow, Page, Page.state == PageState.EXCEPTION)
    all_here += _number(uow, ScanFile, ScanFile.state.in_(states))
    if not all_here:
        return
    mine = pages_waiting(uow, exams) + sum(files_waiting(uow, exams, one) for one in states)
    if all_here > mine:
        yield Alarm(
            "scans-left",
            N_("%(number)s scans of other exam days wait for a decision.")
            if exams
            else N_("Scans wait for a decision: %(number)s."),
            OPEN_SCANS,
            "scans",
            {"number": all_here - mine},
        )


def _given_up(uow: UnitOfWork, mine: Collection[str] | None = None) -> Iterable[Alarm]:
    """What the station tries no more: its silence must not be taken for «nothing to say».

    mine: ids of the exams that are asked about; None for whatever waits here.
    """
    found = (failure.about.exam_id for failure in failures.open_failures(uow))
    number = sum(mine is None or not exam_id or exam_id in mine for exam_id in found)
    if number:
        yield Alarm(
            "given-up",
            N_("The station has given up %(number)s jobs, such as reading a page."),
            N_("Open the list: each one says what was tried and what to do."),
            "undone",
            {"number": number},
        )


def _background(uow: UnitOfWork) -> Iterable[Alarm]:
    waiting = _number(
        uow,
        ScanFile,
        (ScanFile.state == ScanState.QUEUED) & (ScanFile.received_at < uow.now() - SLOW_WORK),
    )
    # Two: one failed try is retried within seconds, and no reason to call anybody.
    failing = _number(uow, Outbox, Outbox.done_at.is_(None) & (Outbox.attempts >= 2))
    if waiting or failing:
        yield Alarm(
            "background",
            N_("%(number)s jobs in the background do not get on."),
            N_(
                "Nothing is lost. The technical specialist runs `examday doctor`; pages can be used meanwhile."
            ),
            "scans",
            {"number": max(waiting, failing)},
        )


def _number(
    uow: UnitOfWork, model: type[Page | ScanFile | Outbox], condition: ColumnElement[bool]
) -> int:
    return uow.count(select(func.count(model.id)).where(condition))
