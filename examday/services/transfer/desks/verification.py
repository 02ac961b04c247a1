"""The verification desk: the settled values beside the copy, and what the machine thinks of it."""

from dataclasses import dataclass, field

from examday.domain.errors import Stale
from examday.domain.transfer.answers import WITHOUT_TEXT, Check, Mark, Value, Values
from examday.domain.transfer.duties import VERIFIER
from examday.domain.transfer.fields import FieldList, is_replacement
from examday.services.jobs.failures import copy_being_read, copy_unread
from examday.services.recognition.doubts import Presort, presort
from examday.services.rules.exam_forms import fields_for
from examday.services.scans.showing.places import places
from examday.services.transfer import drafts, readings
from examday.services.transfer.assignments import require_part
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


@dataclass(frozen=True)
class Desk:
    """What the verifying person works with."""

    booklet: Booklet
    fields: FieldList
    values: dict[str, Value]
    content: str
    """Hash of the settled reading: a verification sent from an older page is refused by it."""
    round: int
    presort: Presort
    checks: dict[str, Check] = field(default_factory=dict)
    """What the actor has said so far, so that a reload loses nothing."""
    unseen: frozenset[str] = frozenset()
    """Fields whose sheet is on no picture: of them only «cannot be seen» can be said."""
    given_up: bool = False
    """The machine was to read a page of the copy and could not: its silence is no «all right»."""
    being_read: bool = False
    """The machine is still at it: in a moment it sorts the fields, and most need no look by themselves."""

    @property
    def folded(self) -> tuple[str, ...]:
        """Fields that may be confirmed together: machine and settled value agree above the bound."""
        return tuple(f for f in self.fields.ids if self.presort.may_fold(f))

    @property
    def blank_rows(self) -> tuple[str, ...]:
        """Replacement rows that must be blank and that no machine compared.

        They may be confirmed together at one picture of them: an empty block is one look, and a
        question that nearly every sheet asks six times is answered without looking.
        """
        rows = tuple(f for f in self._blank if f not in self.presort.fields)
        return rows if len(rows) > 1 else ()

    @property
    def looked_over(self) -> tuple[str, ...]:
        """What one look at the block of blank rows answers, also where the machine finished meanwhile.

        A row that it doubts by then is looked at by itself.
        """
        return (*self.blank_rows, *(f for f in self._blank if self.presort.may_fold(f)))

    @property
    def _blank(self) -> tuple[str, ...]:
        """The replacement rows that must be blank."""
        return tuple(
            f for f in self.fields.ids if is_replacement(f) and self.values[f].mark is Mark.BLANK
        )

    @property
    def first(self) -> tuple[str, ...]:
        """Fields to look at one by one, those that the machine doubts before the others."""
        # The eye is freshest at the beginning, and a difference found there ends the work soonest.
        together = {*self.folded, *self.blank_rows}
        rest = [f for f in self.fields.ids if f not in together]
        return tuple(sorted(rest, key=lambda f: not self.presort.doubts(f)))


def desk(uow: UnitOfWork, booklet_id: str) -> Desk:
    """Return the verification desk of the actor, who must hold the part."""
    booklet = uow.get(Booklet, booklet_id)
    require_part(uow, booklet, VERIFIER)
    return desk_of(uow, booklet)


def desk_of(uow: UnitOfWork, booklet: Booklet, content: str | None = None) -> Desk:
    """Return the desk of a booklet whose right was checked.

    Stale when the page was made with another settled reading than `content` (its hash; None = not
    sent from a page).
    """
    settled = readings.settled(uow, booklet)
    if content is not None and content != settled.sha256:
        raise Stale()
    values = readings.values_of(settled)
    return Desk(
        booklet,
        fields_for(booklet.exam),
        values,
        settled.sha256,
        readings.copy_round(uow, booklet),
        presort(uow, booklet),
        drafts.checks(uow, booklet, VERIFIER),
        unseen(uow, booklet, values),
        copy_unread(uow, booklet),
        copy_being_read(uow, booklet),
    )


def unseen(uow: UnitOfWork, booklet: Booklet, values: Values) -> frozenset[str]:
    """Return fields that hold something and whose sheet of the copy is on no picture."""
    shown = places(uow, booklet, "copy")
    # What is empty needs no sheet: a work without an essay has no form № 2.
    filled = [f for f, value in values.items() if value.mark not in WITHOUT_TEXT]
    return frozenset(f for f in filled if f not in shown)
