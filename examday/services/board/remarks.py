"""What happened on a day that somebody may ask about later, from the ledger. Read only.

The page that closes the day, and the day's paper, say the same.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    false,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import joinedload

from examday.domain.custody.paper_codes import spaced
from examday.domain.events import EVENT_NAMES, Event, EventData, read_data
from examday.domain.ledger import Subject
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import OLDEST_FIRST, Booklet, EventRow, Exam, Item, Page, Seat

REMARKABLE: tuple[Event, ...] = (
    Event.ALARM_COUNT_MISMATCH,
    Event.ALARM_DUPLICATE_CODE,
    Event.BOOKLET_SPOIL,
    Event.BOOKLET_CHOOSE_STANDARD,
    Event.BOOKLET_MARK_ABSENT,
    Event.BOOKLET_COPY_AGAIN,
    Event.BOOKLET_REOPEN,
    Event.BOOKLET_RETAKE_ORIGINAL,
    Event.BOOKLET_RESCAN_ORIGINAL,
    Event.BOOKLET_RESCAN_COPY,
    Event.BOOKLET_RETRANSFER,
    Event.BOOKLET_TAKE_BACK,
    Event.BOOKLET_TAKE_BACK_ENLARGED,
    Event.KEYIN_TAKE_BACK,
    Event.BOOKLET_TAKE_BACK_COPY,
    Event.BOOKLET_TAKE_BACK_CHECK,
    Event.CUSTODY_RECORD_ANEW,
    Event.CUSTODY_TAKE_BACK,
    Event.ABSENCE_MISTAKE,
    Event.BOOKLET_UNPACK,
    Event.PACKING_TAKE_OUT,
    Event.PACKING_REOPEN,
    Event.SIGNOFF_ABSENCE,
    Event.SCANS_WITHOUT_SHEETS,
    Event.PAGE_DETACHED,
    Event.SCAN_DAMAGED,
    Event.CLOCK_SET_BACK,
)
"""Everything that went another way than straight on: counted wrong, returned, opened again,
missing. The order is that of the headings."""


@dataclass(frozen=True)
class Remark:
    """One entry of the ledger in a form that pages and papers can say.

    `what`: msgid; `where`: seat of the work or code of the thing; "" for the station itself.
    `data` holds codes, differences or the reason.
    """

    kind: str
    what: str
    at: dt.datetime
    actor: str
    where: str
    booklet_id: str
    data: EventData


def of_exams(uow: UnitOfWork, exams: Sequence[Exam]) -> tuple[Remark, ...]:
    """Return the remarks about works and packets of these exams, in the order of the ledger."""
    owners = _owners(uow, [exam.id for exam in exams])
    days = {exam.date for exam in exams}
    there = or_(EventRow.subject.in_(_subjects([exam.id for exam in exams])), _on_days(uow, days))
    rows = uow.session.scalars(
        select(EventRow).where(EventRow.kind.in_(REMARKABLE), there).order_by(*OLDEST_FIRST)
    )
    found = []
    for row in rows:
        at, about = dt.datetime.fromisoformat(row.at), owners.get(row.subject)
        # An entry of the station itself belongs to the day on which it was written.
        if about is None and (
            Subject.parse(row.subject).kind in OWNED or uow.local(at).date() not in days
        ):
            continue
        found.append(_remark(row, about))
    return tuple(found)


def _subjects(exam_ids: Sequence[str]) -> CompoundSelect[str]:
    """What belongs to these exams, as the ledger names it."""
    pages = select(literal("page:").concat(Page.id)).join(Booklet, Booklet.id == Page.booklet_id)
    return union_all(
        *(
            select(literal(f"{model.__tablename__}:").concat(model.id)).where(
                model.exam_id.in_(exam_ids)
            )
            for model in (Booklet, Seat, Item)
        ),
        pages.where(Booklet.exam_id.in_(exam_ids)),
    )


def _on_days(uow: UnitOfWork, days: Iterable[dt.date]) -> ColumnElement[bool]:
    """Entries that may have been written on one of these days; the caller looks at the hour."""
    # A day to either side is enough: no zone of a point is further from UTC.
    one = dt.timedelta(days=1)
    return or_(
        false(),
        *(
            EventRow.at.between((day - one).isoformat(), (day + 2 * one).isoformat())
            for day in days
        ),
    )


def _where(about: Booklet | Item | Seat | None) -> str:
    if about is None or isinstance(about, Item):
        return spaced(about.code) if about else ""
    seat = about.seat if isinstance(about, Booklet) else about
    return f"{seat.room.number}-{seat.place}"


def _remark(row: EventRow, about: Booklet | Item | Seat | None) -> Remark:
    of_work = isinstance(about, Booklet)
    return Remark(
        row.kind,
        EVENT_NAMES[row.kind],
        dt.datetime.fromisoformat(row.at),
        row.actor,
        _where(about),
        about.id if of_work and about else "",
        read_data(row.data),
    )


OWNED = ("booklet", "item", "page", "seat")
"""What belongs to an exam: where it is none of the day's, its entry is not either."""


def _owners(uow: UnitOfWork, exam_ids: Sequence[str]) -> Mapping[str, Booklet | Item | Seat]:
    """Return what entries may be about, by the subject as the ledger writes it."""
    booklets = {
        row.id: row
        for row in uow.session.scalars(
            select(Booklet)
            .where(Booklet.exam_id.in_(exam_ids))
            .options(joinedload(Booklet.seat).joinedload(Seat.room))
        )
    }
    seats = uow.session.scalars(
        select(Seat).where(Seat.exam_id.in_(exam_ids)).options(joinedload(Seat.room))
    )
    items = uow.session.scalars(select(Item).where(Item.exam_id.in_(exam_ids)))
    pages = uow.session.execute(
        select(Page.id, Page.booklet_id).where(Page.booklet_id.in_(booklets))
    )
    return {
        **{f"booklet:{key}": row for key, row in booklets.items()},
        **{f"item:{row.id}": row for row in items},
        **{f"seat:{row.id}": row for row in seats},
        **{f"page:{page_id}": booklets[key] for page_id, key in pages if key},
    }
