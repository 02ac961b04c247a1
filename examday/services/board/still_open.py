"""What is still open at the end of a day: works, packets, scans, candidates out of their rooms."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from examday.domain.custody.kit import ThingState
from examday.domain.custody.lifecycle import OFF_THE_WAY, WAY, Medium, State
from examday.domain.scans.pages import PageState, ScanState
from examday.services.custody import absences
from examday.services.custody.booklets import walk_order
from examday.services.packing import packets
from examday.services.plan.exam_day import next_day
from examday.services.unit_of_work import UnitOfWork
from examday.storage.prefixes import LAST
from examday.storage.tables import Booklet, Exam, Item, Page, ScanFile, Seat

DAYS = 5
"""Earlier days that the board names: whoever has more has a season, and not a day, to look at."""


def open_works(uow: UnitOfWork, exams: Sequence[Exam]) -> list[Booklet]:
    """Works of these exams that lie in no packet yet, and kits that left the way, as long as
    their papers do; standard forms have no way of their own.
    """
    # A packed work goes with its packet, which is listed beside, so it is not counted twice.
    ended = (State.PACKED, State.HANDED_OVER, *OFF_THE_WAY)
    rows = uow.session.scalars(
        select(Booklet)
        .where(
            Booklet.exam_id.in_([e.id for e in exams]),
            Booklet.state.not_in(ended) | _lies_loose(),
            Booklet.medium != Medium.STANDARD,
            uow.written_here,
        )
        .options(
            joinedload(Booklet.seat).joinedload(Seat.room),
            joinedload(Booklet.exam),
            joinedload(Booklet.holder),
        )
    )
    return sorted(rows, key=walk_order)


def _lies_loose() -> ColumnElement[bool]:
    """Whether papers of a kit that left the way are to go into a packet, and lie in none.

    Of a spoiled kit all, of one that was not used what the candidate wrote on.
    """
    loose = select(Item.id).where(Item.booklet_id == Booklet.id, Item.parent_id.is_(None))
    written = loose.where(Item.state == ThingState.IN_USE)
    spoiled = (Booklet.state == State.SPOILED) & loose.correlate(Booklet).exists()
    return spoiled | ((Booklet.state == State.NOT_USED) & written.correlate(Booklet).exists())


def works_before(uow: UnitOfWork, exams: Sequence[Exam]) -> list[tuple[dt.date, int]]:
    """Return the exam days before this one that have open works, and how many; the latest first.

    Of what left the way, as at the end of that day, what lies in no packet.
    """
    if not exams:
        return []
    open_states = [state for state in WAY if state not in (State.PACKED, State.HANDED_OVER)]
    rows = uow.session.execute(
        select(Exam.date, func.count(Booklet.id))
        .join(Booklet, Booklet.exam_id == Exam.id)
        .where(
            Exam.date < exams[0].date,
            # A rehearsal that was left in the middle is nobody's work of today.
            # Not as an equality: the search would begin with all exam days of years, by their index,
            # and not with the few works that are still open.
            Exam.training != (not exams[0].training),
            Booklet.state.in_(open_states) | _lies_loose(),
            Booklet.medium != Medium.STANDARD,
            uow.written_here,
        )
        .group_by(Exam.date)
        .order_by(Exam.date.desc())
        .limit(DAYS)
    )
    return [(date, number) for date, number in rows]


def packets_here(uow: UnitOfWork, exams: Sequence[Exam]) -> list[Item]:
    """Packets of these exams that have not left the point."""
    return [
        packet
        for exam in exams
        for packet in packets.of_exam(uow, exam.id)
        if packet.state in (packets.OPEN, packets.SEALED)
    ]


def filled_of(uow: UnitOfWork, here: Sequence[Item]) -> set[str]:
    """Ids of those packets in which something lies."""
    ids = [packet.id for packet in here]
    rows = uow.session.scalars(select(Item.parent_id).where(Item.parent_id.in_(ids)).distinct())
    return {parent for parent in rows if parent}


def scans_waiting(uow: UnitOfWork, exams: Sequence[Exam]) -> int:
    """Count scanned pages and files of this day that a person has to decide about."""
    waiting = (ScanState.QUARANTINED, ScanState.POSTPONED, ScanState.QUEUED)
    return pages_waiting(uow, exams) + sum(files_waiting(uow, exams, state) for state in waiting)


def pages_waiting(uow: UnitOfWork, exams: Sequence[Exam]) -> int:
    """Count the scanned pages of this day that wait for a person.

    A page is of the day of its work, or of the work whose number it bears, on the kit or on an
    additional form, however late it came. What names no work is of the exam day after which it
    came in.
    """
    if not exams:
        return 0
    came, ids = came_after(uow, exams[0].date), [exam.id for exam in exams]
    kits = select(Booklet.id).where(Booklet.code == Page.code).correlate(Page)
    sheets = select(Item.id).where(_form_of_page()).correlate(Page)
    bears = or_(
        kits.where(Booklet.exam_id.in_(ids)).exists(), sheets.where(Item.exam_id.in_(ids)).exists()
    )
    nobodys = ~kits.exists() & ~sheets.exists() & came
    return uow.count(
        select(func.count(Page.id))
        .join(ScanFile, ScanFile.id == Page.scan_file_id)
        .outerjoin(Booklet, Booklet.id == Page.booklet_id)
        .where(
            Page.state == PageState.EXCEPTION,
            Booklet.exam_id.in_(ids) | (Page.booklet_id.is_(None) & (bears | nobodys)),
        )
    )


def _form_of_page() -> ColumnElement[bool]:
    """Whether a thing is a form with the number that the page bears: «number/sheet»."""
    # Compared in order, not by likeness: the index on the code is used.
    start = Page.code.concat("/")
    return (Item.code >= start) & (Item.code < start.concat(LAST))


def files_waiting(uow: UnitOfWork, exams: Sequence[Exam], state: ScanState) -> int:
    """Count the files in this state that came in on this exam day or after it."""
    if not exams:
        return 0
    came = came_after(uow, exams[0].date)
    return uow.count(select(func.count(ScanFile.id)).where(ScanFile.state == state, came))


def came_after(uow: UnitOfWork, day: dt.date) -> ColumnElement[bool]:
    """Files that came in on this exam day or later, but before the next exam day of the plan."""
    following = next_day(uow, day)
    since = ScanFile.received_at >= _midnight(uow, day)
    return since & (ScanFile.received_at < _midnight(uow, following)) if following else since


def _midnight(uow: UnitOfWork, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), uow.zone)


def still_away(uow: UnitOfWork, exams: Sequence[Exam]) -> list[Seat]:
    """Seats whose candidates left the room, with nobody having recorded that they came back."""
    left = [row for exam in exams for row in absences.of_exam(uow, exam.id)]
    return [seat for seat, absence in left if absence.until is None]
