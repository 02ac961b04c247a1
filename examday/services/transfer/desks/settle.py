"""The settling table: the sheet first; both key-ins only after the own reading."""

from dataclasses import dataclass

from examday.domain.transfer.alphabet import Alphabet
from examday.domain.transfer.answers import Choice, Value, compare
from examday.domain.transfer.duties import ARBITER
from examday.domain.transfer.fields import FieldList
from examday.domain.transfer.text_places import Asked
from examday.services.rules.exam_forms import alphabet_for, fields_for
from examday.services.transfer import drafts, readings
from examday.services.transfer.assignments import require_part
from examday.services.transfer.going_back import kept
from examday.services.transfer.settling.own_reading import (
    answered,
    asked_after,
    asked_of,
    find_own,
)
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading


@dataclass(frozen=True)
class Revealed:
    """What is shown once the own reading has been handed in: all three readings of the differing
    fields.
    """

    by_choice: dict[Choice, dict[str, Value]]
    """By field and by place; of a long answer that was cut the whole is there too, since it is
    shown around its places."""
    content: str
    """Hash of the own reading: a decision sent from an older page is refused by it."""

    def readings(self, question: str) -> dict[Choice, Value]:
        """Return the three readings of one differing field or place."""
        return {choice: values[question] for choice, values in self.by_choice.items()}


@dataclass(frozen=True)
class Table:
    """What the settling person works with."""

    booklet: Booklet
    fields: FieldList
    alphabet: Alphabet
    differing: tuple[str, ...]
    """Only these are asked about: what agrees is settled already."""
    asked: Asked
    """The questions: fields, and places of long answers, as a whole text would hide a letter that
    differs."""
    draft: dict[str, Value]
    """The own values typed so far, so that a reload loses nothing."""
    one_of_the_two: bool
    """A region may let the two settle together; then both must be there, and prove it."""
    revealed: Revealed | None
    """None until the own reading has been handed in: whoever settles must not be led by what
    others have read ([31], [33])."""


def table(uow: UnitOfWork, booklet_id: str) -> Table:
    """Return the present step of settling for the actor, who must hold the part."""
    booklet = uow.get(Booklet, booklet_id)
    require_part(uow, booklet, ARBITER)
    first, second = readings.first_and_second(uow, booklet)
    fields = fields_for(booklet.exam)
    one, other = kept.to_compare(uow, booklet)
    differing = tuple(compare(fields, one, other))
    own = find_own(uow, booklet)
    questions = asked_of(uow, booklet) if own is None else asked_after(uow, booklet, own)
    # Cut to the differing fields: where both agree there is nothing to decide or to see.
    two = {f: one[f] for f in differing}, {f: other[f] for f in differing}
    return Table(
        booklet,
        fields,
        alphabet_for(booklet.exam),
        differing,
        questions,
        drafts.values(uow, booklet, ARBITER),
        uow.actor.person_id in (first.person_id, second.person_id),
        _revealed(own, questions, *two) if own else None,
    )


def _revealed(
    own: Reading,
    questions: Asked,
    first: dict[str, Value],
    second: dict[str, Value],
) -> Revealed:
    places = questions.places.items()
    three = {
        Choice.OWN: answered(own),
        Choice.FIRST: first | {p: place.first for p, place in places},
        Choice.SECOND: second | {p: place.second for p, place in places},
    }
    return Revealed(three, own.sha256)
