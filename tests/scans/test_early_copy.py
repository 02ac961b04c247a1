"""A copy that is scanned too early waits, whatever step the work is in, and finds its work by
itself after copying."""

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Actor
from examday.services.jobs import outbox
from examday.services.scans import attachment, intake
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page
from tests import day, sheets


def move(store: Store, which: str, state: State) -> None:
    """The people bring the work to another step."""
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, which).state = state.value
        uow.record("test:moved", f"booklet:{which}")


@pytest.mark.parametrize("early", [State.REGISTERED, State.ENLARGED, State.COLLECTED, State.KEYED])
def test_a_copy_scanned_before_copying_is_attached_by_itself_after_it(
    store: Store, early: State
) -> None:
    code = sheets.kit_code(30)
    which = day.booklet(store, code, early)
    intake.receive_file(store, sheets.save(store.settings.inbox / "copy.jpg", code, "A4"))
    for _outbox, task, arg in outbox.due(store):
        outbox.run(store, task, arg, intake.process, intake.give_up)
    for state in (State.COLLECTED, State.SCANNED, State.SETTLED):
        move(store, which, state)
        assert attachment.match_again(store) == 0
    move(store, which, State.COPIED)
    assert attachment.match_again(store) == 1
    with store.read() as uow:
        [page] = uow.session.query(Page)
        assert (page.state, page.role, page.booklet_id) == ("attached", "copy", which)
        assert uow.get(Booklet, which).state == State.COPY_SCANNED
