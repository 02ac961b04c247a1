"""What the print-outs of a day show: journal, observers, readiness."""

from sqlalchemy import select

from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.plan.findings import LEVEL_NAMES, RULE_TITLES, counts
from examday.services.people import directory
from examday.services.plan import lists
from examday.services.plan import readiness as plan_readiness
from examday.services.printing.papers.frames import by_hand, frame
from examday.services.printing.words import role, ru, ru_params
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Duty, Exam, Room

WITNESSES = (Role.EXAM_BOARD_MEMBER, Role.PUBLIC_OBSERVER)
"""Before whose eyes the transfer is done (R17): the list proves that somebody could have
objected."""


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
            role(Role(d.role)),
            # A duty for the whole point has no room.
            rooms.get(d.room_id or "", "—"),
            # Not «no»: nobody has ticked the person off, which is all that is known.
            ru(N_("yes")) if d.present else ru(N_("not recorded")),
        ]
        for d in sorted(duties, key=lambda d: (d.role, people.get(d.person_id, "")))
    ]


def readiness(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Протокол готовности."""
    exam = uow.get(Exam, exam_id)
    found = plan_readiness.readiness(uow, exam.date, exam.training)
    people = lists.names(uow)
    rows = [
        [
            ru(LEVEL_NAMES[f.level]),
            ru(RULE_TITLES.get(f.rule, f.rule)),
            " ".join(
                part
                for part in (
                    ru(f.message, **ru_params(f.params, people)),
                    ru(f.advice, **ru_params(f.params, people)),
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
