"""A room of siblings: works of the same room and the same copier as the disputed one."""

from examday.services.appeals.order import reviews
from examday.services.appeals.order.similar import similar
from examday.services.training.region.day import CaseTrial
from examday.storage.tables_appeal import Appeal

BOTH = 2
"""Reasons to look at a work, its room and its copier: the planted works have both."""


def review(case: CaseTrial) -> list[str]:
    """Open a case on each of them, as the slip may be in all; their works.

    Each has a number of its own.
    """
    with case.as_person("secretary") as uow:
        found = similar(uow, uow.get(Appeal, case.appeal_id))
        alike = [one.booklet.id for one in found if len(one.reasons) == BOTH]
        opened = reviews.open_reviews(uow, case.appeal_id, alike)
        numbers = {one.number for one in opened} | {uow.get(Appeal, case.appeal_id).number}
        return [one.booklet_id for one in opened] if len(numbers) == len(opened) + 1 else []
