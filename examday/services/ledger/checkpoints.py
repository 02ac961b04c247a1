"""Signed checkpoints of the ledger: what leaves the machine on paper and in bundles."""

import base64
import binascii
import datetime as dt
from pathlib import Path
from typing import TypedDict

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import func, select

from examday.domain import ledger
from examday.domain.events import Event
from examday.domain.ledger import GENESIS
from examday.domain.people.roles import Actor
from examday.services.custody.booklets import require
from examday.services.ledger import tree, writing
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.base import new_id
from examday.storage.durable import put_in_place
from examday.storage.keys import LEDGER, kept_key
from examday.storage.tables import Checkpoint

EVERY = 100
"""A checkpoint is made by itself after so many entries, so that a cut-off tail shows although
nothing was printed."""


class Statement(TypedDict):
    """What a checkpoint says of the entry `seq`: the root, its code for paper, when, and for what."""

    seq: int
    root: str
    code: str
    at: str
    purpose: str
    """Signed too: a code of a print-out cannot be passed off as another's."""


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The key of this station, made at first use; the file is for its owner alone."""
    key = Ed25519PrivateKey.from_private_bytes(kept_key(folder, LEDGER))
    public, said = folder / "ledger.pub", key.public_key().public_bytes_raw().hex() + "\n"
    # Beside the private one, so that an auditor can copy it without touching that.
    if not public.exists() or public.read_bytes() != said.encode():
        # Whole or not at all: half a key, left by a power cut, would stay there for ever.
        partial = folder / f".{new_id()}.part"
        partial.write_text(said, encoding="ascii")
        put_in_place(partial, public)
    return key


def public_key(folder: Path) -> str:
    """The public key of this station (64 hex): what a verifier compares a bundle with."""
    return signing_key(folder).public_key().public_bytes_raw().hex()


def statement(
    seq: int,
    root: str,
    at: str,
    purpose: str,
) -> Statement:
    """What a checkpoint says and its signature covers."""
    return {
        "seq": seq,
        "root": root,
        "code": ledger.checkpoint_code(seq, root),
        "at": at,
        "purpose": purpose,
    }


def sign_statement(folder: Path, said: Statement) -> str:
    """Ed25519 signature (base64) of the canonical form."""
    return sign_bytes(folder, ledger.canonical(said).encode())


def sign_bytes(folder: Path, content: bytes) -> str:
    """Ed25519 signature (base64) of these bytes."""
    return base64.b64encode(signing_key(folder).sign(content)).decode("ascii")


def signature_holds(key_hex: str, said: Statement, signature: str) -> bool:
    """Whether the signature belongs to this statement and key."""
    return holds(key_hex, ledger.canonical(said).encode(), signature)


def holds(key_hex: str, content: bytes, signature: str) -> bool:
    """Whether the signature (base64) belongs to these bytes and this key (hex)."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key_hex)).verify(
            base64.b64decode(signature, validate=True), content
        )
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def last_entry(uow: UnitOfWork) -> tuple[int, str]:
    """Number and hash of the last entry that is written."""
    row = writing.last_entry(uow.session, uow.site)
    return (row.seq, row.hash) if row else (0, GENESIS)


def checkpoint(uow: UnitOfWork, purpose: str) -> Checkpoint:
    """A signed statement about the last entry written so far; its code goes on paper.

    `purpose` says what for («print:act», «export», «every-100»): a code word, never a name.
    """
    seq, root = last_entry(uow)
    at = uow.now()
    said = statement(seq, root, at.isoformat(timespec="microseconds"), purpose)
    return uow.add(checkpoint_row(said, sign_statement(uow.settings.keys, said), at, uow.site))


def checkpoint_row(
    said: Statement,
    signature: str,
    at: dt.datetime,
    site: str,
) -> Checkpoint:
    """The row that keeps a signed statement."""
    return Checkpoint(
        site=site,
        seq=said["seq"],
        root=said["root"],
        code=said["code"],
        purpose=said["purpose"],
        at=at,
        signature=signature,
    )


def checkpoint_now(uow: UnitOfWork) -> Checkpoint:
    """A checkpoint asked for by a person, to be written on paper."""
    # Who may read the ledger may take a witness of it; the code tells nothing about candidates.
    require(uow, "ledger.see")
    made = checkpoint(uow, "by-hand")
    uow.record(Event.LEDGER_CHECKPOINT, f"checkpoint:{made.seq}", code=made.code)
    return made


def sign_what_goes(uow: UnitOfWork) -> Checkpoint:
    """A checkpoint of this installation's own hand over all that is sent away now."""
    uow.queue(f"checkpoints {uow.site}")
    made = checkpoint(uow, "travel:send")
    uow.record(Event.LEDGER_CHECKPOINT, f"checkpoint:{made.seq}", code=made.code)
    return made


def checkpoint_when_due(uow: UnitOfWork) -> Checkpoint | None:
    """A checkpoint when a hundred entries have been written since the last one.

    Asked for by the schedule.
    """
    # Two schedules at once would both find one due.
    uow.queue(f"checkpoints {uow.site}")
    newest_of = select(func.max(Checkpoint.seq)).where(writing.of_chain(Checkpoint, uow.site))
    newest = uow.session.scalar(newest_of) or 0
    if last_entry(uow)[0] < newest + EVERY:
        return None
    made = checkpoint(uow, f"every-{EVERY}")
    # Named by an entry, as all checkpoints are: one that is removed later is then missed. With the
    # root of the tree, so that a code on paper that comes after it speaks for all before it.
    uow.record(
        Event.LEDGER_CHECKPOINT,
        f"checkpoint:{made.seq}",
        code=made.code,
        **tree.root_now(uow),
    )
    return made


def keep_checkpoints(store: Store) -> None:
    """What the schedule runs: one more checkpoint when it is due, and the tree of each chain."""
    for site in store.sites():
        with store.at(site).begin(Actor.system("schedule")) as uow:
            checkpoint_when_due(uow)
        with store.at(site).begin(Actor.system("schedule")) as uow:
            tree.keep(uow)
