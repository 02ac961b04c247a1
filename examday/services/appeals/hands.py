"""Other hands: who took part in the first transfer, and who may be named for the second."""

from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals.reprocessing import check_hands
from examday.domain.errors import Conflict, Forbidden, Invalid
from examday.domain.messages import N_
from examday.domain.people.roles import Role, may
from examday.domain.rules.ruleset import SLOT_NAMES
from examday.domain.transfer.duties import PART_NAMES
from examday.domain.transfer.readings import PART_OF_SOURCE
from examday.domain.transfer.signing import check_may_copy
from examday.services.appeals.cases import rules_of
from examday.services.people.directory import actor_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Person, Reading, Signoff
from examday.storage.tables_appeal import Appeal


def first_hands(uow: UnitOfWork, booklet_id: str, before_version: int) -> dict[str, list[str]]:
    """Everybody who took any part in the transfer versions before `before_version`, with the names
    of their parts."""
    found: dict[str, list[str]] = {}
    for model, column, names in (
        (Assignment, Assignment.part, PART_NAMES),
        (Reading, Reading.source, {s: PART_NAMES[p] for s, p in PART_OF_SOURCE.items()}),
        (Signoff, Signoff.slot, SLOT_NAMES),
    ):
        query = select(model.person_id, column).where(
            model.booklet_id == booklet_id, model.version < before_version
        )
        for person, part in uow.session.execute(query.order_by(model.at)):
            if person and part in names and names[part] not in found.setdefault(person, []):
                found[person].append(names[part])
    return found


def may_transfer(person: Person) -> bool:
    """Do the person's roles allow both key-in and copying?"""
    roles = [Role(row.role) for row in person.roles]
    return not person.disabled and may(roles, "keyin.enter") and may(roles, "copy.write")


@dataclass(frozen=True)
class Hands:
    """Who may be named for the second transfer: `copiers` (they may sign for the copy too) and
    `readers`; `barred`: who may not because of their parts in the first, though their roles would
    allow it."""

    copiers: list[Person]
    readers: list[Person]
    barred: list[tuple[Person, list[str]]]


def hands(uow: UnitOfWork, appeal: Appeal) -> Hands:
    """Everybody whose roles allow a transfer, by name; the barred with the parts they had."""
    first = first_hands(uow, appeal.booklet_id, appeal.version + 1)
    able = sorted(
        filter(may_transfer, uow.session.scalars(select(Person))), key=lambda person: person.name
    )
    free = [person for person in able if person.id not in first]
    return Hands(
        [person for person in free if _may_sign(appeal, person)],
        free,
        [(person, first[person.id]) for person in able if person.id in first],
    )


def _may_sign(appeal: Appeal, person: Person) -> bool:
    """Could the person sign «Копия верна» for a copy of this work, by the rules of its exam date?"""
    try:
        _check_may_copy(appeal, person)
    except Forbidden:
        return False
    return True


def _check_may_copy(appeal: Appeal, person: Person) -> None:
    signers = rules_of(appeal).signers(appeal.booklet.medium)
    check_may_copy(signers, actor_of(person).roles)


def check_named(uow: UnitOfWork, appeal: Appeal, transferrer: str, second_reader: str) -> None:
    """Conflict, Invalid or Forbidden when these two may not transfer the work again: two people,
    both with the roles for it, neither of whom touched an earlier version."""
    if not transferrer or not second_reader:
        raise Invalid(
            N_("Two people are wanted: one transfers, the other reads a second time."),
            code="two-people",
            advice=N_("Choose both from the lists."),
        )
    if transferrer == second_reader:
        raise Conflict(
            N_("Transferrer and second reader are two people."),
            code="two-people",
            advice=N_("Name another second reader."),
        )
    _check_may_copy(appeal, uow.get(Person, transferrer))
    first = first_hands(uow, appeal.booklet_id, appeal.booklet.version + 1)
    for person in (transferrer, second_reader):
        if not may_transfer(uow.get(Person, person)):
            raise Conflict(
                N_("This person's roles do not allow to transfer works."),
                code="role",
                advice=N_("Name an organiser, an assistant or a tiflo-translator."),
            )
        check_hands(person, first)
