"""What the protocol says of the hearing itself."""

from examday.domain.appeals.hearing import Capacity
from examday.domain.appeals.notes import NoteKind
from examday.services.appeals.hearing.appointments import held_at
from examday.services.appeals.hearing.presence import Present
from examday.services.appeals.hearing.sitting import Sitting
from examday.services.appeals.notes import notes_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal


def hearing_facts(uow: UnitOfWork, appeal: Appeal, sitting: Sitting) -> dict[str, object]:
    """Return the hearing: when and where, who came, what the appellant said, the votes."""
    meeting, own = sitting.heard()
    present = sitting.attendance
    return {
        "considered": held_at(uow, appeal, meeting).isoformat(),
        "appointed": meeting.at.isoformat(),
        "late_hearing": sitting.late,
        "place": meeting.place,
        "form": meeting.form,
        "present": [
            {"capacity": row.capacity, "person": row.person_id or "", "name": row.name}
            for row in present
        ],
        "in_presence_of": {
            "appellant": _came(present, Capacity.APPELLANT),
            "guardian": _came(present, Capacity.GUARDIAN),
        },
        "own_work": {"answer": own.answer, "way": own.way, "note": own.note},
        "votes": [
            {"person": row.person_id, "outcome": row.outcome, "dissent": row.dissent}
            for row in sitting.votes
        ],
    }


def _came(present: list[Present], capacity: Capacity) -> bool:
    """Tell whether somebody was present in this capacity."""
    return any(row.capacity == capacity for row in present)


def corrections_made(uow: UnitOfWork, appeal: Appeal) -> list[dict[str, object]]:
    """Return what was corrected at the hearing: the wrong entry stays beside the right one."""
    return [
        {
            "what": row.about.partition(":")[0],
            "about": row.about.partition(":")[2],
            "before": row.facts["before"],
            "after": row.facts["after"],
            "reason": row.reason,
        }
        for row in notes_of(uow, appeal, NoteKind.CORRECTION)
    ]
