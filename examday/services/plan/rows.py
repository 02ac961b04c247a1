"""What each row of a plan file would do to the plan: new, changed, the same, or wrong; nothing is
done here yet.

Columns that a file does not have are left as they are; an empty cell of a column that it has means
«nothing».
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.plan.columns import Values
from examday.domain.plan.day import DOCUMENT_NAMES, FEATURE_NAMES
from examday.domain.plan.rows import ParsedRow, Problem
from examday.services.people.accounts import end_sessions
from examday.services.plan.booklets import follow_needs
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import Base
from examday.storage.tables import Booklet, Candidate, Duty, Exam, Person, PersonRole, Room

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"
EXAM_COLUMNS: tuple[tuple[str, Any], ...] = (
    ("site_name", ""),
    ("region", ""),
    ("tasks", 40),
    ("long_tasks", []),
)
EXAM_KEY: Values = {
    "date": None,
    "kind": "ege",
    "subject": "",
    "site_code": "",
    "training": False,
}
"""What tells an exam apart, with what a missing column means."""
EXAM_FACTS: Values = {
    "start": "10:00",
    "enlarge_at": None,
    "minutes": 0,
    "speaking": False,
    "braille_at": "site",
}
"""Facts of an exam with what they mean when nothing is recorded."""


@dataclass
class Proposal:
    """What one row would do. `label` says which thing it is about (a code, never a name). All rows
    are prepared before the first is written, so that two candidates can swap places."""

    line: int
    label: str
    what: str = SAME
    problems: tuple[Problem, ...] = ()
    changed: tuple[str, ...] = ()
    prepare: Callable[[], None] = field(default=lambda: None)
    write: Callable[[], None] = field(default=lambda: None)


def refuse(row: ParsedRow, label: str, *problems: Problem) -> Proposal:
    """A row that cannot be taken."""
    return Proposal(row.line, label, WRONG, problems)


def upsert(
    uow: UnitOfWork,
    row: ParsedRow,
    label: str,
    there: Base | None,
    wanted: Values,
    make: Callable[[], Base],
) -> Proposal:
    """New when nothing is there, changed when a wanted value differs, else the same."""
    if there is None:
        return Proposal(row.line, label, NEW, write=lambda: (uow.add(make()), None)[1])
    present = there
    changed = tuple(sorted(key for key, value in wanted.items() if getattr(present, key) != value))

    def write() -> None:
        for key in changed:
            setattr(present, key, wanted[key])

    return Proposal(row.line, label, CHANGED if changed else SAME, changed=changed, write=write)


class Exams:
    """The exams of the plan by what tells them apart."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.all = list(uow.session.scalars(select(Exam).order_by(Exam.date, Exam.subject)))
        self.by_key = {(e.date, e.kind, e.subject, e.site_code, e.training): e for e in self.all}

    def of(self, values: Values) -> Exam | None:
        """The exam that a row's date, form, subject, point and training mark name."""
        return self.by_key.get(
            (
                values["date"],
                values.get("kind", "ege"),
                values["subject"],
                values["site_code"],
                values.get("training", False),
            )
        )


def exam_label(values: Values) -> str:
    """Date and subject: how a report names an exam."""
    return f"{values['date']:%d.%m.%Y} {values.get('subject') or ''}".strip()


def exams(uow: UnitOfWork, rows: Iterable[ParsedRow]) -> Iterator[Proposal]:
    """Rows of the exams file."""
    known = Exams(uow)
    started = set(
        uow.session.scalars(
            select(Booklet.exam_id).where(Booklet.state != State.REGISTERED).distinct()
        )
    )
    for row in rows:
        values, label = row.values, exam_label(row.values)
        there = known.of(values)
        wanted = _exam_values(values, there)
        if there and there.id in started and _other_tasks(there, wanted):
            yield refuse(
                row,
                label,
                Problem("", N_("Works of this exam are issued: the number of tasks stands.")),
            )
            continue
        key = {name: values.get(name, usual) for name, usual in EXAM_KEY.items()}
        yield upsert(uow, row, label, there, wanted, partial(Exam, **key, **wanted))


