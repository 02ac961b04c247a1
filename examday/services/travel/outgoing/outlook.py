"""What would go to the centre now, before anything is written or given away."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from examday.services.travel.joining import centre_of
from examday.services.travel.outgoing import gathering
from examday.services.travel.outgoing.due import to_be_given
from examday.services.travel.outgoing.gathering import Part
from examday.services.travel.outgoing.giving import next_entry
from examday.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Outlook:
    """The entries `first` … `last`, and what they wrote. `last` before `first`: nothing is new."""

    centre: str
    """What the centre calls this station, and the point as it names it: a person sees whom the
    bundle is for."""
    point: str
    name: str
    first: int
    last: int
    days: Mapping[str, int]
    training: Mapping[str, int]
    """Works by day; those of training days apart: nobody may take the one for the other."""
    originals: int
    size: int
    """Bytes of the originals: by them a person chooses a stick that is large enough."""
    given: int
    """Works that would be the centre's afterwards: from then on nobody here can change them."""


def outlook(uow: UnitOfWork) -> Outlook | None:
    """What `sending.send` would write; None where the station has no centre."""
    centre = centre_of(uow)
    if centre is None:
        return None
    part = Part(next_entry(uow, centre))
    for entry in gathering.entries(uow.session, part.first):
        part.note(entry)
    scans = gathering.scans(uow.session, part)
    real, training = gathering.days(uow.session, part)
    waiting = select(func.count()).select_from(to_be_given().subquery())
    return Outlook(
        centre=centre.id,
        point=centre.point,
        name=centre.name,
        first=part.first,
        last=max(part.last, part.first - 1),
        days={day.isoformat(): n for day, n in sorted(real.items())},
        training={day.isoformat(): n for day, n in sorted(training.items())},
        originals=len(scans),
        size=sum(scans.values()),
        given=uow.session.scalar(waiting) or 0,
    )
