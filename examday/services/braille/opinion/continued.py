"""Lines of the notebook that go on with the answer before, though they begin with a number."""

from examday.braille.answers import head_of
from examday.braille.encode import NoBraille
from examday.braille.languages import encode_in
from examday.domain.errors import Invalid
from examday.domain.transfer.duties import FIRST, SECOND
from examday.domain.transfer.readings import Source
from examday.services.braille.cells.alphabets import braille_of, kinds_of
from examday.services.braille.cells.grouping import read_grouping
from examday.services.transfer.readings import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def heads_said_to_go_on(
    uow: UnitOfWork, booklet: Booklet, language: str
) -> frozenset[tuple[int, ...]]:
    """Return the heads of lines that a reader of this work has put to the answer before.

    An essay may have «12 апреля» at the head of a line; the machine alone would take it for an
    answer to task 12. Where lines belong says nothing of what was read in them.
    """
    found: set[tuple[int, ...]] = set()
    for part in (FIRST, SECOND):
        reading = find(uow, booklet, Source(part))
        if reading is not None:
            lines = read_grouping(reading.content.get("grouping")).on
            found |= {head for line in lines if (head := _head(line, language))}
    return frozenset(found)


def _head(line: str, language: str) -> tuple[int, ...]:
    """Return the head of a line as typed; empty where it has no cells."""
    try:
        cells = braille_of(line, 1, kinds_of(line)[0])
        return head_of(encode_in(language, line, "none") if cells is None else cells)
    except (Invalid, NoBraille):
        return ()
