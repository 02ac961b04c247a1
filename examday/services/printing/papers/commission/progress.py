"""The progress report of the tiflo-translator commission."""

from examday.domain.messages import N_
from examday.services.braille import commission
from examday.services.people import directory
from examday.services.printing.papers.commission.figures import figures
from examday.services.printing.papers.commission.people import hands_line, note_row, translators
from examday.services.printing.papers.commission.words import (
    board_line,
    chair_line,
    pages,
    work_facts,
)
from examday.services.printing.papers.frames import frame
from examday.services.printing.words import moment
from examday.services.transfer.hands import holders
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam


def progress(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Отчёт о ходе работы: works, hands, working time, what was given back, incidents."""
    exam, works = uow.get(Exam, exam_id), commission.works_of(uow, exam_id)
    people = directory.names(uow)
    hands = {work.id: holders(uow, work) for work in works}
    notes = commission.notes_of(uow, exam, works)
    return frame(uow, exam, N_("Progress report of the commission of tiflo-translators")) | {
        "figures": figures(uow, exam, works, hands),
        "works": [_work(uow, one, hands_line(hands[one.id], people)) for one in works],
        "people": translators(uow, hands, notes),
        "notes": [
            note_row(uow, note, people, {one.id: work_facts(one)[0] for one in works})
            for note in notes
            if note.kind in commission.NOTE_NAMES
        ],
        "signers": [
            chair_line(uow),
            board_line(),
        ],
    }


def _work(uow: UnitOfWork, booklet: Booklet, hands: str) -> list[str]:
    return [
        *work_facts(booklet),
        moment(uow, booklet.since),
        hands,
        pages(uow, booklet),
    ]
