"""Letters between a station and its centre: one JSON object each, with the signature of its writer."""

import json
from collections.abc import Mapping

from examday.domain.errors import Invalid
from examday.domain.ledger import canonical
from examday.domain.messages import N_

INVITATION = "examday-invitation/1"
"""Centre to station. Carries the centre's key: by it the station knows later letters for real."""
ANSWER = "examday-answer/1"
"""Station to centre: its key; with `before`, a key that takes the place of that one, so that a
laptop can be replaced."""
RECEIPT = "examday-receipt/1"
"""Centre to station: it holds the ledger up to an entry. Only then may the station lose what it
sent."""
ORDER = "examday-order/1"
"""Centre to station: what it is to do. Numbered, so that none is carried out twice and a missing
one shows."""
FIELDS: dict[str, dict[str, type]] = {
    INVITATION: dict.fromkeys(("station", "site", "name", "zone", "centre_key", "at"), str),
    ANSWER: dict.fromkeys(("station", "site", "public_key", "at"), str),
    RECEIPT: {
        **dict.fromkeys(("station", "site", "root", "entry_root", "centre_key", "at"), str),
        **dict.fromkeys(("first", "last", "entry", "works"), int),
    },
    ORDER: {**dict.fromkeys(("station", "site", "order", "centre_key", "at"), str), "number": int},
}
"""What each letter must say. Others may stand in it and are signed too, so that later versions can
say more."""
LONGEST = 4 << 20
"""Bytes: a letter is read whole. The plan of a large point has some hundred thousand."""
LONGEST_NAME = 16
"""Characters of the name of a station or a point: it becomes a part of keys and of file names."""
HEX = frozenset("0123456789abcdef")
SIGNATURES = ("signature", "signature_before")
"""Left out of what is signed: a signature cannot cover itself."""

Letter = dict[str, object]


def parse(content: bytes) -> Letter:
    """Read a letter; Invalid for anything else. Its signature is judged by whoever knows the key."""
    try:
        found = json.loads(content.decode()) if len(content) <= LONGEST else None
        # What has no bytes to be signed (a NaN, half a character) was written by no end.
        canonical(found).encode()
    except (ValueError, RecursionError):
        found = None
    fields = FIELDS.get(str(found.get("format"))) if isinstance(found, dict) else None
    if not isinstance(found, dict) or fields is None:
        raise Invalid(
            N_("This is no letter of the program, or it was cut short."),
            code="no-letter",
            advice=N_("Bring the file once more, unchanged: a file of a few lines."),
        )
    wrong = [name for name, kind in fields.items() if type(found.get(name)) is not kind]
    wrong += [
        name for name in ("station", "site") if name not in wrong and not _is_name(found[name])
    ]
    keys = [name for name in ("public_key", "centre_key", "before") if name in found]
    wrong += [name for name in keys if not is_key(found[name])]
    if wrong:
        raise Invalid(
            N_("In this letter «%(name)s» is missing or wrong."),
            code="no-letter",
            advice=N_("Bring the file once more, unchanged: a file of a few lines."),
            params={"name": wrong[0]},
        )
    return found


def says_order(content: bytes) -> bool:
    """Whether these bytes are a whole letter that orders something."""
    try:
        return parse(content)["format"] == ORDER
    except Invalid:
        return False


def _is_name(value: object) -> bool:
    """Whether a station or a point may be called so: kept whole, or not at all."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable()


def renewal(told: Mapping[str, object]) -> Letter:
    """The letter of a change of key, from what the station's ledger says of it."""
    return {"format": ANSWER, **told}


def signed_part(letter: Mapping[str, object]) -> bytes:
    """The bytes that the signatures of a letter cover."""
    return canonical({k: v for k, v in letter.items() if k not in SIGNATURES}).encode()


def is_key(value: object) -> bool:
    """Whether this is a public key of Ed25519 in hex."""
    return isinstance(value, str) and len(value) == 64 and set(value) <= HEX
