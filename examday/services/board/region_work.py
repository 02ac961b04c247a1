"""What works in the background of a region, and which terms of its commission end first."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from examday.services.appeals.views.terms import A_PAGE, Due, due
from examday.services.jobs.backlog import Backlog, backlog
from examday.services.jobs.health import workers
from examday.services.people.sites import require_region
from examday.services.rules.calendars import calendar_of
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables_appeal import Appeal

SOONEST = 10
"""Cases that are shown: the list of all is on «Appeals»."""


@dataclass(frozen=True)
class Background:
    """Queues and workers. `workers`: part → how many gave a sign of life; None: nobody could look."""

    waiting: Backlog
    workers: Mapping[str, int] | None


def background(store: Store) -> Background:
    """Ask the database for the jobs, and the broker for the workers."""
    return Background(backlog(store), workers(store))


@dataclass(frozen=True)
class Term:
    """An open case and what it has to come to next."""

    case: Appeal
    due: Due | None
    """None where the next step has no term in the rules: none is made up."""

    @property
    def last(self) -> dt.date | None:
        """The last day, where a term runs."""
        return self.due.until.last_day if self.due else None


def terms(uow: UnitOfWork) -> Sequence[Term]:
    """Return the cases whose terms end first, of the `A_PAGE` open ones that reached the commission first.

    Which term runs depends on what a case has come to: the one that came first may wait for none.
    """
    require_region(uow)
    rows = uow.session.scalars(
        select(Appeal)
        .where(Appeal.closed_at.is_(None))
        .order_by(Appeal.reached, Appeal.number)
        .limit(A_PAGE)
        .options(joinedload(Appeal.exam), joinedload(Appeal.booklet))
    ).all()
    days = calendar_of(uow)
    found = (Term(case, due(uow, case, days)) for case in rows)
    return sorted(found, key=lambda term: (term.last or dt.date.max, term.case.number))[:SOONEST]
