"""Alarms about what came in."""

import json

from sqlalchemy import select

from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.services.travel.incoming.following import Fork
from examday.services.travel.incoming.sender import Known
from examday.services.unit_of_work import Store
from examday.storage.tables import EventRow


def note_fork(
    store: Store,
    actor: Actor,
    known: Known,
    fork: Fork,
) -> None:
    """Note two histories once, in the chain of the point."""
    subject = f"station:{known.station}"
    with store.begin(actor) as uow:
        uow.queue(f"arrivals {known.station}")
        before = select(EventRow.data).where(
            EventRow.kind == Event.ALARM_FORK, EventRow.subject == subject
        )
        told = {json.loads(data).get("theirs") for data in uow.session.scalars(before)}
        if fork.theirs not in told:
            uow.record(Event.ALARM_FORK, subject, entry=fork.entry, theirs=fork.theirs)
