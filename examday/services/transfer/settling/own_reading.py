"""The own reading of the person who settles: given before the two key-ins are shown."""

from sqlalchemy import select

from examday.domain.errors import Conflict, Stale
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.answers import Value, Values, compare
from examday.domain.transfer.duties import ARBITER
from examday.domain.transfer.readings import Source
from examday.services.rules.exam_forms import fields_for
from examday.services.transfer import drafts, readings
from examday.services.transfer.assignments import hold_part
from examday.services.transfer.desks.entries import check_some
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading


def find_own(uow: UnitOfWork, booklet: Booklet) -> Reading | None:
    """Return the actor's own reading of the differing fields in the present version, if handed in."""
    return uow.session.scalars(
        select(Reading)
        .where(
            Reading.booklet_id == booklet.id,
            Reading.version == booklet.version,
            Reading.source == Source.ARBITER,
            Reading.person_id == uow.actor.person_id,
        )
        .order_by(Reading.round.desc())
        .limit(1)
    ).first()


def require_own(uow: UnitOfWork, booklet: Booklet, content: str | None = None) -> Reading:
    """Return the actor's own reading.

    Conflict «own-first» while there is none; Stale when the page was made with another one than
    `content` (its hash; None = not sent from a page).
    """
    own = find_own(uow, booklet)
    if own is None:
        raise Conflict(
            N_("Give your own reading first; then both key-ins are shown."), code="own-first"
        )
    if content is not None and content != own.sha256:
        raise Stale()
    return own


def give_own(
    uow: UnitOfWork,
    booklet_id: str,
    values: Values,
    row_version: int | None = None,
) -> Reading:
    """Hand in the own reading of every differing field: sealed, and from now on both key-ins are
    shown. Raises Invalid for an empty field: «blank» is said, not left out.
    """
    booklet = hold_part(uow, booklet_id, ARBITER, row_version)
    if find_own(uow, booklet) is not None:
        raise Conflict(N_("Your own reading has been handed in already."), code="handed-in")
    first, second = map(readings.values_of, readings.first_and_second(uow, booklet))
    differing = compare(fields_for(booklet.exam), first, second)
    checked = check_some(booklet, {f: values.get(f, Value()) for f in differing})
    # A colleague who gave the part back may have left an own reading; that one keeps its round.
    number = readings.rounds(uow, booklet, Source.ARBITER) + 1
    content = readings.content_of(checked)
    reading = drafts.hand_in(uow, booklet, Source.ARBITER, content, number=number)
    uow.record(
        Event.SETTLE_OWN,
        f"booklet:{booklet.id}",
        version=booklet.version,
        sha256=reading.sha256,
        fields=list(differing),
    )
    return reading
