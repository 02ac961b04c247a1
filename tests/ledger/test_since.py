"""A check that goes on from an earlier one: it finds what was done since, says what it did not look at, and
costs what was written since, whatever came before."""

from collections import Counter

import pytest

from examday.domain.errors import Invalid
from examday.domain.people.roles import Actor
from examday.services.ledger import audit, checkpoints, tree
from examday.services.unit_of_work import Store
from examday.storage.tables import Room
from tests.ledger.test_rows_behind_the_back import edit

SYSTEM = Actor.system("test")


def written(store: Store, first: int, last: int) -> None:
    """So many rooms, each with an entry of its own about it; the last one records the rows."""
    with store.begin(SYSTEM) as uow:
        for number in range(first, last):
            uow.add(Room(site_code="0412", number=f"{number}", purpose="exam"))
            uow.record("test:room", f"room:{number}")


@pytest.fixture
def grown(each_store: Store) -> tuple[Store, str]:
    """More than a block of entries, then a check, then some more in a whole block and behind it."""
    written(each_store, 0, 300)
    report = audit.verify(each_store)
    assert report.ok, report.faults
    checkpoints.keep_checkpoints(each_store)
    written(each_store, 300, 400)
    checkpoints.keep_checkpoints(each_store)
    written(each_store, 400, 540)
    checkpoints.keep_checkpoints(each_store)
    with each_store.begin(SYSTEM) as uow:
        tree.keep(uow)
    return each_store, report.code


def findings(store: Store, code: str) -> Counter[str]:
    return Counter(fault.code for fault in audit.verify(store, since=code).faults)


def test_what_came_after_is_checked_and_the_rest_is_said_not_to_be(
    grown: tuple[Store, str],
) -> None:
    store, code = grown
    whole, since = audit.verify(store), audit.verify(store, since=code)
    assert whole.ok and since.ok, (whole.faults, since.faults)
    assert (since.since, whole.since) == (300, 0)
    assert since.entries == whole.entries - 300 > 240
    assert since.rows == 240, "rooms of the entries before are not looked at"
    assert (since.root, since.code) == (whole.root, whole.code)
    again = audit.verify(store, since=since.code)
    assert again.ok and again.entries == 0 and again.code == since.code


def test_what_was_done_to_it_since_is_named(grown: tuple[Store, str]) -> None:
    store, code = grown
    if store.engine.dialect.name == "sqlite":
        for lock in ("event_no_update", "event_no_delete", "row_entry_no_delete"):
            edit(store, f"DROP TRIGGER {lock}")
        for lock in ("checkpoint_no_update", "checkpoint_no_delete", "tree_block_no_update"):
            edit(store, f"DROP TRIGGER {lock}")
    # Before the check: that is what a check of everything is for.
    edit(store, "UPDATE event SET actor = 'x' WHERE seq = 20")
    edit(store, "UPDATE room SET number = 'x' WHERE number = '20'")
    assert findings(store, code).keys() <= {"unsealed"}
    for statement, found in (
        ("UPDATE room SET number = 'y' WHERE number = '420'", "row-changed"),
        ("DELETE FROM room WHERE number = '421'", "row-missing"),
        ("UPDATE event SET actor = 'x' WHERE seq = 330", "hash"),
        ("DELETE FROM row_entry WHERE seq > 300", "row-entries"),
        ("UPDATE tree_block SET hash = 'x' WHERE number = 0", "tree-block"),
        ("UPDATE checkpoint SET root = 'x' WHERE seq > 350", "signature"),
        ("DELETE FROM event WHERE seq = 340", "gap"),
        (
            "UPDATE checkpoint SET seq=1, root='x', signature='x' WHERE seq BETWEEN 350 AND 450",
            "checkpoint-missing",
        ),
        ("DELETE FROM checkpoint WHERE seq > 450", "checkpoint-missing"),
        ("UPDATE event SET hash = 'x' WHERE seq = 300", "checkpoint"),
    ):
        before = findings(store, code)[found]
        edit(store, statement)
        assert findings(store, code)[found] > before, statement


def test_checkpoints_of_a_chain_that_nobody_knows_are_named(grown: tuple[Store, str]) -> None:
    """Also where no entry is of that chain, and the checkpoint is older than where the check begins."""
    store, code = grown
    edit(
        store,
        "INSERT INTO checkpoint (id, site, chain, seq, root, code, signature, purpose, at) "
        "SELECT 'x', site, 'strange', seq, root, code, signature, purpose, at "
        "FROM checkpoint ORDER BY seq LIMIT 1",
    )
    found = {(fault.code, fault.chain) for fault in audit.verify(store, since=code).faults}
    assert found == {("signature", "/strange")}


def test_a_code_that_the_ledger_has_not_is_told_after_a_check_of_everything(
    grown: tuple[Store, str],
) -> None:
    store, code = grown
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    report = audit.verify(store, since=wrong)
    assert report.since == 0 and report.entries == audit.verify(store).entries
    assert [(fault.code, fault.detail) for fault in report.faults] == [("checkpoint", wrong)]
    assert findings(store, "9999-0000-0000-0000") == {"tail-cut": 1}
    with pytest.raises(Invalid) as refused:
        audit.verify(store, "0003-0000-0000-0000", since=code)
    assert refused.value.field == "since"
