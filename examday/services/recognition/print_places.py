"""The machine's text of a print-out at the places of a long answer: a third witness, and no value."""

from collections.abc import Iterable

from examday.domain.custody.lifecycle import Medium
from examday.domain.transfer.place_words import read_at
from examday.domain.transfer.readings import Source
from examday.domain.transfer.text_places import Cut
from examday.services.recognition.print_sheets import images_of
from examday.services.transfer.readings import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def print_read_at(uow: UnitOfWork, booklet: Booklet, cuts: Iterable[Cut]) -> dict[str, str]:
    """Return place → what the machine read there on the print-out, as far as it is found.

    Empty for other works, and where the pages are no longer those that were read. No gate: for
    pages that show it after the own reading.
    """
    reading = (
        find(uow, booklet, Source.MACHINE_ORIGINAL) if booklet.medium == Medium.TYPED else None
    )
    if reading is None or reading.content.get("images") != images_of(uow, booklet):
        return {}
    text = "\n".join(str(line["text"]) for line in reading.content.get("lines", ()))
    return {place: words for cut in cuts for place, words in read_at(cut, text).items()}
