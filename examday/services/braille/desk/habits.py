"""The way of entry that a person is used to: it goes along to every computer of the point."""

from examday.domain.braille.entry import Way, as_kept, way_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person
from examday.storage.tables_braille import EntryHabit


def habit(uow: UnitOfWork) -> Way:
    """Return the way of the person who acts; that of somebody new where nothing is kept."""
    kept = uow.session.get(EntryHabit, uow.actor.person_id)
    return way_of(kept.way if kept else {})


def keep(uow: UnitOfWork, way: Way) -> None:
    """Remember this way for the person who acts."""
    me = uow.hold(Person, uow.actor.person_id or "")
    kept = uow.session.get(EntryHabit, me.id) or uow.add(EntryHabit(person_id=me.id, way={}))
    kept.way = as_kept(way)
