"""Which function judges the rows of which kind of table."""

from collections.abc import Callable, Iterable, Iterator

from examday.domain.plan.rows import ParsedRow
from examday.services.plan.proposals.candidates import candidates
from examday.services.plan.proposals.exams import exams
from examday.services.plan.proposals.proposal import Proposal
from examday.services.plan.proposals.rooms import rooms
from examday.services.plan.proposals.seats import seating
from examday.services.plan.proposals.staff import staff
from examday.services.unit_of_work import UnitOfWork

PROPOSERS: dict[str, Callable[[UnitOfWork, Iterable[ParsedRow]], Iterator[Proposal]]] = {
    "exams": exams,
    "rooms": rooms,
    "candidates": candidates,
    "seating": seating,
    "staff": staff,
}
"""Kind of a table (`domain.plan.columns.KINDS`) → judge of its rows: each kind knows what its
changes would break."""
