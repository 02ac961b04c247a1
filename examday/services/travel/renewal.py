"""A station changes its key, by the word of the one before."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from examday.domain.events import Event, read_data
from examday.domain.people.roles import Actor
from examday.domain.travel.letters import Letter, renewal, signed_part
from examday.services.ledger.checkpoints import public_key, sign_bytes
from examday.services.ledger.writing import of_chain
from examday.services.travel.confirmed import newest
from examday.services.travel.joining import require_centre
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.base import plain
from examday.storage.keys import NEXT, change_ledger_key, kept_key
from examday.storage.tables import EventRow


def renew(store: Store, actor: Actor) -> Letter:
    """Give this station a new key; return the letter about it, which both keys have signed.

    As long as the centre has not confirmed the change, the same letter comes again: one that got
    lost is written anew, and what a cut left is finished. Conflict without a centre.
    """
    keys = store.settings.keys
    with store.begin(actor) as uow:
        uow.queue("centre")
        require_centre(uow)
        letter = _waiting(uow) or _change(uow)
        is_here = _is_here(uow, letter)
    if is_here:
        change_ledger_key(keys)
    public_key(keys)  # the file beside the key says the new one from here on
    return letter


def _waiting(uow: UnitOfWork) -> Letter | None:
    """The letter of the last change, while the station or the centre has not done its part."""
    changes = select(EventRow).where(of_chain(EventRow, ""), EventRow.kind == Event.CENTRE_NEW_KEY)
    last = uow.session.scalars(changes.order_by(EventRow.seq.desc()).limit(1)).first()
    if last is None:
        return None
    letter, receipt = renewal(read_data(last.data)), newest(uow)
    done = public_key(uow.settings.keys) == letter["public_key"]
    if not done and not _is_here(uow, letter):
        # A backup was brought back: whoever took this letter in would wait for a key that is gone.
        return None
    return None if done and receipt is not None and receipt.last >= last.seq else letter


def _is_here(uow: UnitOfWork, letter: Letter) -> bool:
    """Whether the key that a letter speaks of lies ready."""
    return (uow.settings.keys / NEXT).exists() and _public(_next(uow)) == letter["public_key"]


def _change(uow: UnitOfWork) -> Letter:
    centre, key = require_centre(uow), _next(uow)
    told = {
        "station": centre.id,
        "site": centre.point,
        "public_key": _public(key),
        "before": public_key(uow.settings.keys),
        "at": plain(uow.now()),
    }
    content = signed_part(renewal(told))
    told["signature"] = base64.b64encode(key.sign(content)).decode("ascii")
    told["signature_before"] = sign_bytes(uow.settings.keys, content)
    uow.record(Event.CENTRE_NEW_KEY, f"centre:{centre.id}", **told)
    return renewal(told)


def _next(uow: UnitOfWork) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(kept_key(uow.settings.keys, NEXT))


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()
