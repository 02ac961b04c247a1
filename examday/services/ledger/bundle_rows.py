"""Which rows go into a bundle: those of one work, or of a whole day."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from examday.domain.appeals.notes import NoteKind
from examday.domain.errors import Conflict, Invalid, NotFound
from examday.domain.messages import N_
from examday.storage.base import Base, digested, plain
from examday.storage.keepers import came_in
from examday.storage.sites import of_site, site_of
from examday.storage.tables import (
    Assignment,
    Booklet,
    Candidate,
    Duty,
    Exam,
    Handover,
    Item,
    Page,
    Person,
    PersonRole,
    Reading,
    Room,
    ScanFile,
    Seat,
    Signoff,
)
from examday.storage.tables_appeal import (
    Appeal,
    Attendance,
    CaseNote,
    CaseVote,
    Destruction,
    Finding,
    Hearing,
    OrderStep,
    OwnWork,
    Protocol,
    ProtocolSignature,
)
from examday.storage.tables_sites import PersonSiteRole
from examday.storage.tables_travel import WorkKeeper

PEOPLE_COLUMNS = (
    "holder_id",
    "person_id",
    "decided_by",
    "recorded_by",
    "from_id",
    "to_id",
    "owner_id",
    "done_by",
)
"""Columns that name a member of staff: whoever reads a bundle needs the names behind these ids."""


Row = dict[str, Any]
"""A row in plain JSON, as the table has it: the verifier must get the same digest without our
program."""
Rows = dict[str, Row]
"""Rows by their keys, «table:id», as the entries of the ledger name them, so that digests can be
compared."""


@dataclass
class Contents:
    """What goes into a bundle; `people`: names and roles of the staff whom the rows name."""

    kind: str
    subject: str
    names: bool
    """Rows that name candidates and guests go along: the manifest says so, and then none may be
    missing."""
    rows: Rows = field(default_factory=dict)
    site: str = ""
    """Whose chain records the rows: at a centre a thing of the same id may stand in several."""
    people: dict[str, Row] = field(default_factory=dict)
    """Those whom a row names, and nobody else of the station: personal data that are not needed do
    not leave."""
    destroyed: set[str] = field(default_factory=set)
    """Originals that an act has removed: their absence is no finding."""
    came_in: bool = False
    """It came from a station: part of its entries stand in the chain of that one."""

    def of(self, table: str) -> list[Row]:
        """The rows of one table."""
        return [row for key, row in self.rows.items() if key.startswith(table + ":")]

    def scans(self) -> list[str]:
        """Digests of the originals that are kept, each once."""
        return sorted(
            {row["sha256"] for row in self.of("scan_file") if row["sha256"]} - self.destroyed
        )


def gather(
    session: Session,
    what: str,
    names: bool,
    zone: dt.tzinfo,
) -> Contents:
    """The rows of `what` (form code, booklet id, or day, see `as_day`).

    NotFound when nothing is known of it.
    """
    day = as_day(what)
    site = site_of_what(session, what)
    of_site(session, site)
    exams = _select(session, Exam, Exam.date == day) if day else {}
    found = _works_of(session, exams) if day else _one_booklet(session, what)
    if not found and not exams:
        raise NotFound(
            N_("Nothing is known of «%(what)s»."),
            advice=N_("Give a form code, the id of a booklet, or a day as 04.06.2026."),
            params={"what": what},
        )
    contents = Contents(
        "day" if day else "booklet",
        str(day) if day else next(iter(found.values()))["id"],
        names,
        {**found},
        site,
    )
    _add_papers(session, contents, found)
    _add_case(session, contents, found, names)
    _add_place(session, contents, found, exams, names)
    if day:
        _add_day(session, contents, [row["id"] for row in exams.values()], day, zone)
    contents.came_in = came_in(session, _ids(found))
    if contents.came_in:
        _require_one(day)
        contents.rows |= _select(session, WorkKeeper, WorkKeeper.booklet_id.in_(_ids(found)))
    contents.people = people_of(session, contents.rows.values())
    contents.destroyed = _destroyed(session, contents)
    return contents


def _require_one(day: dt.date | None) -> None:
    """Conflict for a day that came in: the whole ledger of its station is there."""
    if day:
        raise Conflict(
            N_(
                "This came from a station, and what happened there stands in the ledger of the station."
            ),
            code="came-in",
            advice=N_(
                "Of one work a bundle can be written here, with the proofs of both ledgers. That of the day is "
                "written at the point (examday export)."
            ),
        )


def _ids(rows: Rows) -> list[str]:
    return [row["id"] for row in rows.values()]


def site_of_what(session: Session, what: str) -> str:
    """Whose chain records this work or day: a bundle is of one chain.

    Invalid where it was at several sites.
    """
    day, named = as_day(what), (Booklet.id == what) | (Booklet.code == what)
    which = Exam.date == day if day else Exam.id.in_(select(Booklet.exam_id).where(named))
    sites = session.scalars(select(Exam.site).where(which).distinct()).all()
    if len(sites) > 1:
        raise Invalid(
            N_("This was at several points."),
            advice=N_("Choose one point: each has a ledger of its own."),
        )
    return sites[0] if sites else site_of(session)


def _add_day(
    session: Session,
    contents: Contents,
    exams: list[str],
    day: dt.date,
    zone: dt.tzinfo,
) -> None:
    """Add what belongs to the day and to no single booklet.

    These are duties, packets, and scans that were never attached.
    """
    for model in (Duty, Item, Handover):
        contents.rows |= _select(session, model, model.exam_id.in_(exams))
    # The day of the point: scans of the evening would fall on the next day in UTC.
    start = dt.datetime.combine(day, dt.time(), zone)
    came = _select(
        session, ScanFile, ScanFile.received_at.between(start, start + dt.timedelta(days=1))
    )
    contents.rows |= came | _select(
        session,
        Page,
        Page.booklet_id.is_(None) & Page.scan_file_id.in_([row["id"] for row in came.values()]),
    )


def as_day(what: str) -> dt.date | None:
    """The day that is asked for, 04.06.2026 or 2026-06-04; None when it is a work."""
    try:
        # The length too: a form code of digits alone can be read as a date.
        if len(what) != 10:
            return None
        form = "%d.%m.%Y" if "." in what else "%Y-%m-%d"
        return dt.datetime.strptime(what, form).date()
    except ValueError:
        return None


def _works_of(session: Session, exams: Rows) -> Rows:
    return _select(session, Booklet, Booklet.exam_id.in_([row["id"] for row in exams.values()]))


def _one_booklet(session: Session, what: str) -> Rows:
    by_id = _select(session, Booklet, Booklet.id == what)
    found = by_id or _select(session, Booklet, Booklet.code == what)
    # One form number may stand in several exam days; the newest work is meant.
    newest = sorted(found.items(), key=lambda pair: pair[1]["since"], reverse=True)[:1]
    return dict(newest)


def _add_papers(session: Session, contents: Contents, found: Rows) -> None:
    """Everything that was made of the booklets: papers, scans, readings, signatures."""
    ids = [row["id"] for row in found.values()]
    for model in (Item, Handover, Page, Reading, Assignment, Signoff):
        contents.rows |= _select(session, model, model.booklet_id.in_(ids))
    files = {row["scan_file_id"] for row in contents.of("page")}
    contents.rows |= _select(session, ScanFile, ScanFile.id.in_(sorted(files)))


def _add_case(
    session: Session,
    contents: Contents,
    found: Rows,
    names: bool,
) -> None:
    """The appeals on these works.

    Who filed, who came and the protocol name people: they go along only when asked.
    """
    cases = _select(session, Appeal, Appeal.booklet_id.in_([row["id"] for row in found.values()]))
    ids = [row["id"] for row in cases.values()]
    hearings = _select(session, Hearing, Hearing.appeal_id.in_(ids))
    meetings = [row["id"] for row in hearings.values()]
    contents.rows |= hearings | _select(session, CaseVote, CaseVote.hearing_id.in_(meetings))
    for model in (Finding, OrderStep):
        contents.rows |= _select(session, model, model.appeal_id.in_(ids))
    # A vote or a reading that was corrected must not stand here as if it were right.
    nameless = CaseNote.about.startswith("vote:") | CaseNote.about.startswith("reading:")
    marks = CaseNote.kind == NoteKind.MARKS
    contents.rows |= _select(session, CaseNote, CaseNote.appeal_id.in_(ids) & (nameless | marks))
    if names:
        contents.rows |= cases | _protocols(session, ids)
        contents.rows |= _select(session, CaseNote, CaseNote.appeal_id.in_(ids))
        for told in (Attendance, OwnWork):
            contents.rows |= _select(session, told, told.hearing_id.in_(meetings))


def _protocols(session: Session, appeals: list[str]) -> Rows:
    """The protocols of these appeals with their signatures."""
    found = _select(session, Protocol, Protocol.appeal_id.in_(appeals))
    of_these = ProtocolSignature.protocol_id.in_([row["id"] for row in found.values()])
    return found | _select(session, ProtocolSignature, of_these)


def _add_place(
    session: Session,
    contents: Contents,
    found: Rows,
    exams: Rows,
    names: bool,
) -> None:
    """Exam, room and seat; the candidate only when names are asked for."""
    booklets = found.values()
    contents.rows |= exams or _select(
        session, Exam, Exam.id.in_([row["exam_id"] for row in booklets])
    )
    seats = _select(session, Seat, Seat.id.in_([row["seat_id"] for row in booklets]))
    contents.rows |= seats | _select(
        session, Room, Room.id.in_([row["room_id"] for row in seats.values()])
    )
    if names:
        contents.rows |= _select(
            session, Candidate, Candidate.id.in_([row["candidate_id"] for row in seats.values()])
        )


def _select(session: Session, model: type[Base], which: ColumnElement[bool]) -> Rows:
    columns = digested(model.__table__)
    names = [column.name for column in columns]
    # By the model and not its table: the session holds back rows of other sites.
    told = [getattr(model, str(column.key)) for column in columns]
    keys = [column.name for column in model.__mapper__.primary_key]
    rows = {}
    for row in session.execute(select(*told).where(which)):
        values = dict(zip(names, map(plain, row), strict=True))
        rows[f"{model.__tablename__}:" + "/".join(str(values[key]) for key in keys)] = values
    return rows


def people_of(session: Session, rows: Collection[Row]) -> dict[str, Row]:
    """Names and roles of the staff whom the rows name, without secrets."""
    ids = sorted({row[column] for row in rows for column in PEOPLE_COLUMNS if row.get(column)})
    points = {row["site"] for row in rows if row.get("site")}
    account = select(PersonRole.person_id, PersonRole.role).where(PersonRole.person_id.in_(ids))
    there = select(PersonSiteRole.person_id, PersonSiteRole.role).where(
        PersonSiteRole.person_id.in_(ids), PersonSiteRole.site.in_(points)
    )
    # Those given at the point count there, and the account's own do not.
    roles = _by_person(session, account) | _by_person(session, there)
    return {
        row.id: {"login": row.login, "name": row.name, "roles": sorted(roles.get(row.id, ()))}
        for row in session.execute(
            select(Person.id, Person.login, Person.name).where(Person.id.in_(ids))
        )
    }


def _by_person(session: Session, asked: Select[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for person_id, role in session.execute(asked):
        found.setdefault(person_id, set()).add(role)
    return found


def _destroyed(session: Session, contents: Contents) -> set[str]:
    """The originals that acts on these exams name, but for those that works of the others need."""
    exams = [row["id"] for row in contents.of("exam")]
    acts = session.scalars(select(Destruction).where(Destruction.exam_id.in_(exams))).all()
    ended = {act.exam_id for act in acts}
    works = {row["id"] for row in contents.of("booklet") if row["exam_id"] not in ended}
    files = {row["scan_file_id"] for row in contents.of("page") if row["booklet_id"] in works}
    needed = {row["sha256"] for row in contents.of("scan_file") if row["id"] in files}
    return {sha256 for act in acts for sha256 in act.hashes} - needed
