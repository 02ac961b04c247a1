"""How the end of the day stands in its summary."""

from examday.domain.messages import N_
from examday.services.board.closing import DayEnd
from examday.services.printing.words import clock, ru
from examday.services.unit_of_work import UnitOfWork


def closing_of(uow: UnitOfWork, end: DayEnd) -> list[list[str]]:
    """Say who closed the day of the point, when, and what was open then."""
    closed = end.closed
    if closed is None:
        return [[ru(N_("Day of the point")), ru(N_("not closed yet"))]]
    said = ru(
        N_("%(at)s, %(name)s; open then: %(open)s"),
        at=clock(uow, closed.at),
        name=closed.by,
        open=closed.open,
    )
    return [
        [ru(N_("Day of the point closed")), said],
        *([[ru(N_("Said about it")), closed.reason]] if closed.reason else []),
        *(
            [[ru(N_("Entries about its works since then")), str(closed.later)]]
            if closed.later
            else []
        ),
    ]
