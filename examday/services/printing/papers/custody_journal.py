"""The custody journal of an exam: every hand-over of the day, and the breaks of the candidates."""

from collections.abc import Mapping

from sqlalchemy import select

from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.custody.journal import HANDING
from examday.services.people import directory
from examday.services.printing.papers.breaks import breaks
from examday.services.printing.papers.frames import by_hand, frame
from examday.services.printing.things import code_of, counted
from examday.services.printing.words import agreed, clock, ru
from examday.services.printing.works import seat
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Handover, Item


def custody_journal(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Журнал движения материалов."""
    exam, people = uow.get(Exam, exam_id), directory.names(uow)
    lines = uow.session.scalars(
        select(Handover).where(Handover.exam_id == exam_id).order_by(Handover.at)
    )
    return frame(uow, exam, N_("Custody journal")) | {
        "rows": [_journal_row(uow, line, people) for line in lines],
        "breaks": breaks(uow, exam_id, people),
        "signers": by_hand(Role.SITE_HEAD, Role.EXAM_BOARD_MEMBER),
    }


def _journal_row(uow: UnitOfWork, line: Handover, people: Mapping[str, str]) -> list[str]:
    return [
        clock(uow, line.at),
        ru(HANDING.get(line.kind, line.kind)),
        _what(uow, line),
        people.get(line.from_id or "", ""),
        people.get(line.to_id or "", ""),
        counted(line.expected),
        counted(line.counted),
        agreed(line.agreed),
        line.note,
    ]


def _what(uow: UnitOfWork, line: Handover) -> str:
    if line.booklet_id:
        return seat(uow.get(Booklet, line.booklet_id))
    return code_of(uow.get(Item, line.item_id)) if line.item_id else ""
