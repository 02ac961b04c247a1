"""Single entries of the plan by hand, checked as a row of a file is checked; and taking entries
out."""

from collections.abc import Mapping

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.plan.rows import Answers, ParsedRow, Problem, parse
from examday.services.custody.booklets import require
from examday.services.plan import files
from examday.services.plan.booklets import kit_name, live_booklets
from examday.services.plan.file_columns import file_kinds
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Duty, Seat


class RowProblems(Invalid):
    """The entry has faults; `problems` names each with its column."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__()
        self.problems = problems


def enter(uow: UnitOfWork, kind: str, cells: Mapping[str, str], take_away: bool = False) -> str:
    """Add or change one entry from cells by column key. Returns «new», «changed» or «same»;
    RowProblems otherwise, also while what it takes away was not confirmed."""
    require(uow, files.permission(kind))
    uow.queue("plan")
    titles = {column.key: column.title for column in file_kinds()[kind].columns}
    given = {key: text for key, text in cells.items() if key in titles}
    parsed = parse(
        file_kinds()[kind],
        [titles[key] for key in given],
        [(1, list(given.values()))],
        Answers(sure=True),
    )
    if parsed.missing or not parsed.rows:
        raise RowProblems(
            tuple(Problem(title, N_("The cell is empty.")) for title in parsed.missing)
        )
    row: ParsedRow = parsed.rows[0]
    if not row.good:
        raise RowProblems(row.problems)
    report = files.examine(uow, parsed, take_away)
    proposal = report.rows[0]
    if not report.good:
        raise RowProblems(proposal.problems)
    files.apply(uow, report.rows)
    if report.changes:
        uow.record(
            Event.PLAN_EDIT, f"plan:{kind}", what=proposal.what, fields=list(proposal.changed)
        )
    return proposal.what


def seat_to_remove(uow: UnitOfWork, seat_id: str) -> dict[str, str]:
    """What would be gone with a seat, in the words of the files."""
    require(uow, "plan.edit")
    seat = uow.get(Seat, seat_id)
    booklet = live_booklets(uow).get(seat.id)
    return {
        "id": seat.id,
        "candidate": seat.candidate.code,
        "subject": seat.exam.subject,
        "place": f"{seat.room.number} · {seat.place}",
        "kit": kit_name(booklet) if booklet else "",
    }


def remove_seat(uow: UnitOfWork, seat_id: str) -> None:
    """Take a candidate out of an exam, while no kit has been issued."""
    require(uow, "plan.edit")
    uow.queue("plan")
    seat = uow.hold(Seat, seat_id)
    booklet = live_booklets(uow).get(seat.id)
    if booklet is not None and booklet.state != State.REGISTERED:
        raise Conflict(
            N_("The kit of this candidate is issued: place, form of answers and number stand."),
            advice=N_("What happened to the kit is recorded with the papers, not in the plan."),
        )
    if (
        booklet is not None
    ):  # of somebody who issues the kit right now and us one is told: the row has a version
        uow.session.delete(booklet)
        uow.session.flush()
    uow.session.delete(seat)
    uow.record(Event.PLAN_REMOVE, f"seat:{seat.id}", exam=seat.exam_id)


def remove_duty(uow: UnitOfWork, duty_id: str) -> None:
    """Take a duty away; the person keeps the role and everything done."""
    require(uow, "people.edit")
    duty = uow.hold(Duty, duty_id)
    uow.session.delete(duty)
    uow.record(Event.PLAN_REMOVE, f"duty:{duty.id}", exam=duty.exam_id, role=duty.role)


def set_present(uow: UnitOfWork, duty_id: str, present: bool) -> None:
    """Somebody has come to the point (or not): what the head ticks off in the morning."""
    require(uow, "plan.edit")
    duty = uow.hold(Duty, duty_id)
    if duty.present != present:
        duty.present = present
        uow.record(Event.PLAN_PRESENT, f"duty:{duty.id}", present=present)
