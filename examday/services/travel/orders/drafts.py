"""An order as its writer at the centre sees it: what it would say, before it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from examday.domain.errors import DomainError
from examday.domain.people.roles import Actor
from examday.domain.plan.rows import Answers
from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import PLAN, RULES, TRANSFER
from examday.services.plan.tables import parts
from examday.services.rules import looking
from examday.services.travel.orders import finding, ordering, ordering_plan, ordering_rules, plan
from examday.services.unit_of_work import Store, UnitOfWork


@dataclass(frozen=True)
class Wish:
    """What somebody wants to order."""

    kind: str
    work: str = ""
    """Form code or id of the work that is to be transferred again: people have the one, pages the
    other."""
    reason: str = ""
    station: str = ""
    tables: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    """A rule set, as TOML: signed as text, since parsed and written anew it would be other
    bytes."""


@dataclass(frozen=True)
class Table:
    """One table of an order, as far as the centre can read it."""

    name: str
    kind: str
    rows: int
    trouble: DomainError | None
    """None where the table was read whole: half a table is not sent."""


@dataclass(frozen=True)
class Draft:
    """What would be written. Whether it fits the plan of the point is seen there."""

    letter: Letter
    tables: Sequence[Table] = ()
    rules: looking.Outlook | None = None

    @property
    def wrong(self) -> bool:
        """A table that nobody can read, or rules that stand against works here: it is not written."""
        return any(one.trouble for one in self.tables) or bool(self.rules and self.rules.begun)


class _Undone(Exception):
    """Ends a transaction that only looked."""


def look(store: Store, actor: Actor, wish: Wish) -> Draft:
    """Say what the order would say; nothing is written. Errors: those of `write`."""
    site, work = _where(store, wish)
    seen = list[Letter]()
    try:
        with store.at(site).begin(actor) as uow:
            seen.append(_letter(uow, wish, work))
            raise _Undone
    except _Undone:
        pass
    (letter,) = seen
    if wish.kind == RULES:
        with store.read(actor) as uow:
            return Draft(letter, rules=looking.look(uow, wish.text))
    return Draft(letter, _tables(store, letter) if wish.kind == PLAN else ())


def write(store: Store, actor: Actor, wish: Wish) -> Letter:
    """Write the order: its letter. NotFound; errors of `ordering.order_transfer`,
    `ordering_plan.order_plan` and `rules.order`.
    """
    if wish.kind == RULES:
        return ordering_rules.order(store, actor, wish.station, wish.text)
    site, work = _where(store, wish)
    with store.at(site).begin(actor) as uow:
        return _letter(uow, wish, work)


def _where(store: Store, wish: Wish) -> tuple[str, str]:
    """The point, and the work that is meant."""
    with store.read() as uow:
        if wish.kind == TRANSFER:
            return finding.work_with(uow, wish.work)
        return finding.point_of(uow, wish.station), ""


def _letter(uow: UnitOfWork, wish: Wish, work: str) -> Letter:
    if wish.kind == TRANSFER:
        return ordering.order_transfer(uow, work, wish.reason)
    if wish.kind == RULES:
        return ordering_rules.letter(uow, wish.station, wish.text)
    return ordering_plan.order_plan(uow, wish.station, wish.tables)


def _tables(store: Store, letter: Letter) -> list[Table]:
    with plan.laid_out(store, letter) as found:
        return [_table(one) for one in found]


def _table(part: parts.Part) -> Table:
    read = part.trouble or parts.read(part, Answers())
    if isinstance(read, DomainError):
        return Table(part.file, part.kind, 0, read)
    return Table(part.file, part.kind, len(read.rows), None)
