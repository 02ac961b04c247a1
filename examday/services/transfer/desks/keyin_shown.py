"""What the desk of a key-in shows."""

from dataclasses import dataclass

from examday.domain.custody.lifecycle import State
from examday.domain.transfer.alphabet import Alphabet
from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import FieldList
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
    """Sealed: the page shows it and takes nothing more, so that no reading follows another's."""

    @property
    def stays(self) -> int:
        """How many fields were read before and stay as they are."""
        return len(self.fields.ids) - len(self.ids)

    @property
    def moved_on(self) -> bool:
        """Whether the work has left this step: both key-ins are there."""
        return self.booklet.state != State.SCANNED
