"""Sorting of a Braille work: what was stated of each scanned page, and what is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.domain.braille.notebook import Leaf, Look, Oddity, Pile, oddities, propose
from examday.domain.custody.counts import Counts
from examday.services.braille import commission
from examday.services.braille.keyins import check_sees, has_keyin, transcribes
from examday.services.braille.notebook import requests
from examday.services.braille.notebook.counting import sheets_expected
from examday.services.braille.notebook.looks import looks_of
from examday.services.scans.page_images import DeskPage, desk_page
from examday.services.scans.pictures import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Person


@dataclass(frozen=True)
class Sorting:
    """The scanned pages of a work, in scan order."""

    booklet: Booklet
    pages: list[DeskPage]
    looks: list[Look]
    """What the machine says of each page without telling what it read: nobody states pages with the
    answers in view."""
    stated: dict[str, Leaf]
    """As stated last, so that a second round starts from it; empty before."""
    proposed: dict[str, Leaf]
    reason: str
    """Why it was stated so though something did not add up."""
    counts: dict[str, int]
    """Sheets, sides and things as counted last, so that a second round need not count again."""
    rounds: int
    """How often the pages were stated: a page on which fewer are shown is out of date and is
    refused."""
    expected: Counts
    """Notebooks and extra sheets by the journal: a sheet that is missing in the envelope is found
    here, before its answers are."""
    late: bool
    """A key-in is there already: a change then needs a reason."""
    mine: bool
    """The actor transcribes this work; everybody else comes for the pages alone and must not see
    more."""
    asked: str
    """Name of the colleague who was asked to describe the scans, so that no second one is asked; ""
    for nobody."""
    colleagues: list[Person]
    """Who could be asked: describing pages reads nothing, so both readers may, and others that no
    rule forbids."""

    @property
    def open(self) -> bool:
        """Tell whether they may be stated now."""
        return commission.may_be_stated(self.booklet)

    def oddities(
        self,
        leaves: Sequence[Leaf],
        pile: Pile,
        counted: Counts,
    ) -> list[Oddity]:
        """Return what does not add up in a statement."""
        return list(oddities(leaves, self.looks, pile, self.expected, counted))


def sorting(uow: UnitOfWork, booklet_id: str) -> Sorting:
    """Return the pages for those who transcribe the work and for the chair.

    NotFound for everybody else.
    """
    return sorting_of(uow, uow.get(Booklet, booklet_id))


def sorting_of(uow: UnitOfWork, booklet: Booklet) -> Sorting:
    """As `sorting`, of a work that is loaded already."""
    check_sees(uow, booklet)
    pages = [desk_page(page) for page in pages_of(uow, booklet, "original")]
    statement = commission.statement(uow, booklet.id)
    looks = looks_of(uow, booklet, pages)
    asked = commission.asked(uow, booklet.id)
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
        late=bool(statement.rounds) and has_keyin(uow, booklet),
        mine=transcribes(uow, booklet),
        asked=uow.get(Person, asked).name if asked else "",
        colleagues=requests.colleagues(uow, booklet),
    )
