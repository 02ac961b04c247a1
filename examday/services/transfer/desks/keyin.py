"""The key-in desk: the actor's own values of a work, and nobody else's."""

from examday.domain.errors import NotFound
from examday.domain.transfer.answers import Value
from examday.domain.transfer.readings import Source
from examday.services.rules.exam_forms import alphabet_for, fields_for, header_of
from examday.services.transfer import drafts
from examday.services.transfer.assignments import my_keyin
from examday.services.transfer.desks.keyin_shown import Desk
from examday.services.transfer.going_back import kept
from examday.services.transfer.readings import find, values_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def desk(uow: UnitOfWork, booklet_id: str) -> Desk:
    """Return the desk of the actor for this booklet.

    NotFound for everybody who holds neither key-in of it.
    """
    booklet = uow.get(Booklet, booklet_id)
    part = my_keyin(uow, booklet)
    # Not «forbidden»: whether somebody else keys in this work is itself not for everybody to know.
    if not part:
        raise NotFound()
    fields, alphabet = fields_for(booklet.exam), alphabet_for(booklet.exam)
    own = find(uow, booklet, Source(part))
    ids = kept.to_read(uow, booklet, Source(part))
    values = values_of(own) if own else _begun(uow, booklet, part)
    return Desk(
        booklet,
        part,
        fields,
        alphabet,
        ids,
        # Nobody is shown what a colleague has read on the other sheets.
        {f: value for f, value in values.items() if f in ids},
        handed_in=own is not None,
    )


def _begun(uow: UnitOfWork, booklet: Booklet, part: str) -> dict[str, Value]:
    """Return what was entered so far, with what the plan knows where the original has no header.

    Pages without a form have no registration fields: these are copied from the plan.
    """
    entered = drafts.values(uow, booklet, part)
    return {**header_of(booklet.exam), **entered} if booklet.is_by_pages else entered


def is_braille(uow: UnitOfWork, booklet_id: str) -> bool:
    """Return whether this is a Braille work, which has a desk of its own."""
    return uow.get(Booklet, booklet_id).is_braille
