"""Long answers beside the cells that the machine read, place by place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from examday.braille.page import Line
from examday.braille.running import Difference, compare_running, without_braille
from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import FieldId, is_long, is_short
from examday.services.rules.exam_forms import fields_for
from examday.storage.tables import Exam


@dataclass(frozen=True)
class Place:
    """A place where a long answer gives other cells."""

    page: int
    """Page, line and cell from 1, because people count on the paper."""
    line: int
    cell: int
    typed: str
    read: str
    unsure: bool
    """The machine doubts every cell of this place: such places are shown, but do not count against
    the text."""
    characters: tuple[int, int] = (0, 0)
    """Index of the first character of its first and of its last word in the text, so that the words
    can be marked."""


def _places(differences: list[Difference]) -> list[Place]:
    """Return differences as places of the pages."""
    return [
        Place(
            one.page,
            one.line,
            one.cell,
            one.typed,
            one.read,
            one.unsure,
            one.characters,
        )
        for one in differences
    ]


@dataclass(frozen=True)
class Essays:
    """`places`: field → where the cells differ; `silent`: field → characters without Braille."""

    places: dict[str, list[Place]]
    silent: dict[str, str]


def compare_essays(
    values: Mapping[str, Value],
    pages: list[list[Line]],
    exam: Exam,
    language: str,
    continued: Collection[tuple[int, ...]] = (),
) -> Essays:
    """Compare each long answer with the cells of the whole notebook."""
    texts = {field: value.text for field, value in values.items() if is_long(field)}
    return Essays(_differences(exam, texts, pages, language, continued), _silent(texts, language))


def _silent(essays: Mapping[str, str], language: str) -> dict[str, str]:
    """Return field → characters that have no Braille."""
    found = {field: without_braille(text, language) for field, text in essays.items()}
    return {field: characters for field, characters in found.items() if characters}


def _differences(
    exam: Exam,
    essays: Mapping[str, str],
    pages: list[list[Line]],
    language: str,
    continued: Collection[tuple[int, ...]],
) -> dict[str, list[Place]]:
    """Compare each long answer with the cells of the notebook."""
    found = {}
    for field, text in essays.items():
        own, others = own_and_others(field, exam)
        places = _places(compare_running(text, pages, language, own, others, continued))
        # An essay without text and without cells says nothing.
        if places or text:
            found[field] = places
    return found


def own_and_others(field_id: str, exam: Exam) -> tuple[str, list[str]]:
    """Return the number of a long answer, and those of all other tasks of its exam."""
    own = _task(field_id)
    tasks = [_task(f) for f in fields_for(exam).ids if is_short(f) or is_long(f)]
    # An essay has no end mark: the number of another task at the head of a line ends it.
    return own, [task for task in tasks if task != own]


def _task(field_id: str) -> str:
    """Return the number that stands on the paper before the answer."""
    return FieldId.parse(field_id).key
