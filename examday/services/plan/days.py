"""The day plan: files are examined, then brought in whole or not at all; the plan is exported;
readiness is judged."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.plan.day import DayPlan, DutyPlan, ExamPlan, RoomPlan, SeatPlan
from examday.domain.plan.findings import Finding
from examday.domain.plan.readiness import check
from examday.domain.plan.rows import ParsedFile, ParsedRow
from examday.domain.rules.calendar import last_day
from examday.services.custody.booklets import require
from examday.services.plan import rows as planrows
from examday.services.plan.booklets import live_booklets
from examday.services.plan.rows import CHANGED, NEW, SAME, WRONG, Proposal, refuse
from examday.services.plan.seats import seating
from examday.services.rules import rulesets
from examday.services.rules.calendars import work_calendar
from examday.storage.tables import Duty, EventRow, Exam, Person, Room, Seat
from examday.storage.uow import UnitOfWork

PROPOSERS: dict[str, Callable[[UnitOfWork, Iterable[ParsedRow]], Iterator[Proposal]]] = {
    "exams": planrows.exams,
    "rooms": planrows.rooms,
    "candidates": planrows.candidates,
    "seating": seating,
    "staff": planrows.staff,
}
APPEAL_ROLES = (Role.APPEAL_CHAIR, Role.APPEAL_DEPUTY, Role.APPEAL_SECRETARY, Role.APPEAL_MEMBER)


@dataclass(frozen=True)
class Report:
    """What a file does to the plan, row by row."""

    parsed: ParsedFile
    rows: tuple[Proposal, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many rows are new, changed, the same, wrong."""
        return Counter({NEW: 0, CHANGED: 0, SAME: 0, WRONG: 0}) + Counter(
            row.what for row in self.rows
        )

    @property
    def changes(self) -> int:
        """Rows that would change the plan."""
        return self.counts[NEW] + self.counts[CHANGED]

    @property
    def good(self) -> bool:
        """True when the whole file can be brought in."""
        return (
            bool(self.rows)
            and not self.parsed.missing
            and not self.parsed.twice
            and not self.counts[WRONG]
        )


def permission(kind: str) -> str:
    """Who may bring in a file: staff rows give roles, so they are the head's alone."""
    return "people.edit" if kind == "staff" else "plan.edit"


def examine(uow: UnitOfWork, parsed: ParsedFile) -> Report:
    """What the file would do; nothing is changed. All wrong rows are there with all their
    problems."""
    good = [row for row in parsed.rows if row.good]
    judged = {row.line: row for row in PROPOSERS[parsed.kind.name](uow, good)}
    rows = tuple(
        judged.get(row.line) or refuse(row, _label(parsed, row), *row.problems)
        for row in parsed.rows
    )
    return Report(parsed, rows)


def _label(parsed: ParsedFile, row: ParsedRow) -> str:
    """Which entry a wrong row is about: the last column of its key that could be read (a code,
    never a name)."""
    found = [row.values[name] for name in parsed.kind.key if isinstance(row.values.get(name), str)]
    return str(found[-1] if parsed.kind.name != "staff" else found[0]) if found else ""


def bring_in(uow: UnitOfWork, parsed: ParsedFile, sha256: str) -> Report:
    """Bring the whole file in, or nothing: Invalid while any row is wrong. The same file again
    changes nothing and leaves no event."""
    require(uow, permission(parsed.kind.name))
    uow.queue("plan")
    report = examine(uow, parsed)
    if not report.good:
        raise Invalid(
            N_("The file has wrong rows (%(count)s); nothing was brought in."),
            code="plan-file",
            params={"count": report.counts[WRONG]},
            advice=N_("Correct the rows that the report names and send the file again."),
        )
    apply(uow, report.rows)
    if report.changes:
        uow.record(
            "plan:import",
            f"plan:{parsed.kind.name}",
            sha256=sha256,
            new=report.counts[NEW],
            changed=report.counts[CHANGED],
            same=report.counts[SAME],
        )
    return report


def apply(uow: UnitOfWork, rows: Iterable[Proposal]) -> None:
    """Write what the rows propose: first all step aside, then all take their places."""
    changing = [row for row in rows if row.what in (NEW, CHANGED)]
    for row in changing:
        row.prepare()
    uow.session.flush()
    for row in changing:
        row.write()


