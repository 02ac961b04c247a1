"""The rules of exams change by an order: looked at first, refused where works are under way."""

from examday.domain.travel.orders import rules_of
from examday.services.rules import changing, looking
from examday.services.travel.orders.obeying import Order, note
from examday.services.unit_of_work import UnitOfWork


def look(uow: UnitOfWork, order: Order) -> looking.Outlook:
    """Say what would change here; nothing does."""
    return looking.look(uow, rules_of(order.letter))


def carry_out(uow: UnitOfWork, order: Order) -> None:
    """Let the rules hold here. Errors: those of `changing.bring_in`."""
    changing.bring_in(uow, rules_of(order.letter))
    note(uow, order, f"centre:{order.letter['station']}")
