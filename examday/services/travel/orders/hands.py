"""Who transfers a work again at its point: two people who had no part before."""

from sqlalchemy import select

from examday.domain.appeals.reprocessing import check_hands
from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.appeals.order.first_hands import first_hands
from examday.services.appeals.order.hands import give, may_transfer
from examday.services.custody import papers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Person


def begin(
    uow: UnitOfWork,
    booklet: Booklet,
    transferrer: str,
    second_reader: str,
) -> None:
    """Give the new version to these two, with forms of its own."""
    papers.new_forms(uow, booklet)
    give(uow, booklet, transferrer, second_reader)


def able(
    uow: UnitOfWork,
    booklet_id: str,
    version: int,
) -> list[tuple[str, str]]:
    """Id and name of those who may transfer it again: no hands of the version in dispute or before."""
    first = first_hands(uow, booklet_id, version + 1)
    everybody = uow.session.scalars(select(Person).order_by(Person.name))
    return [(one.id, one.name) for one in everybody if may_transfer(one) and one.id not in first]


def require(
    uow: UnitOfWork,
    booklet: Booklet,
    transferrer: str,
    second_reader: str,
) -> None:
    """Conflict for one person twice or without the roles; SamePerson for a hand of before."""
    if transferrer == second_reader:
        raise Conflict(
            N_("Transferrer and second reader are two people."),
            code="two-people",
            advice=N_("Name another second reader."),
        )
    first = first_hands(uow, booklet.id, booklet.version + 1)
    for key in (transferrer, second_reader):
        if not may_transfer(uow.get(Person, key)):
            raise Conflict(
                N_("This person's roles do not allow to transfer works."),
                code="role",
                advice=N_("Name an organiser, an assistant or a tiflo-translator."),
            )
        check_hands(key, first)
