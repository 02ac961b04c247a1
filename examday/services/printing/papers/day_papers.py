"""What the print-outs of a day show: journal, observers, readiness."""

from collections.abc import Mapping

from sqlalchemy import select

from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.plan.findings import LEVEL_NAMES, RULE_TITLES, counts
from examday.services.people import directory
from examday.services.plan import readiness as plan_readiness
from examday.services.printing import words as w
from examday.services.printing.papers.frames import by_hand, frame
from examday.services.printing.words import ru
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Duty, Exam, Handover, Item, Room

WITNESSES = (Role.EXAM_BOARD_MEMBER, Role.PUBLIC_OBSERVER)


def custody_journal(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Журнал движения материалов."""
    exam, people = uow.get(Exam, exam_id), directory.names(uow)
    lines = uow.session.scalars(
        select(Handover).where(Handover.exam_id == exam_id).order_by(Handover.at)
    )
    return frame(uow, exam, N_("Custody journal")) | {
        "rows": [_journal_row(uow, line, people) for line in lines],
        "signers": by_hand(Role.SITE_HEAD, Role.EXAM_BOARD_MEMBER),
    }


def _journal_row(uow: UnitOfWork, line: Handover, people: Mapping[str, str]) -> list[str]:
    return [
        w.clock(uow, line.at),
        ru(w.HANDING.get(line.kind, line.kind)),
        _what(uow, line),
        people.get(line.from_id or "", ""),
        people.get(line.to_id or "", ""),
        w.counted(line.expected),
        w.counted(line.counted),
        w.agreed(line.agreed),
        line.note,
    ]


def _what(uow: UnitOfWork, line: Handover) -> str:
    if line.booklet_id:
        return w.seat(uow.get(Booklet, line.booklet_id))
    return w.code_of(uow.get(Item, line.item_id)) if line.item_id else ""


def observers(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Список наблюдателей и свидетелей."""
    exam = uow.get(Exam, exam_id)
    rows = _witnesses(uow, exam_id)
    return frame(uow, exam, N_("List of observers and witnesses")) | {
        "rows": rows,
        "signers": [[row[1], row[0]] for row in rows],
    }


def _witnesses(uow: UnitOfWork, exam_id: str) -> list[list[str]]:
    """Name, role, room, presence: by roles, then by names."""
    people = directory.names(uow)
    rooms = {room.id: room.number for room in uow.session.scalars(select(Room))}
    duties = uow.session.scalars(
        select(Duty).where(Duty.exam_id == exam_id, Duty.role.in_(WITNESSES))
    )
    return [
        [
            people.get(d.person_id, ""),
            w.role(Role(d.role)),
            rooms.get(d.room_id or "", "—"),
            ru(N_("yes")) if d.present else ru(N_("not recorded")),
        ]
        for d in sorted(duties, key=lambda d: (d.role, people.get(d.person_id, "")))
    ]


def readiness(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Протокол готовности."""
    exam = uow.get(Exam, exam_id)
    found = plan_readiness.readiness(uow, exam.date, exam.training)
    rows = [
        [
            ru(LEVEL_NAMES[f.level]),
            ru(RULE_TITLES.get(f.rule, f.rule)),
            " ".join(
                part
                for part in (
                    ru(f.message, **w.ru_params(f.params)),
                    ru(f.advice, **w.ru_params(f.params)),
                )
                if part
            ),
            f.source,
        ]
        for f in found
    ]
    return frame(uow, exam, N_("Readiness protocol")) | {
        "rows": rows,
        "numbers": [[ru(LEVEL_NAMES[level]), str(n)] for level, n in counts(found).items()],
        "signers": by_hand(Role.SITE_HEAD, Role.TECHNICAL_SPECIALIST),
    }
