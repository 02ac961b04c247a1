"""A small exam day for tests of custody: a room with three seats, staff who log in, and ways to
act as them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from examday.domain.custody.paper_codes import check_digit
from examday.domain.people.roles import Actor, Role
from examday.services.custody import papers
from examday.services.unit_of_work import Store
from examday.storage.base import new_id
from examday.storage.tables import Booklet, Candidate, Exam, Person, Room, Seat
from tests import people_at_once

PEOPLE: dict[str, tuple[Role, ...]] = {
    "head": (Role.SITE_HEAD,),
    "lead": (Role.LEAD_ORGANISER,),
    "second": (Role.ROOM_ORGANISER,),
    "board": (Role.EXAM_BOARD_MEMBER,),
    "helper": (Role.ASSISTANT,),
    "chair": (Role.BRAILLE_CHAIR,),
    "translator": (Role.BRAILLE_TRANSCRIBER,),
    "observer": (Role.PUBLIC_OBSERVER,),
    "tech": (Role.TECHNICAL_SPECIALIST,),
}


def number(n: int) -> str:
    """The n-th form number of the tests, with a correct check digit."""
    twelve = f"26100000{n:04d}"
    return twelve + check_digit(twelve)


@dataclass
class Day:
    """People by login, one exam with one room, the ids of its booklets by seat."""

    store: Store
    people: dict[str, Person]
    exam: str
    room: str
    booklets: dict[str, str] = field(default_factory=dict)

    def actor(self, login: str) -> Actor:
        """The person as an actor."""
        return Actor(self.people[login].id, frozenset(PEOPLE[login]), login)

    def do(self, login: str, service: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Run one use case as `login` in a transaction of its own."""
        with self.store.begin(self.actor(login)) as uow:
            return service(uow, *args, **named)

    def put_at(self, place: str, state: str, **columns: Any) -> None:
        """Bring a booklet to a state that other parts of the program lead to."""
        with self.store.begin(Actor.system("test")) as uow:
            booklet = uow.get(Booklet, self.booklets[place])
            booklet.state = state
            for name, value in columns.items():
                setattr(booklet, name, value)
            uow.record("test:state", f"booklet:{booklet.id}")

    def booklet(self, place: str) -> Booklet:
        """The booklet of a seat as it is now."""
        with self.store.read() as uow:
            found = uow.get(Booklet, self.booklets[place])
            assert found.seat.room and found.exam
            return found

    def counts(self, place: str) -> dict[Any, int]:
        """What a hand-over of this booklet must come to."""
        with self.store.read() as uow:
            return papers.expected(uow, uow.get(Booklet, self.booklets[place]))

    def kinds(self) -> list[str]:
        """Kinds of all events in order."""
        from sqlalchemy import select

        from examday.storage.tables import EventRow

        with self.store.read() as uow:
            return list(uow.session.scalars(select(EventRow.kind).order_by(EventRow.seq)))


def make(
    store: Store,
    add_person: Callable[..., Person],
    media: tuple[str, ...] = ("enlarged", "braille", "typed"),
    day: dt.date = dt.date(2026, 6, 4),
    subject: str = "01",
    training: bool = False,
) -> Day:
    """Seats 1А, 2А, … with one booklet of each medium; nothing is issued yet."""
    people = people_at_once.add_all(store, PEOPLE)
    with store.begin(Actor.system("test")) as uow:
        exam = uow.add(
            Exam(
                id=new_id(),
                date=day,
                kind="ege",
                subject=subject,
                site_code="0001",
                region="77",
                training=training,
            )
        )
        room = uow.add(Room(id=new_id(), site_code="0001", number="0101"))
        made = Day(store, people, exam.id, room.id)
        for n, medium in enumerate(media, 1):
            candidate = uow.add(Candidate(id=new_id(), code=f"C-{n}", surname=f"Учебный-{n}"))
            seat = uow.add(
                Seat(
                    id=new_id(),
                    exam_id=exam.id,
                    room_id=room.id,
                    candidate_id=candidate.id,
                    place=f"{n}А",
                )
            )
            booklet = uow.add(
                Booklet(
                    id=new_id(),
                    seat_id=seat.id,
                    exam_id=exam.id,
                    medium=medium,
                    since=uow.now(),
                )
            )
            made.booklets[f"{n}А"] = booklet.id
        uow.record("test:day", f"exam:{exam.id}")
    return made
