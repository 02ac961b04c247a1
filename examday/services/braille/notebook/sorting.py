"""The scanned pages of a Braille work: what was stated of each, what is proposed, what is odd."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.domain.braille.notebook import Leaf, Look, Oddity, Pile, oddities, propose
from examday.domain.custody.counts import Counts
from examday.domain.custody.lifecycle import State
from examday.services.braille import commission
from examday.services.braille.keyins import check_sees, keyed
from examday.services.braille.notebook.counting import sheets_expected
from examday.services.braille.notebook.looks import looks_of
from examday.services.scans.page_images import DeskPage, desk_page
from examday.services.scans.pictures import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


@dataclass(frozen=True)
class Sorting:
    """The pages of a work in scan order, what the machine says of each without its reading, what
    was stated last and what is proposed. `counts`: sheets, sides and things as counted last; `rounds`: how often the pages were
    stated; `expected`: notebooks and extra sheets by the journal; `late`: a key-in is there already, a change needs a reason.
    """

    booklet: Booklet
    pages: list[DeskPage]
    looks: list[Look]
    stated: dict[str, Leaf]
    proposed: dict[str, Leaf]
    reason: str
    counts: dict[str, int]
    rounds: int
    expected: Counts
    late: bool

    @property
    def open(self) -> bool:
        """May they be stated now? Afterwards the order is part of what was read."""
        return self.booklet.state == State.SCANNED

    def oddities(self, leaves: Sequence[Leaf], pile: Pile, counted: Counts) -> list[Oddity]:
        """What does not add up in a statement."""
        return list(oddities(leaves, self.looks, pile, self.expected, counted))


def sorting(uow: UnitOfWork, booklet_id: str) -> Sorting:
    """The pages for whoever transcribes the work, and for the chair; NotFound for everybody else."""
    return sorting_of(uow, uow.get(Booklet, booklet_id))


def sorting_of(uow: UnitOfWork, booklet: Booklet) -> Sorting:
    """As `sorting`, of a work that is loaded already."""
    check_sees(uow, booklet)
    pages = [desk_page(page) for page in pages_of(uow, booklet, "original")]
    statement = commission.statement(uow, booklet.id)
    looks = looks_of(uow, booklet, pages)
    return Sorting(
        booklet=booklet,
        pages=pages,
        looks=looks,
        stated={leaf.page: leaf for leaf in statement.leaves},
        proposed=propose(looks),
        reason=statement.reason,
        counts=statement.counts,
        rounds=statement.rounds,
        expected=sheets_expected(uow, booklet),
        late=bool(statement.rounds) and keyed(uow, booklet),
    )
