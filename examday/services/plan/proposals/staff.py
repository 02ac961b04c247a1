"""Rows of the staff file: a person, one role, and a duty when the row names a date."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from examday.domain.identity import ByIdentity
from examday.domain.messages import N_
from examday.domain.plan.columns import Values
from examday.domain.plan.rows import ParsedRow, Problem
from examday.services.people.directory import acting
from examday.services.plan.proposals import accounts
from examday.services.plan.proposals.exams import Exams
from examday.services.plan.proposals.proposal import Proposal, judge, refuse
from examday.services.plan.proposals.spelling import spelled, twins
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Duty, Exam, Person, Room


def staff(uow: UnitOfWork, rows: Iterable[ParsedRow]) -> Iterator[Proposal]:
    """Propose what the rows of the staff file would do."""
    people = ByIdentity((person.login, person) for person in uow.session.scalars(select(Person)))
    taken = accounts.logins_everywhere(uow)
    plan = Staff(uow)
    for row in rows:
        login = row.values["login"]
        unclear = twins("Логин", people, login)
        if unclear:
            yield refuse(row, login, *unclear)
            continue
        person = people.get(login)
        if person is None and taken.get(login):
            yield refuse(row, login, Problem("Логин", accounts.TAKEN_ELSEWHERE))
            continue
        # A new person is known from the first row on: one person has a row for each role.
        if person is None:
            # Without a password nobody can log in as this person until the head gives one.
            person = Person(
                login=login,
                name="",
                password_hash="",
                facts={},
            )
            people.add(login, person)
            plan.fresh.add(id(person))
        yield plan.propose(row, person)


_OF_A_DUTY = ("role", "date", "subject", "room")
"""Columns that tell a duty: who reads the report must see which one is added."""


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
        """People whom this file adds, by `id()`: they have no key of the database yet."""
        self.named: set[int] = set()
        """Those of them whom an earlier row has reported as new; a report counts a person once."""

    def propose(self, row: ParsedRow, person: Person) -> Proposal:
        """Propose person, role and duties, or name the problems of the row."""
        values, label = row.values, row.values["login"]
        problems, wanted = self._duties(values)
        if problems:
            return refuse(row, label, *problems)
        fresh = id(person) in self.fresh
        if not fresh and (foreign := accounts.foreign(self.uow, person, values)):
            return refuse(row, label, foreign)
        missing = wanted if fresh else self._not_there(person, values["role"], wanted)
        new = fresh and id(person) not in self.named
        self.named.add(id(person))
        proposal = judge(
            row, label, "staff", None if new else self._before(person, values, missing), values
        )
        return replace(
            proposal,
            notes=(*proposal.notes, *spelled("Логин", label, person.login)),
            write=lambda: self._write(person, values, missing),
        )

    def _not_there(
        self,
        person: Person,
        role: str,
        wanted: list[tuple[Exam, Room | None]],
    ) -> list[tuple[Exam, Room | None]]:
        return [
            (exam, room)
            for exam, room in wanted
            if (exam.id, person.id, role, room.id if room else None) not in self.duties
        ]

    def _before(
        self,
        person: Person,
        values: Values,
        missing: list[tuple[Exam, Room | None]],
    ) -> dict[str, Any]:
        """What the plan holds of the row; a file adds roles and duties and takes none away."""
        fresh = id(person) in self.fresh
        has_role = not fresh and values["role"] in acting(self.uow, person).roles
        there: dict[str, Any] = {**values, "login": values["login"]}
        if not fresh:
            there |= {"name": person.name, "teaches": person.facts.get("teaches", [])}
            there["role"] = values["role"] if has_role else None
        # A further duty is new as a whole: its date alone would not tell where it is.
        return {**there, **dict.fromkeys(_OF_A_DUTY)} if missing else there

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
        self,
        person: Person,
        values: Values,
        missing: list[tuple[Exam, Room | None]],
    ) -> None:
        accounts.write(self.uow, person, values)
        for exam, room in missing:
            self._add_duty(person, values["role"], exam, room)

    def _add_duty(
        self,
        person: Person,
        role: str,
        exam: Exam,
        room: Room | None,
    ) -> None:
        """Enter a duty, unless another row of the file has entered it already."""
        room_id = room.id if room else None
        key = (exam.id, person.id, role, room_id)
        if key not in self.duties:
            self.duties.add(key)
            self.uow.add(
                Duty(
                    exam_id=exam.id,
                    person_id=person.id,
                    role=role,
                    room_id=room_id,
                )
            )
