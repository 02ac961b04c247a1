"""What a technical rehearsal needs before its first step: exam, people and booklet, all marked as
training.
"""

import datetime as dt
import secrets
from collections.abc import Mapping
from io import BytesIO

from sqlalchemy import func, select

from examday.domain.custody.lifecycle import Medium
from examday.domain.people.roles import Role
from examday.domain.transfer.fields import NAME_FIELD, REGION_FIELD, SUBJECT_FIELD
from examday.paper import trial
from examday.services.people.hashes import hash_secret
from examday.services.training.demo_files import NAMES
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Candidate, Exam, Person, PersonRole, Room, Seat

SITE, ROOM, SUBJECT = "0000", "R", "01"
"""Codes that no real point has; the subject is Russian, whose form every region scans."""
ANSWERS = {"1": "ПРОВЕРКА", "2": "СВЯЗЬ", "3": "135", "4": "24", "5": "ГОТОВ"}
"""Words and numbers, letters with and without look-alikes, so that the whole alphabet of the form
is tried."""
PREFIX = "rehearsal-"
"""Begins the log-ins of a rehearsal and its candidate's number: accounts are closed by it."""


DPI = 200
"""Resolution of the drawn sheets in dpi: what an office scanner sends, so that reading is tried as
on the day."""


def open_accounts(uow: UnitOfWork, pin: str, staff: Mapping[str, Role]) -> None:
    """Open the accounts of the rehearsal with a PIN that only this run knows.

    No password fits them.
    """
    known = {person.login: person for person in _accounts(uow)}
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


def close_accounts(uow: UnitOfWork) -> None:
    """Close them again: nobody can log in as them."""
    for person in _accounts(uow):
        person.disabled, person.password_hash, person.pin_hash = True, "", ""


def _accounts(uow: UnitOfWork) -> list[Person]:
    return list(uow.session.scalars(select(Person).where(Person.login.startswith(PREFIX))))


def make_booklet(uow: UnitOfWork, training: bool = True) -> Booklet:
    """Candidate, seat and booklet of this run; not of a training day only where nothing else is."""
    exam, room = _exam(uow, training), _room(uow)
    # Rehearsals may be repeated: each has a candidate and a form number of its own.
    run = secrets.randbelow(10**9)
    candidate = uow.add(
        Candidate(
            code=f"{PREFIX}{run}",
            surname="Проверочная",
            name="Работа",
            needs=["a3"],
        )
    )
    uow.session.flush()
    seat = uow.add(
        Seat(
            exam_id=exam.id,
            room_id=room.id,
            candidate_id=candidate.id,
            place=f"{run % 10**7}",
        )
    )
    uow.session.flush()
    booklet = uow.add(
        Booklet(
            seat_id=seat.id,
            exam_id=exam.id,
            medium=Medium.ENLARGED,
            code=trial.kit_code(run),
            since=uow.now(),
            counts={},
        )
    )
    uow.session.flush()
    return booklet


def _exam(uow: UnitOfWork, training: bool) -> Exam:
    """The rehearsals' exam lies on the day before the first real one, so that the boards of the
    real day never show it.
    """
    first = uow.session.scalar(select(func.min(Exam.date)).where(~Exam.training))
    before = first - dt.timedelta(days=1) if first and training else uow.today()
    date = min(uow.today(), before)
    alike = (Exam.date == date, Exam.site_code == SITE, Exam.training.is_(training))
    same = select(Exam).where(*alike)
    return uow.session.scalar(same) or uow.add(
        Exam(
            date=date,
            kind="ege",
            subject=SUBJECT,
            site_code=SITE,
            site_name="Проверка технической готовности",
            tasks=len(ANSWERS),
            training=training,
        )
    )


def _room(uow: UnitOfWork) -> Room:
    return uow.session.scalar(select(Room).where(Room.site_code == SITE)) or uow.add(
        Room(site_code=SITE, number=ROOM)
    )


def draw_sheet(code: str, size: str, answers: Mapping[str, str]) -> bytes:
    """Draw the sheet of a booklet as a scanner would send it: JPEG, 200 dpi."""
    texts = {
        REGION_FIELD: "77",
        SUBJECT_FIELD: SUBJECT,
        NAME_FIELD: NAMES[SUBJECT],
        **answers,
    }
    target = BytesIO()
    picture = trial.draw(code, size, DPI, SUBJECT, texts)
    picture.save(target, "JPEG", quality=80, dpi=(DPI, DPI))
    return target.getvalue()
