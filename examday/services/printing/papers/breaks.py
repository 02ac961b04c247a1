"""The breaks of the candidates, as the custody journal prints them (R22)."""

from collections.abc import Mapping

from examday.domain.custody.absences import BREAK_NAMES, Absence
from examday.domain.messages import N_
from examday.services.custody import absences
from examday.services.printing.words import clock, ru
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Seat


def breaks(uow: UnitOfWork, exam_id: str, people: Mapping[str, str]) -> list[list[str]]:
    """Return one row for each break of the exam."""
    return [_break_row(uow, place, one, people) for place, one in absences.of_exam(uow, exam_id)]


def _break_row(
    uow: UnitOfWork,
    place: Seat,
    one: Absence,
    people: Mapping[str, str],
) -> list[str]:
    """Seat, left, back, minutes, why, who went along (R22)."""
    return [
        f"{place.room.number}-{place.place}",
        clock(uow, one.since),
        clock(uow, one.until) if one.until else ru(N_("not back yet")),
        "" if one.minutes is None else str(one.minutes),
        ru(BREAK_NAMES[one.why]),
        people.get(one.companion_id, ""),
    ]
