"""The works of the tiflo-translator commission in numbers."""

from sqlalchemy import func, select

from examday.domain.braille import commission as rules
from examday.domain.custody.lifecycle import State
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.scans.pages import PageState
from examday.services.printing.words import ru
from examday.services.rules import in_force
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, EventRow, Exam, Page


def figures(
    uow: UnitOfWork,
    exam: Exam,
    works: list[Booklet],
    hands: dict[str, dict[str, str]],
) -> list[list[str]]:
    """Count the works at each step, and what hindered them: name and number.

    `hands`: id of a work → part → person who does it.
    """
    state = rules.progress((State(one.state), len(hands[one.id])) for one in works)
    rows = [
        *_steps(state),
        (N_("Given back by translators"), _given_back(uow, works)),
        (N_("Scanned pages rejected"), _pages_rejected(uow, works)),
        (N_("Translators needed for these works"), _needed(exam, state.planned)),
    ]
    return [[ru(name), str(number)] for name, number in rows]


def _given_back(uow: UnitOfWork, works: list[Booklet]) -> int:
    # From the ledger: a part that was given back leaves no assignment.
    subjects = [f"booklet:{one.id}" for one in works]
    there = EventRow.kind == Event.PART_RELEASE, EventRow.subject.in_(subjects)
    return uow.count(select(func.count()).select_from(EventRow).where(*there))


def _pages_rejected(uow: UnitOfWork, works: list[Booklet]) -> int:
    there = Page.booklet_id.in_([one.id for one in works]), Page.state == PageState.REJECTED
    return uow.count(select(func.count()).select_from(Page).where(*there))


def _steps(state: rules.Progress) -> list[tuple[str, int]]:
    """The way of the works through the commission, step by step."""
    return [
        (N_("Braille works of the exam"), state.planned),
        (N_("Received by the commission"), state.received),
        (N_("Given out to translators"), state.given_out),
        (N_("Read by both translators"), state.read),
        (N_("Differences settled"), state.settled),
        (N_("«Копия верна» signed"), state.done),
        (N_("Works handed over to the processing centre"), state.handed_over),
        (N_("Received, not finished yet"), state.waiting),
    ]


def _needed(exam: Exam, works: int) -> int:
    """Translators that the rules ask for so many works."""
    return rules.size_needed(works, in_force.for_exam(exam).number("works_per_translator"))
