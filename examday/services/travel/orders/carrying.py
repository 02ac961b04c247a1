"""An order at the station as its page needs it: looked at whole, and carried out after a secret."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.domain.people.roles import Actor
from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import RULES, TRANSFER
from examday.services.people import log_in
from examday.services.plan.tables import sets
from examday.services.plan.tables.sets import Found
from examday.services.rules.changing import Outlook
from examday.services.travel.orders import again, hands, obeying, plan, rules
from examday.services.unit_of_work import Store


@dataclass(frozen=True)
class Seen:
    """What an order would do here."""

    order: obeying.Order
    work: again.Outlook | None = None
    people: Sequence[tuple[str, str]] = ()
    """Id and name of those who may transfer the work again."""
    tables: Sequence[Found] = ()
    wrong: int = 0
    lost: int = 0
    """Rows that are wrong here, and rows that would take something away."""
    report: str = ""
    """What the tables would do, as a digest: the yes is to this report and to no other."""
    rules: Outlook | None = None


def look(store: Store, actor: Actor, letter: Letter) -> Seen:
    """Say what the order would do; nothing does. Errors: those of `obeying.read` and `again.look`."""
    with store.read(actor) as uow:
        order = obeying.read(uow, letter)
        if order.kind == TRANSFER:
            seen = again.look(uow, order) if order.new else None
            people = hands.able(uow, seen.work.booklet, seen.work.version) if seen else []
            return Seen(order, work=seen, people=people)
        if order.kind == RULES and order.new:
            return Seen(order, rules=rules.look(uow, order))
    if not order.new:
        return Seen(order)
    found = plan.look(store, actor, order)
    wrong, lost = plan.verdict(found)
    report = sets.fingerprint(found)
    return Seen(order, tables=found, wrong=wrong, lost=lost, report=report)


@dataclass(frozen=True)
class Yes:
    """Who says yes, with their own secret, and what else they have said."""

    person: str
    secret: str
    copier: str = ""
    reader: str = ""
    take_away: bool = False
    report: str = ""
    """What the person has seen of the tables (`Seen.report`)."""


def carry_out(
    store: Store,
    actor: Actor,
    letter: Letter,
    yes: Yes,
) -> None:
    """Carry an order out that was looked at; one that was carried out before changes nothing."""
    with store.read(actor) as uow:
        order = obeying.read(uow, letter)
    if not order.new:
        return
    if order.kind in (TRANSFER, RULES):
        with store.begin(actor) as uow:
            log_in.prove_oneself(uow, yes.person, yes.secret, log_in.Part.ACTS)
            if order.kind == RULES:
                rules.carry_out(uow, order)
            else:
                again.carry_out(uow, order, yes.copier, yes.reader)
        return
    with plan.laid_out(store, order.letter) as tables:
        said = plan.agreed(store, actor, tables, yes.take_away, yes.report)
        with store.begin(actor) as uow:
            log_in.prove_oneself(uow, yes.person, yes.secret, log_in.Part.ACTS)
            plan.carry_out(uow, order, tables, yes.take_away, said)
