"""A review of works that may carry the same defect: a case for each, decided by itself."""

from collections.abc import Iterable

from sqlalchemy import select

from examday.domain.appeals.case import FilingDates, Kind, filing_ends
from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.appeals.order.similar import similar
from examday.services.appeals.registration import Filing, register
from examday.services.custody.booklets import require
from examday.services.rules import in_force
from examday.services.rules.calendars import calendar_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal

REASON = "проверка комиссией по делу"
"""Stands on papers, so it is Russian and no msgid."""


def open_reviews(uow: UnitOfWork, appeal_id: str, works: Iterable[str]) -> list[Appeal]:
    """Register a case on each of these works, as a review that this case has called for.

    Each goes its own way from the hearing on. Conflict for a work that is not similar to the
    disputed one, or has an open case already.
    """
    require(uow, "appeal.register")
    uow.queue("appeal numbers")
    origin = uow.hold(Appeal, appeal_id)
    known = {one.booklet.id for one in similar(uow, origin)}
    chosen = sorted(set(works))
    if not chosen or not set(chosen) <= known or not origin.defect:
        raise Conflict(
            N_("A review is opened on works that may carry the defect found in this case."),
            code="no-review",
            advice=N_("Choose works from the list."),
        )
    return [register(uow, _filing(uow, origin, work)) for work in chosen]


def _filing(uow: UnitOfWork, origin: Appeal, work: str) -> Filing:
    """Return the filing of a review: by the commission itself, today."""
    today = uow.today()
    dates = FilingDates(origin.exam.date, origin.result_day, today, today)
    rules = in_force.for_exam(origin.exam)
    late = today > filing_ends(Kind.SCORE, dates, rules, calendar_of(uow))
    # The window of the candidate may be over; the commission found the defect itself.
    return Filing(
        Kind.SCORE,
        work,
        filed=today,
        reached=today,
        result_day=origin.result_day,
        late_reason=f"{REASON} {origin.number}" if late else "",
        facts={"review_of": origin.number, "text": f"{REASON} {origin.number}"},
    )


def reviews_of(uow: UnitOfWork, appeal: Appeal) -> list[Appeal]:
    """Return this case and the reviews that it has called for, by number."""
    rows = uow.session.scalars(
        select(Appeal).where(Appeal.exam_id == appeal.exam_id).order_by(Appeal.number)
    )
    return [
        one for one in rows if one.id == appeal.id or one.facts.get("review_of") == appeal.number
    ]
