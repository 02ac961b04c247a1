"""The training appeal: a work of an earlier training day, handed over with planted transfer
errors, now disputed."""

import datetime as dt

from sqlalchemy import select

from examday.domain.appeals.case import Kind
from examday.domain.custody.lifecycle import State
from examday.domain.custody.paper_codes import form_code
from examday.domain.events import Event
from examday.domain.people.roles import Actor, Role
from examday.domain.transfer.fields import NAME_FIELD, REGION_FIELD, SUBJECT_FIELD, replacement_row
from examday.services.appeals import registration
from examday.services.appeals.decision import centre
from examday.services.people.directory import actor_of, by_login
from examday.services.training.demo_files import NAMES, DisputedWork, disputed_work
from examday.services.training.demo_works import Player
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Candidate, Exam, Room, Seat
from examday.storage.tables_appeal import Appeal

SYSTEM = Actor("system:training", frozenset({Role.SYSTEM, Role.SITE_HEAD}), "training")


def planted() -> set[str]:
    """The fields that the copy has wrong: what a diagnosis must name, exactly."""
    return set(disputed_work().get("copy", {}))


def seed_appeal(store: Store, pin: str) -> str:
    """Play the disputed work to its hand-over and register the appeal on it; once. Returns the
    appeal's id."""
    given = disputed_work()
    with store.begin(SYSTEM) as uow:
        booklet_id = _earlier_booklet(uow, given)
    Player(store, pin, given).run()
    with store.read() as uow:
        known = uow.session.scalars(
            select(Appeal.id).where(Appeal.booklet_id == booklet_id)
        ).first()
        secretary = by_login(uow, "secretary")
        handed_over = uow.get(Booklet, booklet_id).state == State.HANDED_OVER
    if known or secretary is None or not handed_over:
        return known or ""
    with store.begin(actor_of(secretary)) as uow:
        appeal = registration.register(uow, _filing(booklet_id, uow.today()))
    with store.begin(actor_of(secretary)) as uow:
        centre.import_recognised(uow, appeal.id, recognised(given), {}, {}, [])
    return str(appeal.id)


def _filing(booklet_id: str, day: dt.date) -> registration.Filing:
    """An appeal on the score, filed in person on the day the results came."""
    return registration.Filing(
        Kind.SCORE,
        booklet_id,
        filed=day,
        reached=day,
        result_day=day,
        facts={"presence": "own", "text": "Пересмотреть краткие ответы."},
    )


def recognised(given: DisputedWork) -> dict[str, dict[str, str]]:
    """What the regional centre recognised on the copy: exactly what stands there."""
    texts = {
        **given.get("answers", {}),
        **given.get("copy", {}),
        REGION_FIELD: "77",
        SUBJECT_FIELD: given["subject"],
        NAME_FIELD: NAMES[given["subject"]],
    }
    found = {field: {"text": text} for field, text in texts.items() if text}
    for number, (task, text) in enumerate(given.get("replacements", []), 1):
        found[replacement_row(number)] = {"text": text, "task": task}
    return found


def _earlier_booklet(uow: UnitOfWork, given: DisputedWork) -> str:
    """The id of the booklet of the earlier day; it is made, with exam and seat, where it is not
    there yet."""
    found = uow.session.scalars(
        select(Booklet).join(Seat).join(Candidate).where(Candidate.code == given["candidate"])
    ).first()
    if found is not None:
        return found.id
    room = uow.session.scalars(select(Room).where(Room.number == given["room"])).one()
    exam = _earlier_exam(uow, given, room)
    booklet = uow.add(
        Booklet(
            seat_id=_seat(uow, given, exam, room).id,
            exam_id=exam.id,
            medium="enlarged",
            code=form_code(given["code"]),
            since=uow.now(),
        )
    )
    uow.session.flush()
    uow.record(Event.TRAINING_EARLIER_DAY, f"booklet:{booklet.id}", day=exam.date.isoformat())
    return booklet.id


def _earlier_exam(uow: UnitOfWork, given: DisputedWork, room: Room) -> Exam:
    """The exam of the same subject and point as today's, some days ago."""
    like = uow.session.scalars(
        select(Exam).where(Exam.training, Exam.subject == given["subject"])
    ).first()
    exam = uow.add(
        Exam(
            date=uow.today() - dt.timedelta(days=given["days_ago"]),
            kind="ege",
            subject=given["subject"],
            site_code=room.site_code,
            site_name=like.site_name if like else "",
            region="77",
            tasks=26,
            long_tasks=[],
            training=True,
        )
    )
    uow.session.flush()
    return exam


def _seat(uow: UnitOfWork, given: DisputedWork, exam: Exam, room: Room) -> Seat:
    surname, name = given["name"]
    candidate = uow.add(
        Candidate(code=given["candidate"], surname=surname, name=name, needs=given["needs"])
    )
    uow.session.flush()
    seat = uow.add(
        Seat(exam_id=exam.id, room_id=room.id, candidate_id=candidate.id, place=given["place"])
    )
    uow.session.flush()
    return seat
