"""What the pages of printing show. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.services.custody import views as custody
from examday.services.custody.booklets import for_page
from examday.services.people import directory
from examday.services.printing import print_entries
from examday.services.printing.print_entries import Printed
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam


@dataclass(frozen=True)
class DayPage:
    """The exams of the newest day with their rooms, and what was printed last, of anything."""

    exams: Sequence[Exam]
    rooms: Sequence[custody.RoomLine]
    recent: Sequence[Printed]
    names: dict[str, str]


@dataclass(frozen=True)
class BookletPage:
    """One work, and what was printed of it."""

    booklet: Booklet
    recent: Sequence[Printed]
    names: dict[str, str]


def day(uow: UnitOfWork) -> DayPage:
    """What can be printed of the newest day."""
    return DayPage(
        custody.newest_exams(uow),
        custody.rooms(uow),
        print_entries.recent(uow),
        directory.names(uow),
    )


def booklet(uow: UnitOfWork, booklet_id: str) -> BookletPage:
    """What can be printed of one work, with its seat and room; NotFound when there is none."""
    found = for_page(uow, booklet_id)
    return BookletPage(
        found, print_entries.recent(uow, f"booklet:{booklet_id}"), directory.names(uow)
    )
