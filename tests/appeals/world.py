"""A handed-over work with planted transfer errors, and the people of a conflict commission, for
tests."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from examday.domain.appeals.case import Kind
from examday.domain.appeals.hearing import Asked, Capacity
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor, Role
from examday.services.appeals import registration
from examday.services.appeals.hearing import attendance
from examday.services.unit_of_work import Store
from examday.storage.tables import (
    Assignment,
    Booklet,
    Candidate,
    Duty,
    Exam,
    Person,
    Reading,
    Room,
    Seat,
)
from tests import people_at_once

ORIGINAL = {"1": "КИСЛОРОД", "2": "135", "3": "24", "4": "МЕЛ", "5": "7"}
COPY = {**ORIGINAL, "2": "153", "5": ""}
PLANTED = {"2", "5"}
PEOPLE: dict[str, tuple[Role, ...]] = {
    "head": (Role.SITE_HEAD,),
    "chair": (Role.APPEAL_CHAIR,),
    "member": (Role.APPEAL_MEMBER,),
    "member2": (Role.APPEAL_MEMBER,),
    "secretary": (Role.APPEAL_SECRETARY,),
    "operator": (Role.APPEAL_OPERATOR,),
    "organiser": (Role.ROOM_ORGANISER,),
    "organiser2": (Role.ROOM_ORGANISER,),
    "fresh": (Role.ASSISTANT,),
    "fresh2": (Role.ASSISTANT,),
    "translator": (Role.BRAILLE_TRANSCRIBER,),
    "expert": (Role.SUBJECT_EXPERT,),
}


@dataclass
class Commission:
    """People by login, the disputed work, and a way to act as anybody."""

    store: Store
    people: dict[str, Person]
    booklet: str

    def actor(self, login: str) -> Actor:
        """The person as an actor."""
        person = self.people[login]
        return Actor(person.id, frozenset(PEOPLE[login]), login)

    def wait_until(self, moment: dt.datetime) -> None:
        """The day has come."""
        self.store.clock.now = max(moment, self.store.clock.now)  # type: ignore[attr-defined]

    def do(self, login: str, service: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Run one use case as `login` in a transaction of its own."""
        with self.store.begin(self.actor(login)) as uow:
            return service(uow, *args, **named)


def make(
    store: Store, add_person: Callable[..., Person], needs: tuple[str, ...] = ("A3",)
) -> Commission:
    """A work of rule set 2023+ that was handed over on 4 June 2026, transferred by the two
    organisers."""
    people = people_at_once.add_all(store, PEOPLE)
    with store.begin(Actor.system("test")) as uow:
        exam = uow.add(
            Exam(date=dt.date(2026, 6, 4), kind="ege", subject="01", site_code="0001", region="77")
        )
        room = uow.add(Room(site_code="0001", number="0101"))
        candidate = uow.add(Candidate(code="C-1", surname="Учебный", needs=list(needs)))
        uow.session.flush()
        seat = uow.add(
            Seat(exam_id=exam.id, room_id=room.id, candidate_id=candidate.id, place="1А")
        )
        uow.session.flush()
        booklet = uow.add(
            Booklet(
                seat_id=seat.id,
                exam_id=exam.id,
                medium="enlarged",
                code="2675000181771",
                state="handed_over",
                since=uow.now(),
            )
        )
        uow.session.flush()
        uow.add(
            Duty(
                exam_id=exam.id,
                room_id=room.id,
                person_id=people["organiser"].id,
                role=Role.LEAD_ORGANISER,
            )
        )
        for part, who in (
            ("first", "organiser"),
            ("second", "organiser2"),
            ("copier", "organiser"),
        ):
            uow.add(
                Assignment(
                    booklet_id=booklet.id,
                    version=1,
                    part=part,
                    person_id=people[who].id,
                    at=uow.now(),
                )
            )
        for source, fields in (("settled", ORIGINAL), ("recognised", COPY)):
            content = {"fields": {n: {"text": t} for n, t in fields.items() if t}}
            uow.add(
                Reading(
                    booklet_id=booklet.id,
                    version=1,
                    source=source,
                    content=content,
                    sha256=digest(content),
                    at=uow.now(),
                )
            )
        uow.record("appeal:old-work", f"booklet:{booklet.id}")
    return Commission(store, people, booklet.id)


def file_appeal(commission: Commission, **changes: Any) -> str:
    """A score appeal in time: results on Thursday 18 June, filed and received on Friday 19 June
    2026."""
    day = dt.date(2026, 6, 19)
    # Nobody files on a day to come.
    commission.wait_until(dt.datetime(2026, 6, 22, 7, tzinfo=dt.UTC))
    filing = registration.Filing(
        **{
            "kind": Kind.SCORE,
            "booklet_id": commission.booklet,
            "filed": day,
            "reached": day,
            "result_day": dt.date(2026, 6, 18),
            **changes,
        }
    )
    return str(commission.do("secretary", registration.register, filing).id)


def come_to_hearing(commission: Commission, case: str, moment: dt.datetime) -> None:
    """The day of the hearing: chair, member and secretary are recorded as present."""
    commission.wait_until(moment)
    for login, capacity in (
        ("chair", Capacity.CHAIR),
        ("member", Capacity.MEMBER),
        ("secretary", Capacity.SECRETARY),
    ):
        person = commission.people[login].id
        asked = Asked(was_asked=True)  # works of before the program have no records
        commission.do("secretary", attendance.attend, case, capacity, person, "", asked)
