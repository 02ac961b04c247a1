"""The hash tree over the ledger: as the RFC has it, kept by blocks, and checked with the rest."""

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from examday.domain.hash_tree import BLOCK, EMPTY, Growing, Tree, leaf, node
from examday.domain.people.roles import Actor
from examday.services.ledger import audit, checkpoints, tree
from examday.services.unit_of_work import Store
from tests.ledger.test_export import verifier

# Leaves and roots of RFC 6962's reference implementation (certificate-transparency, merkletree).
LEAVES = [
    bytes.fromhex(one)
    for one in (
        "", "00", "10", "2021", "3031", "40414243",
        "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def grown(leaves: list[bytes]) -> Tree:
    blocks = [block for block in map(Growing().add, leaves) if block]
    return Tree(len(leaves), blocks, lambda n: leaves[n * BLOCK : (n + 1) * BLOCK])


def numbered(count: int) -> list[bytes]:
    return [leaf(hashlib.sha256(str(n).encode()).digest()) for n in range(count)]


def test_the_tree_is_that_of_the_rfc() -> None:
    growing = Growing()
    assert growing.root() == EMPTY
    for size, root in enumerate(ROOTS, 1):
        growing.add(leaf(LEAVES[size - 1]))
        assert growing.root().hex() == root
        assert grown([leaf(one) for one in LEAVES[:size]]).root().hex() == root
    assert leaf(b"\x01") != node(b"", b"")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 1000])
def test_each_path_and_each_beginning_is_proved_and_no_other(size: int) -> None:
    tool, leaves = verifier(), numbered(size)
    whole = grown(leaves)
    some = sorted({0, 1, 2, 100, 255, 256, 511, size // 2, size - 2, size - 1} & set(range(size)))
    for index in some:
        path = whole.path(index)
        assert tool.led_to(index, size, leaves[index], path) == whole.root()
        assert tool.led_to(index, size, leaf(b"another"), path) != whole.root()
        assert tool.led_to(index, size, leaves[index], [*path, path[-1] if path else b""]) is None
        if index + 1 < size:
            assert tool.led_to(index + 1, size, leaves[index], path) != whole.root()
        shorter, proof = grown(leaves[: index + 1]).root(), whole.consistency(index + 1)
        assert tool.begins(index + 1, size, shorter, whole.root(), proof)
        assert not tool.begins(index + 1, size, leaf(b"another"), whole.root(), proof)
        assert not tool.begins(index + 1, size, shorter, whole.root(), [*proof, shorter])


def write(store: Store, entries: int) -> None:
    with store.begin(Actor.system("test")) as uow:
        for number in range(entries):
            uow.record("test:entry", f"test:{number}")


def test_the_schedule_keeps_the_tree_and_the_check_agrees(each_store: Store) -> None:
    store = each_store
    write(store, 2 * BLOCK)
    checkpoints.keep_checkpoints(store)
    checkpoints.keep_checkpoints(store)
    with store.read() as uow:
        size = store.last_seq()
        assert uow.session.scalar(text("SELECT count(*) FROM tree_block")) == 2
        kept = tree.tree_of(uow.session, "", size)
        assert len(kept.path(3)) == 10
    write(store, 100)
    checkpoints.keep_checkpoints(store)
    with store.read() as uow:
        said = uow.session.scalar(
            text("SELECT data FROM event WHERE kind = 'ledger:checkpoint' ORDER BY seq DESC")
        )
    assert '"tree":' in said and f'"size":{size + 100}' in said
    assert audit.verify(store).faults == ()


HURT = {
    "tree-block": "UPDATE tree_block SET hash = :other WHERE number = 0",
    "row-entries": "INSERT INTO row_entry VALUES ('', '', 7, 7)",
    "tree": "",
}


@pytest.mark.parametrize("code", HURT)
def test_a_tree_that_is_not_that_of_the_entries_is_named(
    store: Store, hurt: Callable[..., None], code: str
) -> None:
    write(store, BLOCK)
    checkpoints.keep_checkpoints(store)
    if code == "tree":
        with store.begin(Actor.system("test")) as uow:
            uow.record("ledger:tree", "tree:9", size=9, tree="0" * 64)
    else:
        hurt(HURT[code], other="0" * 64)
    assert [fault.code for fault in audit.verify(store).faults] == [code]


@pytest.fixture
def hurt(store: Store) -> Callable[..., None]:
    """Changes the database behind the program's back."""

    def change(statement: str, **values: str) -> None:
        path = Path(store.settings.database_url.removeprefix("sqlite:///"))
        with sqlite3.connect(path) as connection:
            triggers = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            for name, _sql in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(statement, values)
            for _name, sql in triggers:
                connection.execute(sql)

    return change


def test_a_broken_entry_keeps_nobody_from_signing(store: Store, hurt: Callable[..., None]) -> None:
    write(store, 2 * BLOCK)
    hurt("UPDATE event SET hash = :other WHERE seq = 300", other="no hash")
    checkpoints.keep_checkpoints(store)
    with store.read() as uow:
        assert uow.session.scalar(text("SELECT count(*) FROM tree_block")) == 1
        assert uow.session.scalar(text("SELECT count(*) FROM checkpoint")) == 1
