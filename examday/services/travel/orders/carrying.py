"""An order that was looked at is carried out at the station after a secret."""

from dataclasses import dataclass

from examday.domain.people.roles import Actor
from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import RULES, TRANSFER
from examday.services.people import log_in
from examday.services.travel.orders import again, obeying, plan, rules
from examday.services.unit_of_work import Store


@dataclass(frozen=True)
class Yes:
    """Who says yes, with their own secret, and what else they have said."""

    person: str
    secret: str
    copier: str = ""
    reader: str = ""
    asked: bool = False
    """That both had no part in the first transfer, where no record tells."""
    take_away: bool = False
    report: str = ""
    """What the person has seen of the tables (`seeing.Seen.report`): another report needs another
    yes."""


def carry_out(
    store: Store,
    actor: Actor,
    letter: Letter,
    yes: Yes,
) -> bool:
    """Carry an order out that was looked at; False for one that was carried out before: nothing is
    changed then, and whoever was named now has no part in it.
    """
    with store.read(actor) as uow:
        order = obeying.read(uow, letter)
    if not order.new:
        return False
    if order.kind in (TRANSFER, RULES):
        with store.begin(actor) as uow:
            log_in.prove_oneself(uow, yes.person, yes.secret, log_in.Part.ACTS)
            if order.kind == RULES:
                rules.carry_out(uow, order)
            else:
                again.carry_out(uow, order, yes.copier, yes.reader, yes.asked)
        return True
    with plan.laid_out(store, order.letter) as tables:
        said = plan.agreed(store, actor, tables, yes.take_away, yes.report)
        with store.begin(actor) as uow:
            log_in.prove_oneself(uow, yes.person, yes.secret, log_in.Part.ACTS)
            plan.carry_out(uow, order, tables, yes.take_away, said)
    return True
