"""The alarms of an exam in the words of print-outs."""

import datetime as dt

from sqlalchemy import select

from examday.domain.custody.kit import Kind
from examday.domain.events import PREFIX_OF_ALARMS, Event, read_data
from examday.domain.ledger import Subject
from examday.domain.messages import N_
from examday.services.printing.things import code_of, kind
from examday.services.printing.words import clock, ru
from examday.services.printing.works import seat
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, EventRow, Exam, Item

ALARM_NAMES: dict[str, str] = {
    Event.ALARM_COUNT_MISMATCH: N_("counts differ"),
    Event.ALARM_DUPLICATE_CODE: N_("one form number twice"),
}
"""Kind of an entry → words; other alarms are shown by their kind."""


def alarms_of(uow: UnitOfWork, exam: Exam) -> list[list[str]]:
    """List the alarms of an exam in the order of the ledger: time, what, where, details."""
    rows = uow.session.scalars(
        select(EventRow).where(EventRow.kind.startswith(PREFIX_OF_ALARMS)).order_by(EventRow.seq)
    )
    # An entry names the work or the thing alone; the exam is found through it.
    found = ((row, _owner(uow, row.subject)) for row in rows)
    return [
        _alarm(uow, row, owner)
        for row, owner in found
        if owner is not None and owner.exam_id == exam.id
    ]


def _owner(uow: UnitOfWork, subject: str) -> Booklet | Item | None:
    """Find the work or the thing that an entry is about."""
    of, key = Subject.parse(subject)
    return uow.session.get(Booklet, key) if of == "booklet" else uow.session.get(Item, key)


def _alarm(uow: UnitOfWork, row: EventRow, owner: Booklet | Item) -> list[str]:
    data = read_data(row.data)
    return [
        clock(uow, dt.datetime.fromisoformat(row.at)),
        ru(ALARM_NAMES.get(row.kind, row.kind)),
        seat(owner) if isinstance(owner, Booklet) else code_of(owner),
        # One number twice, or counts that differ: an alarm has one of the two.
        data.get("code") or _differences(data.get("differences", "")),
    ]


def _differences(said: str) -> str:
    """Put stored differences into words: «enlarged_sheet 4/3», separated by «; »."""
    parts = []
    for part in filter(None, said.split("; ")):
        name, _sep, pair = part.partition(" ")
        wanted, _slash, there = pair.partition("/")
        parts.append(
            ru(
                N_("%(thing)s: expected %(wanted)s, counted %(there)s"),
                thing=kind(Kind(name)),
                wanted=wanted,
                there=there,
            )
        )
    return "; ".join(parts)
