"""The key-in desk: the actor's own values of a work, and nobody else's."""

from dataclasses import dataclass

from examday.domain.custody.lifecycle import State
from examday.domain.errors import NotFound
from examday.domain.transfer.alphabet import Alphabet
from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import FieldList
from examday.domain.transfer.readings import Source
from examday.services.rules.exam_forms import alphabet_for, fields_for, header_of
from examday.services.transfer import drafts
from examday.services.transfer.assignments import my_keyin
from examday.services.transfer.going_back import kept
from examday.services.transfer.readings import find, values_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


@dataclass(frozen=True)
class Desk:
    """What one person at the key-in desk works with."""

    booklet: Booklet
    part: str
    fields: FieldList
    alphabet: Alphabet
    ids: tuple[str, ...]
    """The fields that this key-in reads: all, or those of a sheet whose picture was exchanged."""
    values: dict[str, Value]
    handed_in: bool
    """Sealed: the page shows it and takes nothing more."""

    @property
    def stays(self) -> int:
        """How many fields were read before and stay as they are."""
        return len(self.fields.ids) - len(self.ids)

    @property
    def moved_on(self) -> bool:
        """Whether the work has left this step: both key-ins are there."""
        return self.booklet.state != State.SCANNED


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