def _exam_values(values: Values, there: Exam | None) -> dict[str, Any]:
    """What an exam is to hold after the row. A fact with its usual meaning is recorded only where
    something was recorded before."""
    wanted: dict[str, Any] = {
        key: empty if values[key] is None else values[key]
        for key, empty in EXAM_COLUMNS
        if key in values
    }
    before = there.facts if there else {}
    facts = {
        key: values[key]
        for key, usual in EXAM_FACTS.items()
        if key in values and (key in before or values[key] != usual)
    }
    wanted["facts"] = _without_none({**before, **facts})
    return wanted


def _other_tasks(exam: Exam, wanted: Values) -> bool:
    """Would the number of tasks or the long tasks change?"""
    return any(
        wanted.get(key, getattr(exam, key)) != getattr(exam, key) for key in ("tasks", "long_tasks")
    )


def _without_none(facts: Values) -> dict[str, Any]:
    """The facts that are known; an emptied cell takes a fact away."""
    return {key: value for key, value in facts.items() if value is not None}


def rooms(uow: UnitOfWork, rows: Iterable[ParsedRow]) -> Iterator[Proposal]:
    """Rows of the rooms file."""
    known = {(room.site_code, room.number): room for room in uow.session.scalars(select(Room))}
    for row in rows:
        values = row.values
        key = {"site_code": values["site_code"], "number": values["number"]}
        there = known.get((key["site_code"], key["number"]))
        wanted = {name: values[name] for name in ("purpose", "seats") if name in values}
        features = {name: values[name] for name in FEATURE_NAMES if name in values}
        wanted["features"] = _without_none({**(there.features if there else {}), **features})
        yield upsert(
            uow,
            row,
            values["number"],
            there,
            wanted,
            partial(Room, **key, **wanted),
        )


def candidates(uow: UnitOfWork, rows: Iterable[ParsedRow]) -> Iterator[Proposal]:
    """Rows of the candidates file."""
    known = {row.code: row for row in uow.session.scalars(select(Candidate))}
    for row in rows:
        values = row.values
        there = known.get(values["code"])
        wanted: dict[str, Any] = {
            name: values[name] or ""
            for name in ("surname", "name", "patronymic", "document", "school_code")
            if name in values
        }
        if "needs" in values:
            wanted["needs"] = values["needs"] or []
        wanted["documents"] = _documents(there.documents if there else [], values)
        proposal = upsert(
            uow,
            row,
            values["code"],
            there,
            wanted,
            partial(Candidate, code=values["code"], **wanted),
        )
        yield (
            _with_booklets(uow, proposal, there)
            if there and "needs" in proposal.changed
            else proposal
        )


def _with_booklets(uow: UnitOfWork, proposal: Proposal, candidate: Candidate) -> Proposal:
    """Other needs, other kits: those that are not issued yet follow."""
    enter, before = proposal.write, frozenset(candidate.needs)

    def write() -> None:
        enter()
        follow_needs(uow, candidate, before)

    return replace(proposal, write=write)


def _documents(there: list[Any], values: Values) -> list[Any]:
    """The documents after the row: kinds that have a column are replaced, the others stay."""
    kept = [document for document in there if document.get("kind") not in values]
    given = [{"kind": kind, **values[kind]} for kind in DOCUMENT_NAMES if values.get(kind)]
    return sorted([*kept, *given], key=lambda document: str(document.get("kind")))


def staff(uow: UnitOfWork, rows: Iterable[ParsedRow]) -> Iterator[Proposal]:
    """Rows of the staff file: a person, one role, and a duty when the row names a date."""
    people = {person.login: person for person in uow.session.scalars(select(Person))}
    plan = Staff(uow)
    for row in rows:
        values = row.values
        person = people.get(values["login"])
        if person is None:
            person = people[values["login"]] = Person(
                login=values["login"], name="", password_hash="", facts={}
            )
            plan.fresh.add(id(person))
        yield plan.propose(row, person)


