"""The public keys that an installation has had: what it signed before a change of key holds on."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from examday.domain.events import Event, read_data
from examday.domain.travel.letters import is_key, renewal, signed_part
from examday.services.ledger.checkpoints import holds, public_key
from examday.services.ledger.writing import of_chain
from examday.services.unit_of_work import Store
from examday.storage.tables import EventRow


def proven(key: str, told: Sequence[Mapping[str, object]]) -> list[str]:
    """This key, and those before it for which it vouches itself, the newest first.

    `told`: what entries say of changes of key, in order. Whoever can write entries alone cannot
    pass another key off as an earlier one.
    """
    keys = [key]
    for data in reversed(told):
        letter = renewal(data)
        newer, before = str(letter.get("public_key")), letter.get("before")
        known = newer in keys and is_key(before)
        if known and holds(newer, signed_part(letter), str(letter.get("signature"))):
            keys.append(str(before))
    return keys


def earlier(store: Store) -> list[str]:
    """The keys that this installation had before the present one."""
    changes = select(EventRow.data).where(
        of_chain(EventRow, ""), EventRow.kind == Event.CENTRE_NEW_KEY
    )
    with store.read() as uow:
        told = [read_data(data) for data in uow.session.scalars(changes.order_by(EventRow.seq))]
    return proven(public_key(store.settings.keys), told)[1:]
