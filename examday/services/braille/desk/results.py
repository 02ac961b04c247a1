"""Result of a transcription after its hand-in."""

from dataclasses import dataclass

from examday.domain.transfer.answers import Value
from examday.services.braille import cell_lines
from examday.services.braille.cells.strips import Strip
from examday.services.braille.cells.written import Written, answers_of
from examday.services.braille.desk.transcription import Desk
from examday.services.braille.machine_pages import BACK
from examday.services.braille.notebook.backs import backs_state
from examday.services.braille.notebook.looks import looks_of
from examday.services.braille.opinion.second_opinion import SecondOpinion, second_opinion
from examday.services.jobs.failures import notebook_unread
from examday.services.scans.page_images import DeskPage, desk_pages
from examday.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Result:
    """The machine's opinion and cells beside the own answers."""

    opinion: SecondOpinion | None
    """None where no machine has read the notebook: the day runs without one."""
    given_up: bool
    """The machine was to read the notebook, or a page that came later, and could not: its silence
    must not look like agreement."""
    pages: list[DeskPage]
    strips: list[Strip]
    backs: list[Strip]
    back_state: str
    """Whether the backs were asked for: slates are written from the back, and a page may be scanned
    from the wrong side."""
    written: dict[str, Written]
    values: dict[str, Value]
    unread: list[tuple[int, str]]
    """Number of a page, and msgid of a place of it with dots that the machine could not read: only
    a person can say what is there."""


def result(uow: UnitOfWork, desk: Desk) -> Result:
    """Return what the machine says of an entry that was handed in."""
    booklet = desk.booklet
    front = cell_lines.machine_strips(uow, booklet)
    pages = desk_pages(uow, booklet, "original")
    looks = looks_of(uow, booklet, pages)
    return Result(
        opinion=second_opinion(uow, booklet.id),
        given_up=notebook_unread(uow, booklet),
        pages=pages,
        strips=front,
        backs=cell_lines.machine_strips(uow, booklet, BACK),
        back_state=backs_state(uow, booklet),
        written=answers_of(front, booklet.exam),
        values={field: value for field, value in desk.values.items() if not value.empty},
        unread=[(number, place) for number, look in enumerate(looks, 1) for place in look.unread],
    )
