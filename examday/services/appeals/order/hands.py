"""Other hands: who may be named for the second transfer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from examday.domain.appeals.reprocessing import check_hands
from examday.domain.errors import Conflict, DomainError, Invalid
from examday.domain.messages import N_
from examday.domain.people.roles import may
from examday.domain.transfer.signing import check_may_copy
from examday.services.appeals.order.first_hands import first_hands
from examday.services.braille import eligibility
from examday.services.people.directory import acting
from examday.services.rules import in_force
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet, Person


def may_transfer(uow: UnitOfWork, person: Person) -> bool:
    """Tell whether the person's roles allow both key-in and copying."""
    roles = acting(uow, person).roles
    return not person.disabled and may(roles, "keyin.enter") and may(roles, "copy.write")


@dataclass(frozen=True)
class Hands:
    """People for the second transfer, by name."""

    copiers: list[Person]
    """Who may sign for the copy too: copying without the right to sign would leave it unsigned."""
    readers: list[Person]
    barred: list[tuple[Person, list[str]]]
    """Whom their part in the first transfer bars, with those parts; shown, so that nobody looks for
    them in the lists."""
    known: bool
    """The records name hands of the first transfer. Where they name nobody, that bars nobody and
    clears nobody: both are asked."""


def hands(uow: UnitOfWork, booklet: Booklet, version: int) -> Hands:
    """Return everybody who may transfer the work again, by name; `version` is the one in dispute."""
    first = first_hands(uow, booklet.id, version + 1)
    able = sorted(
        (person for person in uow.session.scalars(select(Person)) if may_transfer(uow, person)),
        key=lambda person: person.name,
    )
    free = [person for person in able if person.id not in first]
    readers = [one for one in free if _passes(partial(eligibility.check_named, uow, booklet, one))]
    return Hands(
        [one for one in readers if _passes(partial(_check_may_copy, uow, booklet, one))],
        readers,
        [(person, first[person.id]) for person in able if person.id in first],
        bool(first),
    )


def _passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except DomainError:
        return False
    return True


def _check_may_copy(uow: UnitOfWork, booklet: Booklet, person: Person) -> None:
    """Forbidden when the person could not sign for a copy of this work, by the rules of its day."""
    check_may_copy(
        in_force.for_exam(booklet.exam).signers(booklet.medium), acting(uow, person).roles
    )


def give(
    uow: UnitOfWork,
    booklet: Booklet,
    transferrer: str,
    second_reader: str,
) -> None:
    """Give out the parts of the present version."""
    # The copier reads first: who copies has to know the work, and the second reader stays
    # independent.
    parts = (("copier", transferrer), ("first", transferrer), ("second", second_reader))
    for part, person_id in parts:
        uow.add(
            Assignment(
                booklet_id=booklet.id,
                version=booklet.version,
                part=part,
                person_id=person_id,
                at=uow.now(),
            )
        )


def check_named(
    uow: UnitOfWork,
    booklet: Booklet,
    transferrer: str,
    second_reader: str,
    asked: bool,
) -> None:
    """Refuse two people who may not transfer the work again.

    Invalid when one is missing; Conflict for one person twice, without the roles, or whom the rule
    of distribution keeps from a Braille work; Forbidden for a copier who could not sign, and for
    whoever reads no Braille; SamePerson for a hand of an earlier version. `asked`: both said that they had no part in the first transfer,
    which counts where no record tells.
    """
    if not transferrer or not second_reader:
        raise Invalid(
            N_("Two people are wanted: one transfers, the other reads a second time."),
            code="two-people",
            field="second_reader" if transferrer else "transferrer",
            advice=N_("Choose both from the lists."),
        )
    if transferrer == second_reader:
        raise Conflict(
            N_("Transferrer and second reader are two people."),
            code="two-people",
            field="second_reader",
            advice=N_("Name another second reader."),
        )
    first = first_hands(uow, booklet.id, booklet.version + 1)
    if not first and not asked:
        raise Conflict(
            N_("No record says who transferred this work first."),
            code="hands-unknown",
            field="asked",
            advice=N_("Ask both people whether they took part, and say that you did."),
        )
    for key in (transferrer, second_reader):
        # First: whoever transferred it at the point has no account here, and that is not the reason.
        check_hands(key, first)
        person = uow.get(Person, key)
        if not may_transfer(uow, person):
            raise Conflict(
                N_("This person's roles do not allow to transfer works."),
                code="role",
                advice=N_("Name an organiser, an assistant or a tiflo-translator."),
            )
        eligibility.check_named(uow, booklet, person)
    _check_may_copy(uow, booklet, uow.get(Person, transferrer))