def readiness(uow: UnitOfWork, day: dt.date, training: bool = False) -> tuple[Finding, ...]:
    """The readiness board of one exam day."""
    return check(day_plan(uow, day, training))


def days(uow: UnitOfWork) -> list[tuple[dt.date, bool]]:
    """The exam days of the plan, newest first: (date, training)."""
    rows = uow.session.execute(
        select(Exam.date, Exam.training).distinct().order_by(Exam.date.desc(), Exam.training)
    )
    return [(row.date, row.training) for row in rows]


def day_plan(uow: UnitOfWork, day: dt.date, training: bool = False) -> DayPlan:
    """The plan of one day as the plain values that the rules look at."""
    exams = list(
        uow.session.scalars(select(Exam).where(Exam.date == day, Exam.training == training))
    )
    sites = {exam.site_code for exam in exams}
    rules = rulesets.for_date(day)
    changed = uow.session.scalar(
        select(func.max(EventRow.at)).where(
            EventRow.kind.in_(("plan:import", "plan:edit")),
            EventRow.subject.in_(("plan:candidates", "plan:seating")),
        )
    )
    return DayPlan(
        day,
        rules,
        exams=tuple(_exam(exam) for exam in exams),
        rooms=tuple(
            RoomPlan(room.number, room.purpose, room.seats, room.features)
            for room in uow.session.scalars(
                select(Room).where(Room.site_code.in_(sites)).order_by(Room.number)
            )
        ),
        seats=tuple(_seats(uow, exams)),
        duties=tuple(_duties(uow, exams)),
        planned_on=uow.local(dt.datetime.fromisoformat(changed)).date()
        if changed and not training
        else None,
        plan_due=last_day(
            work_calendar(uow.settings.saturday_works), day, rules.term("conditions_list")
        ),
        training=training,
        today=uow.today(),
    )


def _exam(exam: Exam) -> ExamPlan:
    facts = exam.facts
    return ExamPlan(
        exam.subject,
        exam.kind,
        exam.tasks,
        facts.get("start", "10:00"),
        facts.get("enlarge_at", ""),
        facts.get("minutes", 0),
        facts.get("speaking", False),
        facts.get("braille_at", "site"),
    )


def _seats(uow: UnitOfWork, exams: list[Exam]) -> Iterator[SeatPlan]:
    booklets = live_booklets(uow)
    by_id = {exam.id: exam for exam in exams}
    for seat in uow.session.scalars(
        select(Seat)
        .where(Seat.exam_id.in_(by_id))
        .order_by(Seat.place)
        .options(joinedload(Seat.room), joinedload(Seat.candidate))
    ):
        booklet, candidate, exam = booklets.get(seat.id), seat.candidate, by_id[seat.exam_id]
        yield SeatPlan(
            candidate.code,
            exam.subject,
            seat.room.number,
            seat.place,
            frozenset(candidate.needs),
            tuple(candidate.documents),
            Medium(booklet.medium) if booklet else Medium.STANDARD,
            exam.kind,
        )


def _duties(uow: UnitOfWork, exams: list[Exam]) -> Iterator[DutyPlan]:
    """Duties of these exams; members of the appeals body are listed with their role, for
    conflicts."""
    by_id = {exam.id: exam for exam in exams}
    people = {
        person.id: person
        for person in uow.session.scalars(select(Person).where(Person.disabled.is_(False)))
    }
    rooms = {room.id: room.number for room in uow.session.scalars(select(Room))}
    for duty in uow.session.scalars(select(Duty).where(Duty.exam_id.in_(by_id))):
        if duty.person_id in people:
            person = people[duty.person_id]
            yield DutyPlan(
                person.login,
                duty.role,
                by_id[duty.exam_id].subject,
                rooms.get(duty.room_id or "", ""),
                duty.present,
                frozenset(person.facts.get("teaches", [])),
            )
    for person in people.values():
        for row in person.roles:
            if row.role in APPEAL_ROLES:
                yield DutyPlan(person.login, row.role)
