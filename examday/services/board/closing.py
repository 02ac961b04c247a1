"""The end of the day as a step: what is open, who holds what, what happened, and who says so.

It is one step for the point, not for each exam. It locks nothing: work goes on where it must, and
the page then says that something has changed since.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Invalid, NotFound
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.board import remarks
from examday.services.board.alarms import Alarm, left_undone
from examday.services.board.head_step import Closed, closed
from examday.services.board.remarks import Remark
from examday.services.board.still_open import (
    filled_of,
    open_works,
    packets_here,
    scans_waiting,
    still_away,
)
from examday.services.custody.booklets import require
from examday.services.custody.pages.standings import standings
from examday.services.people import directory
from examday.services.plan.exam_day import day_subject, exams_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Item, Seat

_TO_PACK = {
    State.NOT_USED: N_("lead organiser: pack the standard forms"),
    State.SPOILED: N_("lead organiser: lay the spoiled papers into their packet"),
}
"""Kits that left the way wait for nobody on it; their papers still go into a packet."""


@dataclass(frozen=True)
class Holder:
    """A person who has works or packets in hand at the end of the day."""

    name: str
    works: Sequence[Booklet]
    packets: Sequence[Item]


@dataclass(frozen=True)
class DayEnd:
    """The whole page.

    `works`: those whose way has not ended; `empty`: packets that were never filled; `scans`: how
    many scanned pages and files wait for a decision; `away`: seats whose candidates nobody saw come
    back; `undone`: what the station itself lost or gave up.
    """

    day: dt.date | None
    """None at a station that has no exam day at all: there is nothing to close."""
    exams: Sequence[Exam]
    works: Sequence[Booklet]
    packets: Sequence[Item]
    empty: Sequence[Item]
    scans: int
    away: Sequence[Seat]
    undone: Sequence[Alarm]
    holders: Sequence[Holder]
    remarks: Sequence[Remark]
    closed: Closed | None
    """None while the day is open: late works can still come in."""
    names: dict[str, str]
    waits: dict[str, str]
    """Open work → whom it waits for, in the words of the board: the head looks for these people."""

    @property
    def open(self) -> int:
        """How many works, packets, scans, absences and failures are still to be dealt with."""
        papers = len(self.works) + len(self.packets) + len(self.empty)
        return papers + self.scans + len(self.away) + len(self.undone)


def show(uow: UnitOfWork, day: dt.date | None = None) -> DayEnd:
    """Return what the head of the point closes: `day`, or the day in hand."""
    exams = exams_of(uow, day)
    works, here = open_works(uow, exams), packets_here(uow, exams)
    filled = filled_of(uow, here)
    names = directory.names(uow)
    return DayEnd(
        exams[0].date if exams else day,
        exams,
        works,
        [packet for packet in here if packet.id in filled],
        [packet for packet in here if packet.id not in filled],
        scans_waiting(uow, exams),
        still_away(uow, exams),
        left_undone(uow, exams),
        _holders(works, [packet for packet in here if packet.id in filled], names),
        remarks.of_exams(uow, exams),
        closed(uow, exams, names),
        names,
        {
            standing.id: _TO_PACK.get(standing.state) or standing.waits_for
            for standing in standings(uow, works)
        },
    )


def close(uow: UnitOfWork, day: dt.date, reason: str) -> None:
    """Close the day of the point.

    Errors: NotFound for a day without an exam; Invalid when something is open and nothing is said
    about it.
    """
    require(uow, "day.close")
    exams = exams_of(uow, day)
    if not exams:
        raise NotFound()
    # The exams are held so that two heads do not close over each other.
    uow.hold_all(Exam, [exam.id for exam in exams])
    end = show(uow, day)
    if end.open and not reason.strip():
        raise Invalid(
            N_("Something is still open: write why, and who has it until when."),
            code="reason",
            field="reason",
            advice=N_("The day was not closed yet."),
        )
    uow.record(Event.DAY_CLOSE, day_subject(day), open=end.open, reason=reason.strip())


def _holders(works: Sequence[Booklet], here: Sequence[Item], names: dict[str, str]) -> list[Holder]:
    people = {b.holder_id for b in works} | {packet.holder_id for packet in here}
    found = [
        Holder(
            names.get(person, ""),
            [b for b in works if b.holder_id == person],
            [packet for packet in here if packet.holder_id == person],
        )
        for person in people
        if person
    ]
    return sorted((h for h in found if h.works or h.packets), key=lambda holder: holder.name)
