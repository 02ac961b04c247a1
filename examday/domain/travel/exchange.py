"""How a station proves to the centre who it is, when they talk over the network.

The centre gives a word, the station signs it together with its own name. Bundle and receipt are
signed apart from this: the word only keeps strangers from sending megabytes.
"""

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from examday.domain.errors import Invalid
from examday.domain.ledger import canonical
from examday.domain.messages import N_

WORD = "examday-word/1"
"""Stands in what is signed: a signature on a word is good for nothing else."""
SCHEME = "Examday"
"""Of the header `Authorization`, before the word and its signature: a scheme of our own, so that no
proxy takes it for a password."""
WORD_LASTS_S = 3600
"""Seconds: a word that is caught is soon worth nothing. A day's originals over a slow line take
longer; the station asks for another one then."""
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
"""The only addresses without TLS: what goes to them leaves no computer."""
PATH = re.compile("[!-~]*")
"""What may stand in the first line of a request: a line end in it would begin a second one."""
LONGEST_SAID = 500
"""Characters of a sentence that the centre may send: a hostile or broken one must not fill page and
log."""


def signed_word(station: str, word: str) -> bytes:
    """The bytes that the station signs."""
    return canonical({"format": WORD, "station": station, "word": word}).encode()


def address_of(text: str) -> SplitResult:
    """The address of a centre; Invalid for one without TLS that is not on this computer."""
    try:
        found = urlsplit(text.strip())
        host, _port = found.hostname, found.port
        (host or "").encode("idna")  # a name that cannot be written so is the name of no computer
    except ValueError:
        found, host = urlsplit(""), None
    strange = found.query or found.fragment or not PATH.fullmatch(found.path)
    if not host or found.scheme not in ("https", "http") or strange:
        raise Invalid(
            N_("This is no address of a centre: %(address)s."),
            code="no-address",
            advice=N_("Write it as the centre has told it: https://…"),
            params={"address": text[:200]},
        )
    if found.username is not None or (found.scheme == "http" and host not in HERE):
        raise Invalid(
            N_(
                "The evidence goes over https only: %(address)s would be read by anybody on the way."
            ),
            code="not-https",
            advice=N_("Write the address as the centre has told it: https://…"),
            params={"address": f"{found.scheme}://{host}"},
        )
    return found


def sayable(told: Mapping[str, object]) -> bool:
    """Whether a refusal that came over the network may be shown: two sentences and what they name."""
    said = [told.get(name) for name in ("code", "message", "advice")]
    params = told.get("params")
    if not all(isinstance(one, str) and 0 < len(one) <= LONGEST_SAID for one in said):
        return False
    if not isinstance(params, dict):
        return False
    try:
        return all((str(one) % params).isprintable() for one in said[1:])
    except (KeyError, TypeError, ValueError):
        return False
