"""Second opinion of the machine: does a transcription produce the cells that were scanned?"""

from collections.abc import Mapping
from dataclasses import dataclass

from examday.domain.rules.languages import language_of
from examday.domain.transfer.answers import Value
from examday.services.braille.keyins import own_values
from examday.services.braille.machine_pages import answer_pages
from examday.services.braille.opinion.continued import heads_said_to_go_on
from examday.services.braille.opinion.essays import Place, compare_essays
from examday.services.braille.opinion.short_answers import Verdict, compare_short
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


@dataclass(frozen=True)
class SecondOpinion:
    """The machine's reading beside a transcription."""

    outcomes: dict[str, Verdict]
    """Short answer → verdict, answer by answer, as each is a task of its own."""
    long: dict[str, list[Place]]
    """Long answer → places where it gives other cells, as a verdict over a whole essay says
    nothing. None is as good as it gets."""
    cells: dict[str, str]
    silent: dict[str, str]
    """Characters of a long answer that have no Braille: they could not be compared, and that is
    said."""


def second_opinion(
    uow: UnitOfWork, booklet_id: str, values: Mapping[str, Value] | None = None
) -> SecondOpinion | None:
    """Return the opinion on `values`, or without them on what the actor has handed in.

    None before the actor has handed in, or when nothing was read.
    """
    booklet = uow.get(Booklet, booklet_id)
    pages = answer_pages(uow, booklet)
    answered = own_values(uow, booklet) if values is None else values
    if pages is None or answered is None:
        return None
    language = language_of(booklet.exam.subject)
    continued = heads_said_to_go_on(uow, booklet, language)
    short = compare_short(answered, pages, language, continued)
    essays = compare_essays(answered, pages, booklet.exam, language, continued)
    return SecondOpinion(short.outcomes, essays.places, short.cells, essays.silent)
