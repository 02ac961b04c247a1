"""Form numbers of kits: one number belongs to one booklet."""

from examday.domain.custody.lifecycle import State
from examday.domain.custody.paper_codes import form_code
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody import papers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


class DuplicateCode(Conflict):
    """Two booklets of one day with one form number: pupils had to resit because of it (source 27)."""

    code = "duplicate-form-code"
    message = N_("Form number %(number)s is already used today: room %(room)s, seat %(place)s.")
    advice = N_(
        "STOP. Do not hand this kit out: lay both kits aside and call the head of the point. One of them may "
        "be a copy. Nothing was changed in the record of either."
    )


class OtherDay(DuplicateCode):
    """A kit that was left over from another exam day, or a copy of one that was written on then."""

    message = N_(
        "Form number %(number)s belongs to the exam day %(day)s: room %(room)s, seat %(place)s."
    )
    advice = N_(
        "STOP. Do not hand this kit out: it is of another day. Lay it aside, take a kit of today and call "
        "the head of the point. Nothing was changed in the record of either."
    )


class OtherSeat(Conflict):
    """The kit of a neighbour was taken from the pile: so far one kit alone has been seen, so nobody
    is called for it. Where there are two, the second one is stopped when it is scanned.
    """

    code = "kit-of-other-seat"
    message = N_(
        "Kit %(number)s is planned for another seat and not yet issued there: room %(room)s, seat %(place)s."
    )
    advice = N_(
        "Put it back for that seat and take the kit of this one. Nothing was issued. If there are two "
        "kits with this number, issue neither and call the head of the point: one of them may be a copy."
    )


def free_code(uow: UnitOfWork, booklet: Booklet, typed: str) -> str:
    """Return the form number in what was scanned.

    DuplicateCode when another booklet of the day was issued with it, OtherSeat when it is only
    planned there, OtherDay when one of another day has it.
    """
    code = form_code(typed)
    other = papers.form_used(uow, code, booklet.exam, booklet.id)
    if other is None:
        return code
    where = {"number": code, "room": other.seat.room.number, "place": other.seat.place}
    if other.exam.date != booklet.exam.date:
        raise OtherDay(params={**where, "day": f"{other.exam.date:%d.%m.%Y}"})
    if other.code == code and other.state == State.REGISTERED:
        raise OtherSeat(params=where)
    raise DuplicateCode(params=where)


def report_duplicate(uow: UnitOfWork, booklet_id: str, typed: str) -> None:
    """Keep a refused number as an alarm.

    In a transaction of its own, because the refusal undid the other.
    """
    booklet = papers.load(uow, booklet_id)
    code = form_code(typed)
    other = papers.form_used(uow, code, booklet.exam, booklet.id)
    uow.record(
        Event.ALARM_DUPLICATE_CODE,
        f"booklet:{booklet.id}",
        code=code,
        other=other.id if other else "",
    )
