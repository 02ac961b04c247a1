"""The check of a long ledger: asked for on the page, done by a worker, followed on the page."""

import datetime as dt
from dataclasses import asdict, dataclass, replace

from sqlalchemy import delete, select

from examday.domain.errors import Broken
from examday.domain.jobs import Task
from examday.domain.ledger import Fault
from examday.domain.messages import N_
from examday.domain.people.sites import EVERYWHERE
from examday.domain.travel.delivery import Step
from examday.services.custody.booklets import require
from examday.services.jobs.telling import Telling, end, refusal
from examday.services.ledger import audit, writing
from examday.services.ledger.checking import since
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.base import JsonObject
from examday.storage.sites import has_sites
from examday.storage.tables import ScanFile
from examday.storage.tables_waiting import LedgerCheck

LONG = 20_000
"""Entries of a ledger whose check is a job: a page that comes after half a minute is sent again."""
MANY = 300
"""Originals that are read while somebody waits: of a day of some hundred works gigabytes are."""
KEPT = 100
"""Findings that are kept of a check; how many there are is kept beside them."""


@dataclass(frozen=True)
class Check:
    """The check that was asked for last, as the page shows it."""

    step: str
    code: str
    scans: bool
    at: dt.datetime
    told: JsonObject
    """How far it is, or why it did not come to its end."""
    report: audit.Report | None = None
    """Once it has ended."""
    found: int = 0
    """All findings; the report has the first of them."""


def is_long(uow: UnitOfWork, scans: bool) -> bool:
    """Return whether checking everything takes longer than anybody waits for a page."""
    if uow.site == EVERYWHERE and has_sites(uow.session):
        return True
    last = writing.last_entry(uow.session, uow.site)
    originals = select(ScanFile.id).offset(MANY).limit(1)
    return bool(last and last.seq > LONG) or (scans and uow.session.scalar(originals) is not None)


def last(uow: UnitOfWork) -> Check | None:
    """Return the check that was asked for last, of this very site."""
    row = _row(uow)
    if row is None:
        return None
    check = Check(row.step, row.code, row.scans, row.at, row.told)
    if row.step != Step.DONE:
        return check
    return replace(check, report=_report(row.told), found=row.told["found"])


def _row(uow: UnitOfWork) -> LedgerCheck | None:
    mine = select(LedgerCheck).where(LedgerCheck.site == uow.site)
    return uow.session.scalars(mine.order_by(LedgerCheck.at.desc()).limit(1)).first()


def ask(uow: UnitOfWork, code: str | None, scans: bool) -> None:
    """Ask that everything is checked; the job follows. While one is under way, nothing more.

    Errors: Forbidden; Invalid for a code from paper that is none.
    """
    require(uow, "ledger.see")
    on_paper, _begin = since.typed(code, None)
    uow.queue("ledger checks")
    before = _row(uow)
    if before is not None and before.step == Step.ASKED:
        return
    # One row is kept: after a clock was set back an earlier one would be taken for the last.
    uow.session.execute(delete(LedgerCheck).where(LedgerCheck.site == uow.site))
    made = uow.add(LedgerCheck(code=on_paper[1] if on_paper else "", scans=scans, at=uow.now()))
    uow.session.flush()
    uow.enqueue(Task.CHECK_LEDGER, made.id)


def process(store: Store, key: str) -> None:
    """Check everything, and write down what was found; nothing where that is done already."""
    with store.read() as uow:
        found = uow.session.get(LedgerCheck, key)
        if found is None or found.step != Step.ASKED:
            return
        code, scans = found.code or None, found.scans
    report = audit.verify(store, code, scans, tell=Telling(store, (LedgerCheck, key)))
    end(store, (LedgerCheck, key), Step.DONE, kept(report))


def give_up(store: Store, key: str) -> None:
    """Say that the computer or the program could not do it: of the ledger that says nothing."""
    error = Broken(
        N_("The check did not come to its end: this computer or the program failed at it."),
        code="gave-up",
        advice=N_("Of the ledger nothing is known by that. Call the technical specialist."),
    )
    end(store, (LedgerCheck, key), Step.REFUSED, refusal(error))


def kept(report: audit.Report) -> JsonObject:
    """Return a report as it is kept."""
    shown = replace(report, faults=report.faults[:KEPT], notes=report.notes[:KEPT], witnessed=())
    return {**asdict(shown), "found": len(report.faults)}


def _report(told: JsonObject) -> audit.Report:
    """Return what `kept` was given, without what only commands tell."""
    named = {name: tuple(Fault(**one) for one in told[name]) for name in ("faults", "notes")}
    other = {name: value for name, value in told.items() if name not in ("found", "witnessed")}
    return audit.Report(**{**other, **named})
