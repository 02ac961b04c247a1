"""The hash tree over a chain: leaf n − 1 is the hash of entry n (docs/ledger-format.md)."""

import hashlib
import json
from collections.abc import Iterable
from functools import cache

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from examday.domain.errors import Broken
from examday.domain.hash_tree import BLOCK, Growing, Tree, leaf
from examday.domain.people.roles import Actor
from examday.services.ledger import writing
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import EventRow
from examday.storage.tables_tree import RowEntry, TreeBlock

AT_ONCE = 64
"""Blocks that one transaction keeps: others wait for it on SQLite."""


def number_of(row: str) -> int:
    """The number that stands for a row's key; another row may have the same."""
    # half a letter is taken as it is: a check meets whatever stands in an entry
    key = row.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(key).digest()[:8], "big", signed=True)


def leaf_of(entry_hash: str) -> bytes:
    """The leaf of an entry; Broken when its hash is none."""
    try:
        return leaf(bytes.fromhex(entry_hash))
    except ValueError as error:
        raise Broken() from error


def keep(uow: UnitOfWork, station: str = "", most: int = AT_ONCE) -> int:
    """Keep what is missing of the whole blocks of the site's chain, or of the one that came in from
    a station there; at most so many. Return how many these were.
    """
    chain = writing.chain_of(uow.site, station)
    uow.queue(f"tree {chain}")
    last = writing.last_entry(uow.session, chain)
    first = _kept(uow.session, chain)
    end = min(first + most, (last.seq if last else 0) // BLOCK)
    for number in range(first, end):
        try:
            _keep_block(uow.session, chain, number)
        except Broken:
            # no error here: the check of the ledger names what is wrong there
            return number - first
    return max(0, end - first)


def keep_all(store: Store, station: str = "") -> None:
    """Keep all whole blocks of a chain, some in each transaction."""
    kept = AT_ONCE
    while kept == AT_ONCE:
        with store.begin(Actor.system("tree")) as uow:
            kept = keep(uow, station)


def root_now(uow: UnitOfWork) -> dict[str, object]:
    """Size and root of the tree over all entries so far, as an entry tells them.

    Nothing where blocks are missing: of a long ledger that was never kept, or a broken one.
    """
    last = writing.last_entry(uow.session, uow.site)
    size = last.seq if last else 0
    if _kept(uow.session, uow.site) < size // BLOCK:
        return {}
    try:
        return {"size": size, "tree": tree_of(uow.session, uow.site, size).root().hex()}
    except Broken:
        return {}


def tree_of(session: Session, chain: str, size: int) -> Tree:
    """The tree over the first `size` entries of a chain; its whole blocks must be kept."""

    @cache
    def leaves(number: int) -> list[bytes]:
        end = min(size, (number + 1) * BLOCK)
        return [leaf_of(entry[1]) for entry in _entries(session, chain, number * BLOCK, end)]

    blocks = (
        select(TreeBlock.hash)
        .where(writing.of_chain(TreeBlock, chain), TreeBlock.number < size // BLOCK)
        .order_by(TreeBlock.number)
    )
    # Thousands of them: on the connection itself, which makes less of each row.
    found = session.connection().execute(blocks).scalars()
    return Tree(size, [bytes.fromhex(one) for one in found], leaves)


def recorded_in(
    session: Session,
    chain: str,
    rows: Iterable[str],
    size: int,
) -> dict[str, list[int]]:
    """The entries up to number `size` that recorded these rows, by row, in their order.

    A few others may be among them: a number stands for a row.
    """
    names = {number_of(row): row for row in rows}
    found: dict[str, list[int]] = {row: [] for row in names.values()}
    kept = select(RowEntry.row, RowEntry.seq).where(
        writing.of_chain(RowEntry, chain), RowEntry.row.in_(names), RowEntry.seq <= size
    )
    for number, seq in session.execute(kept.order_by(RowEntry.seq)):
        found[names[number]].append(seq)
    # From the last whole block on: the newest entries belong to none yet.
    after = min(size, _kept(session, chain) * BLOCK)
    for seq, _hash, recorded in _entries(session, chain, after, size):
        for row in rows_of(recorded):
            if row in found:
                found[row].append(seq)
    return found


def rows_of(stored: str) -> dict[str, str]:
    """The rows that an entry recorded, as they are stored with it; Broken when these are none."""
    try:
        found: dict[str, str] = json.loads(stored)
        return found if isinstance(found, dict) else {}
    except ValueError as error:
        raise Broken() from error


def _kept(session: Session, chain: str) -> int:
    """How many blocks of the chain are kept."""
    newest = select(TreeBlock.number).where(writing.of_chain(TreeBlock, chain))
    number = session.scalar(newest.order_by(TreeBlock.number.desc()).limit(1))
    return 0 if number is None else number + 1


def _keep_block(session: Session, chain: str, number: int) -> None:
    tree, root, index = Growing(), None, list[dict[str, object]]()
    site, station = writing.parts_of(chain)
    whose = {"site": site, "chain": station}
    for seq, entry_hash, rows in _entries(session, chain, number * BLOCK, (number + 1) * BLOCK):
        root = tree.add(leaf_of(entry_hash))
        named = {number_of(row) for row in rows_of(rows)}
        index += [{**whose, "row": row, "seq": seq} for row in sorted(named)]
    assert root is not None
    session.execute(insert(TreeBlock), [{**whose, "number": number, "hash": root.hex()}])
    if index:
        session.execute(insert(RowEntry), index)


def _entries(
    session: Session,
    chain: str,
    after: int,
    until: int,
) -> list[tuple[int, str, str]]:
    """Number, hash and rows of the entries `after` < n ≤ `until`; Broken where one is missing."""
    wanted = select(EventRow.seq, EventRow.hash, EventRow.rows).where(
        writing.of_chain(EventRow, chain), EventRow.seq > after, EventRow.seq <= until
    )
    rows = session.execute(wanted.order_by(EventRow.seq))
    found = [(row.seq, row.hash, row.rows) for row in rows]
    if len(found) != until - after:
        raise Broken()
    return found
