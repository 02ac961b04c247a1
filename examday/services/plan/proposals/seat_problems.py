"""What can be wrong with a row of the seating file."""

from examday.domain.custody.lifecycle import State
from examday.domain.messages import N_
from examday.domain.plan.rows import Problem
from examday.services.plan.file_columns import spoken
from examday.storage.tables import Booklet

NO_EXAM = Problem("", N_("There is no such exam in the plan; import the exams first."))
"""No exam is made up from a seating row: it says neither kind nor hour."""
NO_CANDIDATE = Problem(
    "Код участника",
    N_("There is no such candidate in the plan; import the candidates first."),
)
"""No candidate is made up from a seating row: it says no needs, and by those the rooms are
checked."""
TAKEN_IN_PLAN = Problem("Место", N_("The place is taken by another candidate of the plan."))
"""By somebody who need not stand in this file: a table of one room is brought in alone."""
HOUR_UNKNOWN = Problem(
    "Место",
    N_(
        "The place is taken at another exam of this day, and of one of the two it is not recorded when it "
        "starts: enter the start of both exams first."
    ),
)
"""Neither taken nor free: only the hours would tell."""
NUMBER_IN_PLAN = Problem(
    "Номер бланка",
    N_("The form number belongs to another work: two kits with one number must never exist."),
)
"""The form number is what links a copy to its work: with one number twice, answers would be counted
for somebody else."""


def no_room(number: str) -> Problem:
    """The room is not in the plan."""
    missing = N_("There is no room %(room)s in the plan; import the rooms first.")
    return Problem("Аудитория", missing, {"room": number})


def kit_is_named(kit: Booklet) -> Problem:
    """The row would do away with a kit that is on record."""
    stays = N_(
        "Scans, the custody journal or other records name the kit of this candidate: it stays in the plan. Write "
        "«%(medium)s» in this row. That the candidate writes on the standard form is entered on the page of the work, "
        "once the kit is issued."
    )
    return Problem("Вид работы", stays, {"medium": spoken()["medium"][kit.medium]})


def kit_stays(kit: Booklet) -> Problem:
    """Note that a kit stays which the needs no longer ask for, and what later rows of it must say."""
    stays = N_(
        "Something on record is about the kit, so it stays in the plan. In tables of seats write «%(medium)s» under "
        "«Вид работы»."
    )
    return Problem("Условия", stays, {"medium": spoken()["medium"][kit.medium]})


def taken(line: int) -> Problem:
    """The place is taken by an earlier row of the file; `line` 0 stands for the plan."""
    if not line:
        return TAKEN_IN_PLAN
    by_row = N_("The place is taken by the candidate in line %(line)s.")
    return Problem("Место", by_row, {"line": line})


def number_twice(line: int) -> Problem:
    """An earlier row of the file gives the same form number."""
    twice = N_(
        "The form number stands in line %(line)s already: two kits with one number must never exist."
    )
    return Problem("Номер бланка", twice, {"line": line})


def too_late(booklet: Booklet | None, changed: tuple[str, ...]) -> list[Problem]:
    """Refuse changes once the kit is issued."""
    # The issued kit carries room, place and number in print; the plan must not say otherwise.
    if booklet is None or not changed or booklet.state == State.REGISTERED:
        return []
    return [Problem("", why_fixed(booklet))]


def why_fixed(booklet: Booklet) -> str:
    """Say why nothing of a seat is changed any more."""
    if booklet.state == State.ABSENT:
        return N_(
            "It is recorded that this candidate did not come. Take that back first, on the page of the work."
        )
    if booklet.state == State.SPOILED:
        return N_("A kit of this candidate was spoiled: its papers are kept, and so is the place.")
    return N_("The kit of this candidate is issued: place, form of answers and number stand.")
