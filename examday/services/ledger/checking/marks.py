"""Checkpoints: each is signed, and says of its entry what the chain says."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from examday.domain.ledger import GENESIS, Fault
from examday.services.ledger import checkpoints as proof
from examday.services.ledger.checking.walk import Walk
from examday.services.ledger.own_keys import proven
from examday.services.unit_of_work import Store
from examday.storage.as_stored import StoredRow


@dataclass(frozen=True)
class Chain:
    """The checkpoints of one chain, and the pass over its entries."""

    marks: Sequence[StoredRow]
    walk: Walk


def own_key(store: Store) -> str:
    """The public key of this installation."""
    return proof.public_key(store.settings.keys)


def own_keys(key: str, walk: Walk) -> list[str]:
    """The key of this installation, and those that it had before."""
    return proven(key, walk.new_keys)


def numbers_of(
    marks: Sequence[StoredRow],
    on_paper: Sequence[tuple[int, str]],
) -> frozenset[int]:
    """Numbers of the entries that checkpoints and codes on paper speak of."""
    numbers = (mark.values.get("seq") for mark in marks)
    told = frozenset(number for number in numbers if isinstance(number, int))
    return told | {seq for seq, _code in on_paper}


def checkpoint_faults(
    marks: Sequence[StoredRow],
    walk: Walk,
    keys: Sequence[str],
    earlier: Collection[str] = (),
) -> list[Fault]:
    """What is wrong with the checkpoints of one chain, whose writers have these public keys.

    `earlier`: codes of others that are there, of entries that are not looked at.
    """
    faults = [
        Fault(seq, "checkpoint-missing", code)
        for code, seq in walk.codes.items()
        if code not in {*earlier, *(mark.values.get("code") for mark in marks)}
    ]
    for mark in marks:
        faults += _mark_faults(mark.values, walk, keys)
    return faults


def _mark_faults(
    mark: Mapping[str, Any],
    walk: Walk,
    keys: Sequence[str],
) -> list[Fault]:
    """What is wrong with one checkpoint; whatever is malformed in it makes its signature wrong."""
    seq = mark["seq"] if isinstance(mark.get("seq"), int) else 0
    code = str(mark.get("code", "?"))
    # First: of a checkpoint with a wrong signature nothing else can be believed.
    if not any(_signature_holds(mark, key) for key in keys):
        return [Fault(seq, "signature", code)]
    if seq > walk.seq:
        return [Fault(seq, "tail-cut", code)]
    # Entry 0 is the empty ledger: its root is GENESIS.
    root_then = walk.hashes.get(seq, GENESIS)
    return [Fault(seq, "checkpoint", code)] if root_then != str(mark["root"]) else []


def _signature_holds(mark: Mapping[str, Any], key: str) -> bool:
    """Whether the checkpoint says what its signature covers, and its code is the code of that."""
    try:
        said = proof.statement(int(mark["seq"]), str(mark["root"]), mark["at"], mark["purpose"])
        return said["code"] == str(mark["code"]) and proof.signature_holds(
            key, said, mark["signature"]
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        return False
