"""Kits in the room: planned for a seat, handed to the candidate."""

from examday.domain.custody.kit import Piece, kit, standard_sheets
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody import papers
from examday.services.custody.booklets import advance, arrow, require
from examday.services.custody.room.form_numbers import free_code
from examday.services.rules import in_force
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def assign(
    uow: UnitOfWork,
    booklet_id: str,
    typed: str,
    row_version: int | None = None,
) -> Booklet:
    """Tie a kit's form number to a booklet before it is issued."""
    require(uow, "custody.issue")
    booklet = papers.load_here(uow, booklet_id, row_version)
    if booklet.state != State.REGISTERED:
        raise Conflict(
            N_("The kit has been issued: its number cannot be changed any more."),
            code="issued",
            params={"booklet": booklet.id},
            advice=N_("If it is the wrong kit, record it as spoiled and issue another one."),
        )
    booklet.code = free_code(uow, booklet, typed)
    uow.record(Event.CUSTODY_ASSIGN, f"booklet:{booklet.id}", code=booklet.code)
    return booklet


def issue(
    uow: UnitOfWork,
    booklet_id: str,
    typed: str,
    row_version: int | None = None,
) -> Booklet:
    """Hand the kit to the candidate.

    `typed` is the number on the kit in hand; it must be the planned one if there is one, and is
    never taken from the plan: a kit that nobody looked at is not issued.
    """
    booklet = papers.load_here(uow, booklet_id, row_version)
    arrow(booklet, "issue")
    if not typed.strip():
        raise Invalid(N_("Scan the number of the kit that is handed out."), code="no-code")
    code = free_code(uow, booklet, typed)
    # A planned number is a promise to a seat: another kit may be the neighbour’s.
    if booklet.code and booklet.code != code:
        raise Conflict(
            N_("For this seat the kit %(planned)s is planned, not %(number)s."),
            code="other-kit",
            params={"planned": booklet.code, "number": code},
            advice=N_("Take the planned kit, or check the seat. Nothing was issued."),
        )
    # The organiser holds it, not the candidate: custody names people of the point.
    planned = booklet.code is not None
    booklet.code, booklet.holder_id = code, papers.me(uow)
    made = papers.make_pieces(uow, booklet, _pieces(booklet), code)
    return advance(
        uow,
        booklet,
        "issue",
        code=code,
        planned=planned,
        items=papers.codes(made),
    )


def _pieces(booklet: Booklet) -> tuple[Piece, ...]:
    """Return what the kit of this booklet consists of under the rules of its exam date."""
    rules = in_force.for_exam(booklet.exam)
    sheets = standard_sheets(booklet.exam.kind, booklet.exam.subject, rules.text("form_set"))
    return kit(Medium(booklet.medium), sheets, rules.number("braille_notebooks_per_candidate"))
