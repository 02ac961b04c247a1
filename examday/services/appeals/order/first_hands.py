"""First hands: who had which part in earlier versions of a transfer."""

from sqlalchemy import select

from examday.domain.rules.ruleset import SLOT_NAMES
from examday.domain.transfer.duties import PART_NAMES
from examday.domain.transfer.readings import PART_OF_SOURCE
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Reading, Signoff


def first_hands(uow: UnitOfWork, booklet_id: str, before_version: int) -> dict[str, list[str]]:
    """Return everybody who took part in versions before `before_version`, with their parts' names."""
    found: dict[str, list[str]] = {}
    # Assigned, read or signed: each alone makes a hand of the first transfer, done or not.
    source_names = {source: PART_NAMES[part] for source, part in PART_OF_SOURCE.items()}
    for model, column, names in (
        (Assignment, Assignment.part, PART_NAMES),
        (Reading, Reading.source, source_names),
        (Signoff, Signoff.slot, SLOT_NAMES),
    ):
        query = select(model.person_id, column).where(
            model.booklet_id == booklet_id, model.version < before_version
        )
        for person, part in uow.session.execute(query.order_by(model.at)):
            if not person or part not in names:
                continue
            parts = found.setdefault(person, [])
            if names[part] not in parts:
                parts.append(names[part])
    return found
