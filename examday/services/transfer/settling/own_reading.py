"""The own reading of the person who settles: given before the two key-ins are shown."""

from sqlalchemy import select

from examday.domain.errors import Conflict, Stale
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.answers import Value, Values, compare, plain_values, read_values
from examday.domain.transfer.duties import ARBITER
from examday.domain.transfer.fields import field_of
from examday.domain.transfer.readings import Source
from examday.domain.transfer.text_places import Asked, asked
from examday.services.rules.exam_forms import fields_for
from examday.services.transfer import drafts, readings
from examday.services.transfer.assignments import hold_part
from examday.services.transfer.desks.entries import check_some
from examday.services.transfer.going_back import kept
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
            N_("Give your own reading first; then both key-ins are shown."),
            code="own-first",
            advice=N_("Open the work again: the page asks for your own reading."),
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
    shown. `values`: by field, of a long answer that can be cut by place.

    Raises Invalid for an empty field or place: «blank» is said, not left out.
    """
    booklet = hold_part(uow, booklet_id, ARBITER, row_version)
    readings.require_first_time(find_own(uow, booklet))
    questions = asked_of(uow, booklet)
    checked = check_some(booklet, {q: values.get(q, Value()) for q in questions.ids})
    # A colleague who gave the part back may have left an own reading; that one keeps its round.
    number = readings.rounds(uow, booklet, Source.ARBITER) + 1
    content = _content(questions, checked)
    reading = drafts.hand_in(uow, booklet, Source.ARBITER, content, number=number)
    uow.record(
        Event.SETTLE_OWN,
        f"booklet:{booklet.id}",
        version=booklet.version,
        sha256=reading.sha256,
        fields=list(dict.fromkeys(map(field_of, questions.ids))),
    )
    return reading


def _content(questions: Asked, checked: Values) -> dict[str, object]:
    """Return what is sealed: whole answers as everywhere, and what was read at each place."""
    at_places = {p: checked[p] for p in questions.places}
    more = {"places": plain_values(at_places)} if at_places else {}
    return readings.content_of(questions.joined(checked), **more)


def asked_of(uow: UnitOfWork, booklet: Booklet) -> Asked:
    """Return what is asked where the two key-ins of the present version differ."""
    first, second = kept.to_compare(uow, booklet)
    return asked(compare(fields_for(booklet.exam), first, second), first, second)


def answered(own: Reading) -> dict[str, Value]:
    """Return what an own reading says, by field and by place."""
    return readings.values_of(own) | read_values(own.content.get("places", {}))


def asked_after(uow: UnitOfWork, booklet: Booklet, own: Reading) -> Asked:
    """Return what is to be decided after this own reading."""
    places = read_values(own.content.get("places", {}))
    return asked_of(uow, booklet).given_as(readings.values_of(own), places)
