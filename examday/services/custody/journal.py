"""The custody journal: what changed hands, how it was counted, and the alarm when a count differs."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from examday.domain.custody.counts import Counts, Difference, compare, in_numbers
from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody import papers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Handover, Item

HANDING = {
    "collect": N_("collected from the candidate"),
    "hand": N_("from hand to hand"),
    "pack": N_("packed"),
    "seal": N_("packet closed"),
    "packet": N_("packet handed over"),
    "open": N_("package opened in the commission"),
}
"""Kind of an entry of the custody journal, as stored → words: what is stored never changes, words
may."""


@dataclass(frozen=True)
class Count:
    """A count by hand beside what the record expects; `note` explains the differences."""

    expected: Counts
    counted: Counts
    note: str
    differences: tuple[Difference, ...]
    """Kept although a remark explains them: the alarm names each."""


def need_reason(reason: str) -> str:
    """Return the reason as given; Invalid when it is empty."""
    if not reason.strip():
        raise Invalid(N_("Say why: this stays in the journal."), code="reason", field="reason")
    return reason.strip()


def check(expected: Counts, counted: Counts, note: str) -> Count:
    """Compare a count with the record. Invalid when they differ and no note says why."""
    return Count(expected, counted, note, compare(expected, counted, note))


def enter(
    uow: UnitOfWork,
    kind: str,
    count: Count,
    about: Booklet | Item,
    *,
    from_id: str | None = None,
    to_id: str | None = None,
) -> Handover:
    """Write one line about a work or a packet."""
    of_booklet = isinstance(about, Booklet)
    return uow.add(
        Handover(
            exam_id=about.exam_id,
            booklet_id=about.id if of_booklet else None,
            item_id=None if of_booklet else about.id,
            kind=kind,
            from_id=from_id,
            to_id=to_id,
            expected=papers.as_data(count.expected),
            counted=papers.as_data(count.counted),
            agreed=dict(count.expected) == dict(count.counted),
            note=count.note.strip(),
            at=uow.now(),
        )
    )


def alarm(
    uow: UnitOfWork,
    kind: str,
    count: Count,
    about: Booklet | Item,
) -> None:
    """Record an alarm when the count differs from the record."""
    # Explained or not: the head is to see it, and the note may be wrong.
    if count.differences:
        subject = f"{'booklet' if isinstance(about, Booklet) else 'item'}:{about.id}"
        differences = in_numbers(count.differences)
        uow.record(
            Event.ALARM_COUNT_MISMATCH,
            subject,
            at=kind,
            differences=differences,
            # What was said of it: whoever closes the day asks why.
            reason=count.note.strip(),
        )


def of_booklet(uow: UnitOfWork, booklet_id: str) -> list[Handover]:
    """Return the lines about one work, newest first."""
    return _lines(uow, Handover.booklet_id == booklet_id)


def of_packet(uow: UnitOfWork, packet_id: str) -> list[Handover]:
    """Return the lines about one packet, newest first."""
    return _lines(uow, Handover.item_id == packet_id)


def _lines(uow: UnitOfWork, about: ColumnElement[bool]) -> list[Handover]:
    return list(uow.session.scalars(select(Handover).where(about).order_by(Handover.at.desc())))
