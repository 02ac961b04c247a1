"""Somebody at the centre says yes to a bundle that was looked at."""

from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.domain.travel.delivery import Step
from examday.services.custody.booklets import require
from examday.services.people import log_in
from examday.services.people.directory import acting
from examday.services.people.sites import require_region
from examday.services.unit_of_work import WORKER, UnitOfWork
from examday.storage.tables import Person
from examday.storage.tables_waiting import Delivery


def ask(
    uow: UnitOfWork,
    key: str,
    person_id: str,
    secret: str,
) -> None:
    """Ask for the job of a delivery, proven with the own secret; asking again changes nothing.

    Forbidden, NotFound.
    """
    require(uow, "travel.carry")
    require_region(uow)
    log_in.prove_oneself(uow, person_id, secret, log_in.Part.ACTS)
    held = uow.hold(Delivery, key)
    if held.step == Step.WAITS:
        held.step, held.person_id = Step.ASKED, person_id
        uow.enqueue(Task.TAKE_BUNDLE, held.id)


def whoever_asked(uow: UnitOfWork, person_id: str | None) -> Actor:
    """The person who has said yes, as somebody who acts."""
    person = uow.session.get(Person, person_id or "")
    return acting(uow, person) if person else WORKER
