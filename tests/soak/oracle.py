"""What must be true after a day, however often its programs were killed."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import func, select

from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import State
from examday.services.custody import papers
from examday.services.ledger import audit
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, EventRow, Exam, Item, Page, Reading, ScanFile, Signoff
from tests.open_jobs import open_jobs
from tests.soak.working_day import WORKS, candidate

ONCE = {
    "booklet:issue",
    "booklet:enlarge",
    "booklet:collect",
    "booklet:scan_original",
    "booklet:key_in",
    "booklet:settle",
    "booklet:copy",
    "booklet:scan_copy",
    "booklet:verify",
    "booklet:certify",
    "booklet:pack",
    "booklet:hand_over",
}
"""Each step of a work that went straight through: once, however often it was cut off."""


def wrong(store: Store, besides: Iterable[str] = ()) -> list[str]:
    """Everything that is not as it must be; nothing when all is well. `besides`: names of files that
    were sent in and are no sheets, each known once."""
    found = [f"ledger: {fault}" for fault in audit.verify(store, scans=True).faults]
    if jobs := open_jobs(store):
        found.append(f"{jobs} jobs are not done")
    left = [p.name for p in store.settings.inbox.rglob("*") if p.suffix in (".jpg", ".part")]
    found += [f"left in the inbox: {name}" for name in left]
    with store.read() as uow:
        found += _works(uow)
        found += _scans(uow, besides)
        for exam in uow.session.scalars(select(Exam)):
            lines = papers.accounts(uow, exam.id)
            things = select(func.count(Item.id)).where(Item.exam_id == exam.id)
            there = uow.session.scalar(things.where(Item.kind != Kind.PACKET))
            if (counted := sum(line.total for line in lines)) != there:
                found.append(f"{exam.subject}: {counted} things of {there} have a place")
            found += [f"{exam.subject}: {line.kind}" for line in lines if line.agreed is False]
    return found


def _works(uow: UnitOfWork) -> Iterator[str]:
    for number in range(1, WORKS + 1):
        row = uow.session.scalars(
            select(Booklet).where(Booklet.seat.has(place=f"{number + 40}А"))
        ).one()
        name = candidate(number)
        if row.state != State.HANDED_OVER or row.version != 1:
            yield f"{name}: {row.state}, version {row.version}"
        steps = Counter(
            uow.session.scalars(
                select(EventRow.kind).where(
                    EventRow.subject == f"booklet:{row.id}", EventRow.kind.startswith("booklet:")
                )
            )
        )
        if steps != Counter(ONCE):
            yield f"{name}: {dict(steps - Counter(ONCE))} too often, {dict(Counter(ONCE) - steps)} not"
        slots = Counter(
            uow.session.scalars(select(Signoff.slot).where(Signoff.booklet_id == row.id))
        )
        if set(slots.values()) != {1} or len(slots) != 3:
            yield f"{name}: signatures {dict(slots)}"
        sources = Counter(
            uow.session.scalars(select(Reading.source).where(Reading.booklet_id == row.id))
        )
        for source in ("first", "second", "settled", "copied", "verified"):
            if sources[source] != 1:
                yield f"{name}: {sources[source]} readings «{source}»"
        roles = Counter(
            uow.session.scalars(
                select(Page.role).where(Page.booklet_id == row.id, Page.state == "attached")
            )
        )
        if roles != {"original": 1, "copy": 1}:
            yield f"{name}: pages {dict(roles)}"


def _scans(uow: UnitOfWork, besides: Iterable[str]) -> Iterator[str]:
    names = Counter(uow.session.scalars(select(ScanFile.name)))
    wanted = {
        f"{candidate(n)}-{label}.jpg"
        for n in range(1, WORKS + 1)
        for label in ("original-A3", "copy-A4")
    } | set(besides)
    if names != Counter(wanted):
        yield f"scans: {dict(names - Counter(wanted))} too often, {set(wanted) - set(names)} lost"
