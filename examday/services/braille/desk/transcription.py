"""The desk of a tiflo-translator: what was keyed in as cells or text, and its saving.

Whatever the alphabet a line was entered in (Unicode Braille, Braille ASCII, dot numbers, plain
text), it is kept as it was entered beside the answers that a person chose from its readings.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from examday.domain.errors import NotFound
from examday.domain.rules.languages import language_of
from examday.domain.transfer.answers import Value
from examday.domain.transfer.readings import Source
from examday.services.braille.cells.grouping import NONE_SAID, Grouping, read_grouping
from examday.services.braille.cells.tasks import tasks_of
from examday.services.braille.notebook.receipt import need_taken_over
from examday.services.transfer import drafts
from examday.services.transfer.desks import keyin as keyin_desk
from examday.services.transfer.readings import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


@dataclass(frozen=True)
class Desk:
    """What the translator works with: the own entry and nobody else's, nor the machine's."""

    booklet: Booklet
    part: str
    text: str
    values: dict[str, Value]
    language: str
    """From the subject: Cyrillic and Latin share cells (Ц = C, Х = H), so the paper alone does not
    tell."""
    handed_in: bool
    grouping: Grouping = NONE_SAID
    """What the person has said of line ends and of numbers at the head of a line, so that it is not
    asked again."""

    @property
    def tasks(self) -> list[str]:
        """The fields that the notebook may hold answers to."""
        return tasks_of(self.booklet.exam)


def desk(uow: UnitOfWork, booklet_id: str) -> Desk:
    """Return the desk of the actor; NotFound for everybody who holds neither key-in of this work."""
    shown = keyin_desk.desk(uow, booklet_id)
    if not shown.booklet.is_braille:
        raise NotFound()
    # Said before anything is typed: a saving would be refused.
    if not shown.handed_in:
        need_taken_over(uow, shown.booklet, shown.part)
    # After the hand-in the sealed entry is shown: the draft is not what was sealed.
    own = find(uow, shown.booklet, Source(shown.part))
    text = (
        str(own.content.get("braille", "")) if own else drafts.text(uow, shown.booklet, shown.part)
    )
    kept = own.content if own else drafts.kept(uow, shown.booklet, shown.part)
    return Desk(
        shown.booklet,
        shown.part,
        text,
        shown.values,
        language_of(shown.booklet.exam.subject),
        shown.handed_in,
        read_grouping(kept.get("grouping")),
    )


def save(
    uow: UnitOfWork,
    booklet_id: str,
    text: str,
    values: Mapping[str, Value],
    row_version: int | None,
    grouping: Grouping | None = None,
) -> None:
    """Keep the entry as it was typed, and the answers as far as they were chosen.

    `grouping`: None leaves what was said of the lines as it was.
    """
    uow.hold(Booklet, booklet_id)
    shown = desk(uow, booklet_id)
    said = (grouping or shown.grouping).plain()
    drafts.save(uow, booklet_id, shown.part, values, row_version, braille=text, grouping=said)
