"""Distribution: the chair gives works to translators."""

from dataclasses import dataclass

from examday.domain.braille import commission as rules
from examday.domain.custody.lifecycle import Medium, State, wrong_step
from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.duties import FIRST, PART_NAMES, SECOND, Taken
from examday.services.braille import eligibility
from examday.services.custody.booklets import require
from examday.services.transfer.crew.may_take import check_person
from examday.services.transfer.hands import holders
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet, Person

OPEN = (State.COLLECTED, State.SCANNED)
"""States in which a work is given out: before the scan too, because hands are planned in the morning."""


@dataclass(frozen=True)
class Given:
    """What was given to whom: the place of the work in its room, the part (a msgid), the name."""

    place: str
    part: str
    name: str


def give(
    uow: UnitOfWork,
    booklet_id: str,
    part: str,
    person_id: str,
) -> Given:
    """Give a work to a translator as first or second reader.

    Conflict when the part is taken or over, or when a rule stands against this person; Forbidden
    for anybody but the chair.
    """
    require(uow, "braille.lead")
    if not person_id:
        raise Invalid(
            N_("Nobody is chosen: say to whom the work is given."), code="nobody", field="person"
        )
    booklet = uow.hold(Booklet, booklet_id)
    person = uow.get(Person, person_id)
    _check_free(uow, booklet, part)
    hands = holders(uow, booklet)
    rules.check_given(eligibility.translator(uow, person), eligibility.work(booklet, hands))
    check_person(uow, booklet, part, person.id)
    uow.add(
        Assignment(
            booklet_id=booklet.id,
            version=booklet.version,
            part=part,
            person_id=person.id,
            at=uow.now(),
        )
    )
    uow.record(Event.COMMISSION_GIVE, f"booklet:{booklet.id}", part=part, person=person.id)
    place = f"{booklet.seat.room.number}-{booklet.seat.place}"
    return Given(place, PART_NAMES[part], person.name)


def _check_free(uow: UnitOfWork, booklet: Booklet, part: str) -> None:
    """Conflict when the work is not given out now, or the part is taken."""
    if not booklet.is_braille or part not in (FIRST, SECOND) or booklet.state not in OPEN:
        raise wrong_step(State(booklet.state), Medium(booklet.medium), booklet.id)
    if part in holders(uow, booklet):
        raise Taken()
