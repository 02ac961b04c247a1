"""Who gives a work away, and the count that giver and receiver must agree on (R28)."""

from examday.domain.custody.counts import Counts
from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.custody import journal, papers, steps
from examday.services.custody.booklets import not_now
from examday.services.custody.papers import me
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def require_two(giver_id: str | None, receiver_id: str) -> None:
    """Raise Invalid when one person would both give and receive.

    Nobody would have counted against anybody.
    """
    if giver_id == receiver_id:
        raise Invalid(N_("Giver and receiver are the same person."), code="same-hands")


def terms(
    uow: UnitOfWork,
    booklet: Booklet,
    to_id: str,
    counted: Counts,
    note: str,
) -> tuple[str | None, journal.Count]:
    """Return who gives the work, and the count beside what it must come to."""
    giver = _giver(uow, booklet, note)
    require_two(giver, to_id)
    if not steps.possible(booklet, "hand"):
        raise not_now(
            booklet, N_("This work is not in anybody's hands now: «%(state)s»."), "not-in-hand"
        )
    return giver, journal.check(papers.expected(uow, booklet), counted, note)


def _giver(uow: UnitOfWork, booklet: Booklet, note: str) -> str | None:
    """Return who gives: the holder, who must be the one at the computer.

    The head may stand in for them with a note.
    """
    # The program itself acts in training days and imports: it stands in for the holder.
    if booklet.holder_id in (None, me(uow)) or me(uow) is None:
        return booklet.holder_id or me(uow)
    # A holder who has left must not stop the day; the note says why it went without them.
    if Role.SITE_HEAD in uow.actor.roles and note.strip():
        return booklet.holder_id
    raise Conflict(
        N_("This work is in the hands of %(name)s."),
        code="other-holder",
        params={"name": booklet.holder.name if booklet.holder else ""},
        advice=N_(
            "Let that person log in and hand it over; the head of the point may do it with a note."
        ),
    )
