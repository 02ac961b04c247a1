"""How much waits for a person: one answer for the title, the reminder on each page and the queue."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice

from examday.services.braille import commission
from examday.services.transfer import offers
from examday.services.transfer.crew import staffing
from examday.services.transfer.desks import signers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet

MOST = 20
"""Works that are counted for one person. Each page and each browser asks, every fifteen seconds: it
must cost the same with twenty thousand works as with a hundred, and «20+» says «more than today»."""


LOOKED_AT = 100
"""Works of a kind that are looked at where hardly one of them is for this person: the queue itself
looks at more."""


@dataclass(frozen=True)
class Number:
    """How many works wait, as it is shown: at most `MOST`, and whether there are more."""

    works: int
    more: bool = False

    def __str__(self) -> str:
        return f"{self.works}+" if self.more else str(self.works)

    def __bool__(self) -> bool:
        return self.works > 0


def to_describe(uow: UnitOfWork) -> list[Booklet]:
    """Return the Braille works whose scans a colleague asked the actor to describe."""
    return commission.to_describe(uow) if uow.actor.may("braille.desk") else []


def count_waiting(uow: UnitOfWork) -> Number:
    """Return how many works wait for the actor: parts begun or free, scans to describe, signatures."""
    return _number(chain.from_iterable(_kinds(uow)))


def count_to_sign(uow: UnitOfWork) -> Number:
    """Return how many works wait for the actor's signature."""
    return _number(_to_sign(uow))


def _kinds(uow: UnitOfWork) -> Iterator[Iterable[object]]:
    """Yield what waits, kind by kind: one that is not come to is not asked for."""
    yield _to_sign(uow)
    crew_of = cache(staffing.crew)
    for kind in offers.KINDS:
        yield offers.in_turn(uow, kind, MOST + 1, crew_of, LOOKED_AT)
    yield to_describe(uow)


def _to_sign(uow: UnitOfWork) -> Iterable[Booklet]:
    return signers.in_turn(uow, uow.actor, MOST + 1) if uow.actor.may("sign") else ()


def _number(waiting: Iterable[object]) -> Number:
    found = sum(1 for _one in islice(waiting, MOST + 1))
    return Number(min(found, MOST), found > MOST)
