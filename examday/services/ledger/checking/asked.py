"""The check of a long ledger: asked for on the page, done by a worker, followed on the page."""

import datetime as dt
from dataclasses import asdict, dataclass, replace

from sqlalchemy import delete, select

from examday.domain.errors import Broken, Conflict
from examday.domain.jobs import Task
from examday.domain.ledger import Fault
from examday.domain.messages import N_
from examday.domain.people.sites import EVERYWHERE
from examday.domain.travel.delivery import Step
from examday.services.custody.booklets import require
from examday.services.jobs.telling import Telling, end, refusal
from examday.services.ledger import audit, writing
from examday.services.ledger.checking import since
from examday.services.unit_of_work import WORKER, Store, UnitOfWork
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
    alarm: "Check | None" = None
    """The check before, which had findings: it stands until this one has ended."""


def is_long(uow: UnitOfWork, scans: bool) -> bool:
    """Return whether checking everything takes longer than anybody waits for a page."""
    if uow.site == EVERYWHERE and has_sites(uow.session):
        return True
    last = writing.last_entry(uow.session, uow.site)
    originals = select(ScanFile.id).offset(MANY).limit(1)
    return bool(last and last.seq > LONG) or (scans and uow.session.scalar(originals) is not None)


def last(uow: UnitOfWork) -> Check | None:
    """Return the check that was asked for last, of this very site."""
    rows = _rows(uow)
    if not rows:
        return None
    shown, *before = map(_check, rows)
    return replace(shown, alarm=before[0] if before and shown.step != Step.DONE else None)


def _check(row: LedgerCheck) -> Check:
    check = Check(row.step, row.code, row.scans, row.at, row.told)
    if row.step != Step.DONE:
        return check
    return replace(check, report=_report(row.told), found=row.told["found"])


def _rows(uow: UnitOfWork) -> list[LedgerCheck]:
    """The check of this site, and behind it an alarm that it has not answered yet.

    Not by the clock, which may have been set back: what has not ended was asked for later.
    """
    mine = select(LedgerCheck).where(LedgerCheck.site == uow.site)
    return list(
        uow.session.scalars(mine.order_by(LedgerCheck.step == Step.DONE, LedgerCheck.at.desc()))
    )


def ask(uow: UnitOfWork, code: str | None, scans: bool) -> None:
    """Ask that everything is checked; the job follows. Nothing more while one is under way that
    looks at all of this.

    Errors: Forbidden; Invalid for a code from paper that is none; Conflict when the one under way
    leaves out the code or the originals.
    """
    require(uow, "ledger.see")
    on_paper, _begin = since.typed(code, None)
    wanted = on_paper[1] if on_paper else ""
    uow.queue("ledger checks")
    rows = _rows(uow)
    if rows and rows[0].step == Step.ASKED:
        _require_answers(rows[0], wanted, scans)
        return
    for row in rows:
        if row.step != Step.DONE or not row.told["found"]:
            uow.session.delete(row)
    made = uow.add(LedgerCheck(code=wanted, scans=scans, at=uow.now()))
    uow.session.flush()
    uow.enqueue(Task.CHECK_LEDGER, made.id)


def _require_answers(under_way: LedgerCheck, code: str, scans: bool) -> None:
    if code in ("", under_way.code) and under_way.scans >= scans:
        return
    raise Conflict(
        N_("A check is under way that was asked for without this code or without the originals."),
        code="check-under-way",
        field="code" if code not in ("", under_way.code) else "scans",
        advice=N_("Your entry was not looked at. Ask again when that check has ended."),
    )


def process(store: Store, key: str) -> None:
    """Check everything, and write down what was found; nothing where that is done already."""
    with store.read() as uow:
        found = uow.session.get(LedgerCheck, key)
        if found is None:
            return
        step, site, code, scans = found.step, found.site, found.code or None, found.scans
    if step == Step.ASKED:
        report = audit.verify(store, code, scans, tell=Telling(store, (LedgerCheck, key)))
        end(store, (LedgerCheck, key), Step.DONE, kept(report))
    with store.begin(WORKER) as uow:
        # What was found before is answered.
        others = delete(LedgerCheck).where(LedgerCheck.site == site, LedgerCheck.id != key)
        uow.session.execute(others.where(LedgerCheck.step == Step.DONE))


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
