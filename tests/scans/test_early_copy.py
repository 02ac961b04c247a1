"""A copy that is scanned before copying waits for a person, whatever step the work is in: it can
never become the copy by itself."""

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Actor, Role
from examday.services.jobs import handing_out, outbox
from examday.services.people import directory
from examday.services.scans import intake, matching
from examday.services.scans.deciding import by_hand
from examday.services.scans.files import opening, setting_aside
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page
from tests import day, sheets

pytestmark = pytest.mark.usefixtures("without_children")


def move(store: Store, which: str, state: State) -> None:
    """The people bring the work to another step."""
    with store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, which)
        booklet.state, booklet.since = state.value, uow.now()
        uow.record("test:moved", f"booklet:{which}")


@pytest.mark.parametrize("early", [State.REGISTERED, State.ENLARGED, State.COLLECTED, State.KEYED])
def test_a_copy_scanned_before_copying_is_never_attached_by_itself(
    store: Store, early: State
) -> None:
    code = sheets.kit_code(30)
    which = day.booklet(store, code, early)
    intake.receive_file(store, sheets.save(store.settings.inbox / "copy.jpg", code, "A4"))
    for _outbox, task, arg in handing_out.due(store):
        outbox.run(store, task, arg, opening.process, setting_aside.give_up)
    for state in (State.COLLECTED, State.SCANNED, State.SETTLED):
        move(store, which, state)
        assert matching.match_again(store) == 0
    move(store, which, State.COPIED)
    assert matching.match_again(store) == 0
    with store.read() as uow:
        [page] = uow.session.query(Page)
        assert (page.state, page.problems, page.role) == ("exception", ["early"], "copy")
        assert uow.get(Booklet, which).state == State.COPIED
    entries = store.last_seq()
    assert matching.match_again(store) == 0
    assert store.last_seq() == entries
    head = directory.actor_of(day.person(store, "head", Role.SITE_HEAD))
    with store.begin(head) as uow:
        by_hand.attach_page(uow, page.id, uow.get(Booklet, which), "copy", "сверено с листом")
    with store.read() as uow:
        assert uow.get(Booklet, which).state == State.COPY_SCANNED