class Staff:
    """Proposals for staff rows; rows of one person build on each other."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow, self.exams = uow, Exams(uow)
        self.rooms = {
            (room.site_code, room.number): room for room in uow.session.scalars(select(Room))
        }
        self.duties = {
            (d.exam_id, d.person_id, d.role, d.room_id) for d in uow.session.scalars(select(Duty))
        }
        self.fresh: set[int] = set()
        self.named: set[int] = set()

    def propose(self, row: ParsedRow, person: Person) -> Proposal:
        """What the row does: person, role and duties."""
        values, label = row.values, row.values["login"]
        problems, wanted = self._duties(values)
        if problems:
            return refuse(row, label, *problems)
        changed = self._differences(person, values)
        fresh = id(person) in self.fresh
        missing = wanted if fresh else self._not_there(person, values["role"], wanted)
        new = fresh and id(person) not in self.named
        self.named.add(id(person))
        changed += ("duty",) if missing else ()
        return Proposal(
            row.line,
            label,
            NEW if new else CHANGED if changed else SAME,
            changed=changed,
            write=lambda: self._write(person, values, missing),
        )

    def _not_there(
        self, person: Person, role: str, wanted: list[tuple[Exam, Room | None]]
    ) -> list[tuple[Exam, Room | None]]:
        return [
            (exam, room)
            for exam, room in wanted
            if (exam.id, person.id, role, room.id if room else None) not in self.duties
        ]

    def _differences(self, person: Person, values: Values) -> tuple[str, ...]:
        found = []
        if person.name != values["name"]:
            found.append("name")
        if values["role"] not in {row.role for row in person.roles}:
            found.append("role")
        if "teaches" in values and (values["teaches"] or []) != person.facts.get("teaches", []):
            found.append("teaches")
        return tuple(found)

    def _duties(self, values: Values) -> tuple[list[Problem], list[tuple[Exam, Room | None]]]:
        if values.get("date") is None:
            return [], []
        found = [exam for exam in self.exams.all if self._fits(exam, values)]
        if not found:
            return [
                Problem("", N_("There is no such exam in the plan; import the exams first."))
            ], []
        if not values.get("room"):
            return [], [(exam, None) for exam in found]
        rooms = [(exam, self.rooms.get((exam.site_code, values["room"]))) for exam in found]
        if any(room is None for _, room in rooms):
            return [
                Problem(
                    "",
                    N_("There is no room %(room)s in the plan; import the rooms first."),
                    {"room": values["room"]},
                )
            ], []
        return [], rooms

    @staticmethod
    def _fits(exam: Exam, values: Values) -> bool:
        """Without a subject the duty is for all exams of the day."""
        return (
            exam.date == values["date"]
            and exam.training == values.get("training", False)
            and (not values.get("site_code") or exam.site_code == values["site_code"])
            and (
                not values.get("subject")
                or (exam.subject == values["subject"] and exam.kind == values.get("kind", "ege"))
            )
        )

    def _write(
        self, person: Person, values: Values, missing: list[tuple[Exam, Room | None]]
    ) -> None:
        person.name = values["name"]
        if "teaches" in values and (values["teaches"] or []) != person.facts.get("teaches", []):
            person.facts = {**person.facts, "teaches": values["teaches"] or []}
        self.uow.session.add(person)
        self.uow.session.flush()
        if values["role"] not in {row.role for row in person.roles}:
            person.roles.append(PersonRole(person_id=person.id, role=Role(values["role"]).value))
            end_sessions(self.uow, person.id)
        for exam, room in missing:
            self._add_duty(person, values["role"], exam, room)

    def _add_duty(self, person: Person, role: str, exam: Exam, room: Room | None) -> None:
        """Enter a duty, unless another row of the file has entered it already."""
        room_id = room.id if room else None
        key = (exam.id, person.id, role, room_id)
        if key not in self.duties:
            self.duties.add(key)
            self.uow.add(Duty(exam_id=exam.id, person_id=person.id, role=role, room_id=room_id))
