"""Enlarging: the A3 sheets that are made of a kit in the room, before a witness (R26)."""

from examday.domain.custody.counts import check_enlarging
from examday.domain.custody.kit import Kind, enlarged
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.custody import papers
from examday.services.custody.booklets import advance, arrow
from examday.services.people import directory
from examday.services.rules import in_force
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Person


def enlarge(
    uow: UnitOfWork,
    booklet_id: str,
    witness_id: str = "",
    sheets: tuple[str, ...] | None = None,
    row_version: int | None = None,
) -> Booklet:
    """Record the A3 sheets made of this kit (R26). `sheets` None: every form of the kit."""
    booklet = papers.load_here(uow, booklet_id, row_version)
    arrow(booklet, "enlarge")
    check_enlarging(
        uow.local(uow.now()),
        booklet.exam.date,
        not_before(booklet),
        witnessed=witness_id in {person.id for person in witnesses(uow)},
        training=booklet.exam.training,
    )
    # In the order of the kit, whatever order the page sent: labels come out of the printer so.
    have = [i.sheet for i in papers.of_booklet(uow, booklet.id) if i.kind == Kind.STANDARD_SHEET]
    chosen = have if sheets is None else [sheet for sheet in have if sheet in sheets]
    if not chosen:
        raise Invalid(N_("Name at least one form that was enlarged."), code="no-sheets")
    made = papers.make_pieces(uow, booklet, enlarged(chosen), booklet.code or "")
    return advance(uow, booklet, "enlarge", witness=witness_id, items=papers.codes(made))


def not_before(booklet: Booklet) -> str:
    """The time of day before which the rules of the exam allow no enlarging."""
    return in_force.for_exam(booklet.exam).text("enlarging_not_before")


def witnesses(uow: UnitOfWork) -> list[Person]:
    """The exam-board members who can stand by: whoever may not log in any more has not today."""
    return directory.people_with(uow, [Role.EXAM_BOARD_MEMBER])
