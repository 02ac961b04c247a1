"""Stations and a centre in temporary folders, and a small day at a station."""

import datetime as dt
import io
import shutil
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor, Role
from examday.domain.travel.spoken import fingerprint
from examday.services.people.sites import add_site
from examday.services.travel import confirming, enrolment, inviting, joining, receipts
from examday.services.travel.incoming import taking_in
from examday.services.travel.incoming.taking_in import TakenIn
from examday.services.travel.outgoing import sending
from examday.services.unit_of_work import Store, UnitOfWork, utc_now
from examday.settings import Settings
from examday.storage.objects.opened import originals
from examday.storage.tables import (
    Booklet,
    Candidate,
    Exam,
    Page,
    Person,
    PersonRole,
    Reading,
    Room,
    ScanFile,
    Seat,
)

ADMIN = Actor.system("command-line")


POINT = "770412"
CODE = "2990000000019"
"""Of the work that the tests of orders are about: found by the number, as people look for it."""


class Ends(NamedTuple):
    """A station that is known at its centre."""

    station: Store
    centre: Store
    name: str
    stick: Path


class Clock:
    """The time at one end."""

    def __init__(self) -> None:
        self.off = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return utc_now() + self.off


def station_in(folder: Path, migrated: Path) -> Store:
    """An empty station."""
    settings = Settings.from_env({}, data=folder, argon2_cost=1)
    settings.make_folders()
    shutil.copy(migrated, settings.var / "examday.sqlite")
    return Store(settings, Clock())


def centre_with(folder: Path, migrated: Path, *points: str) -> Store:
    """A centre that knows these points."""
    store = station_in(folder, migrated)
    for point in points:
        add_point(store, point)
    return store


def add_point(centre: Store, point: str) -> None:
    """The centre knows one more point."""
    with centre.begin(ADMIN) as uow:
        add_site(uow, point, f"Школа {point}", "Europe/Moscow")


def enrolled(centre: Store, station: Store, point: str) -> str:
    """Bring the two together; return what the centre calls the station."""
    with centre.begin(ADMIN) as uow:
        letter = inviting.invite(uow, point)
    with station.begin(ADMIN) as uow:
        answer = joining.join(uow, letter)
    with centre.begin(ADMIN) as uow:
        words = " ".join(fingerprint(str(answer["public_key"])))
        return enrolment.confirm(uow, answer, words).id


def work(
    station: Store,
    code: str,
    state: State = State.HANDED_OVER,
    training: bool = False,
) -> str:
    """A work with a scan and a reading, by somebody who has a secret; its id."""
    stored = originals(station.settings).put(io.BytesIO(f"scan of {code}".encode() * 999))
    with station.begin(Actor.system("test")) as uow:
        seat, exam = _seat(uow, code, training)
        person = uow.session.scalars(select(Person).where(Person.login == "anna")).first()
        person = person or uow.add(_anna())
        made = uow.add(
            Booklet(
                seat_id=seat.id,
                exam_id=exam.id,
                medium=Medium.ENLARGED.value,
                code=code,
                state=state.value,
                since=uow.now(),
            )
        )
        scan = uow.add(
            ScanFile(
                name=f"{code}.jpg",
                source="upload",
                sha256=stored.sha256,
                size=stored.size,
                state="done",
                received_at=uow.now(),
            )
        )
        uow.session.flush()
        told = {"booklet_id": made.id, "version": 1}
        uow.add(Page(scan_file_id=scan.id, number=1, state="attached", at=uow.now(), **told))
        uow.add(
            Reading(
                source="first",
                person_id=person.id,
                content={"fields": {"t1": {"text": code, "mark": None}}},
                sha256=digest({"fields": {"t1": {"text": code, "mark": None}}}),
                at=uow.now(),
                **told,
            )
        )
        uow.record("test:work", f"booklet:{made.id}")
    return made.id


def _anna() -> Person:
    return Person(
        login="anna",
        name="Анна Б.",
        password_hash="secret-hash",
        pin_hash="pin-hash",
        roles=[PersonRole(role=Role.ASSISTANT.value)],
    )


def _seat(uow: UnitOfWork, code: str, training: bool) -> tuple[Seat, Exam]:
    exam = uow.session.scalars(select(Exam).where(Exam.training.is_(training))).first()
    exam = exam or uow.add(
        Exam(
            date=dt.date(2026, 6, 4),
            kind="ege",
            subject="01",
            site_code="0412",
            training=training,
        )
    )
    room = uow.session.scalars(select(Room)).first() or uow.add(
        Room(site_code="0412", number="101")
    )
    candidate = uow.add(Candidate(code=f"T{code}", surname=f"Участник-{code}"))
    uow.session.flush()
    seat = uow.add(
        Seat(exam_id=exam.id, room_id=room.id, candidate_id=candidate.id, place=code[-3:])
    )
    uow.session.flush()
    return seat, exam


def sent(
    station: Store,
    target: Path,
    first: int | None = None,
    originals: bool = True,
) -> Path:
    """A bundle of the station."""
    return sending.send(station, ADMIN, target, first, originals).path


def taken(centre: Store, bundle: Path) -> TakenIn:
    """The bundle taken in."""
    return taking_in.take_in(centre, ADMIN, bundle)


def confirmed(centre: Store, station: Store, name: str) -> bool:
    """The centre's receipt brought back; False where it was here before."""
    letter = receipts.write(centre, name)
    with station.begin(ADMIN) as uow:
        return confirming.take_in(uow, letter)
