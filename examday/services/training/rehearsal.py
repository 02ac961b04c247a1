"""The training booklet of the technical rehearsal: its exam, people and steps, all marked as
training.

The steps are the real use cases. What the station does by itself (taking files from the hot
folder, finding the booklet) is left to the station: `drop` puts a sheet there, and the caller
waits.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Actor, Role
from examday.domain.transfer.fields import NAME_FIELD, REGION_FIELD, SUBJECT_FIELD
from examday.paper import trial
from examday.services.people.hashes import hash_secret
from examday.services.training.demo_works import NAMES, Player
from examday.services.transfer.readings import fields_for
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Candidate, Exam, Person, PersonRole, Room, Seat

SYSTEM = Actor.system("rehearsal")
SITE, ROOM, SUBJECT = "0000", "R", "01"
ANSWERS = {"1": "ПРОВЕРКА", "2": "СВЯЗЬ", "3": "135", "4": "24", "5": "ГОТОВ"}
STAFF: dict[str, Role] = {
    "head": Role.SITE_HEAD,
    "organiser": Role.LEAD_ORGANISER,
    "gek": Role.EXAM_BOARD_MEMBER,
    "observer": Role.PUBLIC_OBSERVER,
    "assistant": Role.ASSISTANT,
    "reader": Role.ASSISTANT,
    "reader2": Role.ASSISTANT,
    "arbiter": Role.ASSISTANT,
}
PREFIX = "rehearsal-"


class DayHasBegun(Conflict):
    """A rehearsal belongs to the day before."""

    code = "day-has-begun"
    message = N_("The exam of today has begun: kits are issued already.")
    advice = N_("Rehearse on the day before the exam, or with another data folder (--data).")


class Trial(Player):
    """The demo's player with people, sheets and a hot folder of the rehearsal."""

    staff: Mapping[str, Role] = STAFF

    def __init__(self, store: Store, drop: Callable[[str], None]) -> None:
        self.store, self.drop = store, drop
        self.work: dict[str, Any] = {
            "candidate": "",
            "target": State.HANDED_OVER,
            "answers": ANSWERS,
            "replacements": [],
            "second": {"3": "13"},
        }
        self.pin = f"{secrets.randbelow(9000) + 1000}"
        self.lead, self.medium, self.subject = "organiser", Medium.ENLARGED, SUBJECT
        with store.begin(SYSTEM) as uow:
            check_day(uow)
            _people(uow, self.pin, self.staff)
            self.code, booklet = _booklet(uow)
            uow.record(Event.REHEARSAL_BEGIN, f"booklet:{booklet.id}")
        self.id = booklet.id
        with store.read() as uow:
            exam = uow.get(Booklet, self.id).exam
            self.exam_id, self.fields = exam.id, fields_for(exam)

    def actor(self, login: str) -> Actor:
        """The person of the rehearsal behind a part of the play."""
        return super().actor(PREFIX + login)

    def take_in(self, label: str) -> None:
        """Put the sheet into the hot folder; the station does the rest."""
        self.drop(label.rpartition("-")[2])

    def sheet(self, size: str) -> bytes:
        """The sheet as a scanner would send it: JPEG, 200 dpi."""
        from io import BytesIO

        filled = {
            REGION_FIELD: "77",
            SUBJECT_FIELD: SUBJECT,
            NAME_FIELD: NAMES[SUBJECT],
            **self.filled(size),
        }
        target = BytesIO()
        trial.draw(self.code, size, 200, SUBJECT, filled).save(
            target, "JPEG", quality=80, dpi=(200, 200)
        )
        return target.getvalue()

    def filled(self, size: str) -> dict[str, str]:
        """The answers that stand on the sheet of this size."""
        return ANSWERS

    def end(self) -> None:
        """Close the accounts again: nobody can log in as them."""
        with self.store.begin(SYSTEM) as uow:
            for person in uow.session.scalars(
                select(Person).where(Person.login.startswith(PREFIX))
            ):
                person.disabled, person.password_hash, person.pin_hash = True, "", ""
            uow.record(Event.REHEARSAL_END, f"booklet:{self.id}")


def check_day(uow: UnitOfWork) -> None:
    """DayHasBegun when kits of a real exam of today are out."""
    out = (
        select(Booklet.id)
        .join(Exam)
        .where(Exam.date == uow.today(), ~Exam.training, Booklet.state != State.REGISTERED)
        .limit(1)
    )
    if uow.session.scalar(out) is not None:
        raise DayHasBegun()


def _people(uow: UnitOfWork, pin: str, staff: Mapping[str, Role]) -> None:
    """The accounts of the rehearsal, opened with a PIN that only this run knows; no password fits
    them."""
    known = {
        row.login: row
        for row in uow.session.scalars(select(Person).where(Person.login.startswith(PREFIX)))
    }
    hashed = hash_secret(uow.settings, pin)
    for login, role in staff.items():
        person = known.get(PREFIX + login)
        if person is None:
            person = uow.add(
                Person(
                    login=PREFIX + login,
                    name=f"Проверка: {login}",
                    password_hash="",
                    facts={"training": True},
                )
            )
            uow.session.flush()
            person.roles.append(PersonRole(person_id=person.id, role=role.value))
        person.pin_hash, person.disabled, person.must_change = hashed, False, False


def _booklet(uow: UnitOfWork) -> tuple[str, Booklet]:
    """Exam, room, seat and booklet of this run. The exam lies on the day before the first real
    one, so that the boards of the real day never show it."""
    first = uow.session.scalar(select(func.min(Exam.date)).where(~Exam.training))
    date = min(uow.today(), first - dt.timedelta(days=1)) if first else uow.today()
    exam = uow.session.scalar(
        select(Exam).where(Exam.date == date, Exam.site_code == SITE, Exam.training)
    ) or uow.add(
        Exam(
            date=date,
            kind="ege",
            subject=SUBJECT,
            site_code=SITE,
            site_name="Проверка технической готовности",
            tasks=len(ANSWERS),
            training=True,
        )
    )
    room = uow.session.scalar(select(Room).where(Room.site_code == SITE)) or uow.add(
        Room(site_code=SITE, number=ROOM)
    )
    run = secrets.randbelow(10**9)
    candidate = uow.add(
        Candidate(code=f"rehearsal-{run}", surname="Проверочная", name="Работа", needs=["a3"])
    )
    uow.session.flush()
    seat = uow.add(
        Seat(exam_id=exam.id, room_id=room.id, candidate_id=candidate.id, place=f"{run % 10**7}")
    )
    uow.session.flush()
    code = trial.kit_code(run)
    booklet = uow.add(
        Booklet(
            seat_id=seat.id,
            exam_id=exam.id,
            medium=Medium.ENLARGED,
            code=code,
            since=uow.now(),
            counts={},
        )
    )
    uow.session.flush()
    return code, booklet
