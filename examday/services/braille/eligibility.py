"""Eligibility: who may transcribe a Braille work, given out by the chair or taken."""

from collections.abc import Iterable

from examday.domain.braille import commission as rules
from examday.domain.braille.commission import Translator, Work
from examday.domain.errors import Forbidden
from examday.domain.messages import N_
from examday.domain.transfer.duties import ARBITER, FIRST, SECOND
from examday.services.braille import commission
from examday.services.people.directory import acting
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Person

READS = "braille.desk"
"""Row of the permission matrix: whoever reads a notebook reads Braille."""
TRANSCRIBING = (FIRST, SECOND, ARBITER)
"""Parts that decide what stands in the notebook: only these could favour somebody, so the rule of
distribution is about them."""


def translator(uow: UnitOfWork, person: Person) -> Translator:
    """Return what the records know of a person for the rule of distribution."""
    return translators(uow, [person])[person.id]


def translators(uow: UnitOfWork, people: Iterable[Person]) -> dict[str, Translator]:
    """Return what the records know of these people; one query for any number."""
    off = commission.suspended_now(uow)
    return {
        person.id: Translator(
            person.id,
            frozenset(person.facts.get("schools", [])),
            frozenset(person.facts.get("teaches", [])),
            frozenset(person.facts.get("relatives", [])),
            person.id in off,
        )
        for person in people
    }


def work(booklet: Booklet, hands: dict[str, str]) -> Work:
    """Return what the rule of distribution must know of a work."""
    candidate = booklet.seat.candidate
    return Work(booklet.id, candidate.school_code, booklet.exam.subject, candidate.code, hands)


def check(uow: UnitOfWork, booklet: Booklet, part: str, known: Translator | None = None) -> None:
    """Conflict when the actor may not take this part of a Braille work; Forbidden for whoever reads
    no Braille.

    Suspended, a relative, a teacher of the subject or of the school. Duties that must be apart are
    checked elsewhere. `known`: the actor, where the records were read already.
    """
    if not booklet.is_braille or part not in TRANSCRIBING or not uow.actor.person_id:
        return
    may_read = uow.actor.is_program or uow.actor.may(READS)
    actor = known or translator(uow, uow.get(Person, uow.actor.person_id))
    _check(booklet, may_read, actor)


def check_named(uow: UnitOfWork, booklet: Booklet, person: Person) -> None:
    """As `check`, for somebody whom another person names to read this work."""
    if booklet.is_braille:
        _check(booklet, acting(uow, person).may(READS), translator(uow, person))


def _check(booklet: Booklet, may_read: bool, person: Translator) -> None:
    # Said before the work is taken: the desk itself would only answer that it is not for them.
    if not may_read:
        raise Forbidden(
            N_("Braille works are read and settled by tiflo-translators."),
            code="reads-no-braille",
            advice=N_("Leave it to the commission of tiflo-translators."),
        )
    # Without hands: whether somebody has the other part is a matter of separate duties.
    rules.check_given(person, work(booklet, {}))
