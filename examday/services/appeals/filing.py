"""Whether an appeal may be registered: step of the work, dates, and no other one open."""

from examday.domain.appeals import case
from examday.domain.custody.lifecycle import Medium, State, wrong_step
from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.appeals.cases import open_on
from examday.services.rules import in_force
from examday.services.rules.calendars import calendar_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def check_filing(
    uow: UnitOfWork,
    booklet: Booklet,
    kind: case.Kind,
    dates: case.FilingDates,
    late_reason: str,
) -> None:
    """Refuse a filing that cannot be: wrong dates, too early, too late, or open already."""
    # Refused before: the site itself can still correct the copy, and there are no results to appeal
    # against.
    if kind is case.Kind.SCORE and State(booklet.state) is not State.HANDED_OVER:
        raise Conflict(
            N_("A score appeal needs a work that was handed over to the processing centre."),
            code="not-handed-over",
            params=wrong_step(State(booklet.state), Medium(booklet.medium), booklet.id).params,
            advice=N_("Check the code of the work. This one waits for %(who)s."),
        )
    case.check_dates(kind, dates, uow.today())
    rules = in_force.for_exam(booklet.exam)
    # A late appeal with its reason passes: whether the reason is good is decided at the hearing.
    case.check_filed(kind, dates, late_reason, rules, calendar_of(uow))
    # One appeal of each kind may be open: on procedure and on the score are considered apart.
    twice = next((one for one in open_on(uow, booklet.id) if one.kind == kind), None)
    if twice is not None:
        raise Conflict(
            N_("This work already has an open appeal: %(number)s."),
            code="open-appeal",
            advice=N_("Open that case."),
            params={"number": twice.number, "appeal": twice.id},
        )
