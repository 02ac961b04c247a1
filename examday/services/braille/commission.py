"""Records of the tiflo-translator commission: its works, people, notes and statements."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, true
from sqlalchemy.orm import selectinload

from examday.domain.braille import commission as rules
from examday.domain.braille.notebook import Leaf, Part
from examday.domain.custody.lifecycle import OFF_THE_WAY, Medium, State, wrong_step
from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.people import sites
from examday.services.plan.exam_day import exams_of
from examday.services.rules import in_force
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Person, Seat
from examday.storage.tables_braille import CommissionNote

OPEN = sorted(set(State) - OFF_THE_WAY - {State.HANDED_OVER})
"""Steps of works that the commission may still have before it."""
NOTE_NAMES = {
    "incident": N_("incident"),
    "suspend": N_("suspended"),
    "resume": N_("back at work"),
    "refused": N_("not given out"),
    "ask": N_("description of the scans handed over"),
}
"""Kinds of notes that are listed. Not come and go, which are shown as working time, nor statements,
which stand with the work."""


ATTENDANCE = ("come", "go")


def works_of(uow: UnitOfWork, exam_id: str = "") -> list[Booklet]:
    """Return the Braille works of one exam, or those that are written here of all that are not over,
    in the order in which they came. An exam is over when all its works were handed over and another
    exam day has come.
    """
    exams = [exam_id] if exam_id else _open_exams(uow)
    here = true() if exam_id else uow.written_here
    wanted = (
        select(Booklet)
        # Joined with a text, so that no index on the medium alone is read from end to end.
        .where(Booklet.medium.concat("") == Medium.BRAILLE, Booklet.exam_id.in_(exams))
        .where(Booklet.state.not_in(OFF_THE_WAY), here)
        .order_by(Booklet.since)
        .limit(uow.at_once)
        .options(selectinload(Booklet.exam), selectinload(Booklet.seat).selectinload(Seat.room))
    )
    return list(uow.session.scalars(wanted))


def _open_exams(uow: UnitOfWork) -> list[str]:
    """Ids of the exams of the day in hand, and of those with a Braille work that is not handed over."""
    of_day = [exam.id for exam in exams_of(uow)]
    waiting = select(Booklet.exam_id).where(
        Booklet.medium == Medium.BRAILLE, Booklet.state.in_(OPEN)
    )
    return sorted({*of_day, *uow.session.scalars(waiting.distinct())})


def stays_of(uow: UnitOfWork, notes: Iterable[CommissionNote]) -> list[rules.Shift]:
    """Return who was at work from when to when, by the clock of the point."""
    return rules.shifts(
        [(n.kind, n.person_id or "", uow.local(n.at)) for n in notes if n.kind in ATTENDANCE]
    )


def suspended_now(uow: UnitOfWork) -> set[str]:
    """Return who is off work now, whenever that was said: such notes are few."""
    said = select(CommissionNote).where(CommissionNote.kind.in_(("suspend", "resume")))
    return people_suspended(uow.session.scalars(said.order_by(CommissionNote.at)))


def people_suspended(notes: Iterable[CommissionNote]) -> set[str]:
    """Return who is off work by these notes: suspended by the chair and not taken back."""
    return rules.suspended(
        [(n.kind, n.person_id) for n in notes if n.person_id and n.kind in ("suspend", "resume")]
    )


def notes_of(uow: UnitOfWork, exam: Exam, works: list[Booklet]) -> list[CommissionNote]:
    """Return what the commission noted for one exam."""
    # An incident without a work belongs to the exam whose works lie on the tables: transcription
    # may go on for days, until the next Braille exam.
    following = uow.session.scalar(
        select(func.min(Exam.date))
        .join(Booklet, Booklet.exam_id == Exam.id)
        .where(Booklet.medium == Medium.BRAILLE, Exam.date > exam.date)
    )
    return [n for n in notes_since(uow, exam.date, works, following) if n.kind != "pages"]


def notes_since(
    uow: UnitOfWork,
    day: dt.date,
    works: Iterable[Booklet],
    until: dt.date | None = None,
) -> list[CommissionNote]:
    """Return the notes on these works, and those on no work from this day on, before the day `until`."""
    of_days = CommissionNote.booklet_id.is_(None) & (CommissionNote.at >= _midnight(uow, day))
    if until is not None:
        of_days &= CommissionNote.at < _midnight(uow, until)
    wanted = CommissionNote.booklet_id.in_([work.id for work in works]) | of_days
    return list(
        uow.session.scalars(select(CommissionNote).where(wanted).order_by(CommissionNote.at))
    )


def _midnight(uow: UnitOfWork, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), uow.zone)


def translators(uow: UnitOfWork) -> list[Person]:
    """Return everybody of the commission who may transcribe, by name."""
    holders = sites.holders(
        uow, (Role.BRAILLE_TRANSCRIBER, Role.BRAILLE_CHAIR, Role.BRAILLE_DEPUTY)
    )
    return sorted(
        uow.session.scalars(
            select(Person).where(Person.id.in_(holders), Person.disabled.is_(False))
        ),
        key=lambda person: person.name,
    )


def statements(uow: UnitOfWork, booklet_id: str) -> list[CommissionNote]:
    """Return every statement of the pages of a work, oldest first; the last one counts."""
    return list(
        uow.session.scalars(
            select(CommissionNote)
            .where(CommissionNote.kind == "pages", CommissionNote.booklet_id == booklet_id)
            .order_by(CommissionNote.at)
        )
    )


@dataclass(frozen=True)
class Statement:
    """What was stated last of the pages of a work."""

    leaves: list[Leaf]
    reason: str
    counts: dict[str, int]
    """Sheets, sides and kinds of things as they were counted by hand: filled in when the pages are
    stated again, as they need not be counted twice."""
    rounds: int
    """How often the pages were stated: a page that shows fewer rounds is out of date."""


def statement(uow: UnitOfWork, booklet_id: str) -> Statement:
    """Return the last statement; empty before there is one."""
    notes = statements(uow, booklet_id)
    if not notes:
        return Statement([], "", {}, 0)
    facts = notes[-1].facts
    counts = {"sheets": facts["sheets"], "sides": facts["sides"], **facts["counted"]}
    return Statement(_leaves(facts), notes[-1].text, counts, len(notes))


def _leaves(facts: Mapping[str, list[dict[str, str]]]) -> list[Leaf]:
    """Read the stored facts of a statement: the one place that knows their shape."""
    return [Leaf(row["page"], Part(row["part"]), int(row["number"])) for row in facts["pages"]]


def leaves(uow: UnitOfWork, booklet_id: str) -> list[Leaf]:
    """Return the pages of a work as they were stated last; empty before that."""
    notes = statements(uow, booklet_id)
    return _leaves(notes[-1].facts) if notes else []


def may_be_stated(booklet: Booklet) -> bool:
    """Tell whether its pages may be stated now: afterwards the order is part of what was read."""
    return booklet.state == State.SCANNED


BEFORE_SCANS = (State.REGISTERED, State.ISSUED, State.COLLECTED)
"""Nothing of the notebook has been scanned yet, so there are no pages to state."""


def check_may_be_stated(booklet: Booklet) -> None:
    """Raise Conflict while its pages cannot be stated: WrongStep before there are scans."""
    if booklet.state in BEFORE_SCANS:
        raise wrong_step(State(booklet.state), Medium(booklet.medium), booklet.id)
    if not may_be_stated(booklet):
        raise Conflict(
            N_("The pages are stated before the answers are read."),
            code="wrong-step",
            params={"booklet": booklet.id},
            advice=N_("If an answer was left out, reopen the work: it is then read anew."),
        )


def asked(uow: UnitOfWork, booklet_id: str) -> str:
    """Return who was asked to describe the scans of a work; "" for nobody.

    The last request counts, until the pages are stated.
    """
    return _asked(uow, [booklet_id]).get(booklet_id, "")


def _asked(uow: UnitOfWork, ids: Collection[str]) -> dict[str, str]:
    """Return booklet id → who was asked; one query for any number of works."""
    notes = uow.session.scalars(
        select(CommissionNote)
        .where(CommissionNote.kind.in_(("ask", "pages")), CommissionNote.booklet_id.in_(ids))
        .order_by(CommissionNote.at)
    )
    last = {note.booklet_id or "": note for note in notes}
    return {key: note.person_id or "" for key, note in last.items() if note.kind == "ask"}


def to_describe(uow: UnitOfWork) -> list[Booklet]:
    """Return the works whose scans the actor was asked to describe, in the order in which they came."""
    me = uow.actor.person_id
    mine = select(CommissionNote.booklet_id).where(
        CommissionNote.person_id == me, CommissionNote.kind == "ask"
    )
    # By the own notes, which are few: of works that wait there may be thousands.
    asked = list(uow.session.scalars(mine.distinct()))
    scanned = (
        select(Booklet)
        .where(Booklet.id.in_(asked), Booklet.state == State.SCANNED, uow.written_here)
        .order_by(Booklet.since)
        .limit(uow.at_once)
        .options(selectinload(Booklet.exam), selectinload(Booklet.seat).selectinload(Seat.room))
    )
    works = list(uow.session.scalars(scanned)) if me and asked else []
    told = _asked(uow, [work.id for work in works])
    return [work for work in works if told.get(work.id) == me]


def needed(uow: UnitOfWork, works: list[Booklet]) -> int:
    """Return how many translators so many works need, by the rules of their exam day."""
    day = works[0].exam.date if works else uow.today()
    return rules.size_needed(len(works), in_force.on(uow, day).number("works_per_translator"))
