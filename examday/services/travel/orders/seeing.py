"""An order at the station as its page needs it: looked at whole, and nothing is changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.domain.people.roles import Actor
from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import RULES, TRANSFER
from examday.services.appeals.order.hands import Hands, hands
from examday.services.plan.tables.sets import Found
from examday.services.rules.looking import Outlook
from examday.services.travel.orders import again, obeying, plan, rules
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet


@dataclass(frozen=True)
class Seen:
    """What an order would do here."""

    order: obeying.Order
    work: again.Outlook | None = None
    hands: Hands | None = None
    """Who may transfer the work again: an order that nobody could carry out is noticed here."""
    tables: Sequence[Found] = ()
    wrong: int = 0
    lost: int = 0
    """Rows that are wrong here, and rows that would take something away: both need a person's look
    before the yes."""
    report: str = ""
    """What the tables would do, as a digest: the yes is to this report and to no other."""
    rules: Outlook | None = None


def look(store: Store, actor: Actor, letter: Letter) -> Seen:
    """Say what the order would do; nothing does. Errors: those of `obeying.read` and `again.look`."""
    with store.read(actor) as uow:
        order = obeying.read(uow, letter)
        if order.kind == TRANSFER:
            seen = again.look(uow, order) if order.new else None
            if seen is None:
                return Seen(order)
            booklet = uow.get(Booklet, seen.work.booklet)
            return Seen(order, work=seen, hands=hands(uow, booklet, seen.work.version))
        if order.kind == RULES and order.new:
            return Seen(order, rules=rules.look(uow, order))
    if not order.new:
        return Seen(order)
    found = plan.look(store, actor, order)
    wrong, lost = plan.verdict(found)
    return Seen(order, tables=found, wrong=wrong, lost=lost, report=plan.report(found))
