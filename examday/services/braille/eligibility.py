"""Eligibility: who may transcribe a Braille work, given out by the chair or taken."""

from collections.abc import Iterable

from sqlalchemy import select

from examday.domain.braille import commission as rules
from examday.domain.braille.commission import Translator, Work
from examday.domain.transfer.duties import ARBITER, FIRST, SECOND
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Person
from examday.storage.tables_braille import CommissionNote

TRANSCRIBING = (FIRST, SECOND, ARBITER)
"""Parts that decide what stands in the notebook; the rule of distribution is about these alone."""


def people_suspended(notes: Iterable[CommissionNote]) -> set[str]:
    """Return who is off work now: the last note about a person counts."""
    off: set[str] = set()
    for note in notes:
        if note.kind == "suspend" and note.person_id:
            off.add(note.person_id)
        elif note.kind == "resume" and note.person_id:
            off.discard(note.person_id)
    return off


def translator(uow: UnitOfWork, person: Person) -> Translator:
    """Return what the records know of a person for the rule of distribution."""
    notes = uow.session.scalars(
        select(CommissionNote)
        .where(
            CommissionNote.kind.in_(("suspend", "resume")), CommissionNote.person_id == person.id
        )
        .order_by(CommissionNote.at)
    )
    facts = person.facts
    return Translator(
        person.id,
        frozenset(facts.get("schools", [])),
        frozenset(facts.get("teaches", [])),
        frozenset(facts.get("relatives", [])),
        person.id in people_suspended(notes),
    )


def work(booklet: Booklet, hands: dict[str, str]) -> Work:
    """Return what the rule of distribution must know of a work."""
    candidate = booklet.seat.candidate
    return Work(booklet.id, candidate.school_code, booklet.exam.subject, candidate.code, hands)


def check(uow: UnitOfWork, booklet: Booklet, part: str) -> None:
    """Conflict when the actor may not take this part of a Braille work.

    Suspended, a relative, a teacher of the subject or of the school. Duties that must be apart are
    checked elsewhere.
    """
    if not booklet.is_braille or part not in TRANSCRIBING or not uow.actor.person_id:
        return
    person = uow.session.get(Person, uow.actor.person_id)
    if person is not None:
        # Without hands: whether somebody has the other part is a matter of separate duties.
        rules.check_given(translator(uow, person), work(booklet, {}))
