"""Sends a station's evidence over the network: the same bundle, its originals one by one."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from examday.domain.errors import Conflict
from examday.domain.people.roles import Actor
from examday.domain.travel.exchange import SCHEME, signed_word
from examday.domain.travel.letters import parse
from examday.services.ledger.checkpoints import sign_bytes
from examday.services.travel import confirming
from examday.services.travel.exchange.line import Line
from examday.services.travel.joining import require_centre
from examday.services.travel.outgoing import sending
from examday.services.unit_of_work import Store
from examday.storage.objects.opened import originals

ANEW = 20
"""Originals after which another word is asked for: a word does not last over a slow line."""
Tell = Callable[[int, int], None]
"""Is told how many originals of how many have gone: over a slow line people must see that it goes
on."""


@dataclass(frozen=True)
class Posted:
    """What was sent, and that the centre has it: its receipt is in."""

    sent: sending.Sent
    originals: int
    """That the centre lacked: what it has already is not sent once more over a slow line."""
    new: bool
    """Whether the receipt says more than the one before: if not, nobody need be told."""


def post(
    store: Store,
    actor: Actor,
    line: Line,
    first: int | None = None,
    tell: Tell = lambda _done, _of: None,
) -> Posted:
    """Send over a line to the centre; take its receipt in.

    Who sends is asked first: a station that may not send gives no work away. Errors: those of
    `sending.send` and `confirming.take_in`, the centre's refusals, and Unreached where the line
    broke: the same again goes on where it stopped.
    """
    with store.read() as uow:
        station = require_centre(uow).id
    _greet(store, line, station)
    with TemporaryDirectory(prefix="send-", dir=store.settings.var) as folder:
        sent = sending.send(store, actor, Path(folder) / "bundle.zip", first, originals=False)
        try:
            told, gone = _bundle(line, station, sent.path), 0
        except Conflict as error:
            lacking = error.params.get("lacking")
            if error.code != "lacking" or not isinstance(lacking, list):
                raise
            gone = _originals(store, line, station, lacking, tell)
            told = _bundle(line, station, sent.path)
    receipt = line.said(told, "receipt", dict)
    with store.begin(actor) as uow:
        new = confirming.take_in(uow, parse(json.dumps(receipt).encode()))
    return Posted(sent, gone, new)


def _greet(store: Store, line: Line, station: str) -> None:
    """Sign the centre's word; from here on the centre knows who asks."""
    word = line.said(line.ask("GET", f"/exchange/{station}/word"), "word", str)
    signature = sign_bytes(store.settings.keys, signed_word(station, word))
    line.headers["Authorization"] = f"{SCHEME} {word} {signature}"
    line.said(line.ask("GET", f"/exchange/{station}/"), "last", int)


def _bundle(line: Line, station: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as source:
        return line.ask("PUT", f"/exchange/{station}/bundle", source, path.stat().st_size)


def _originals(
    store: Store,
    line: Line,
    station: str,
    lacking: Iterable[str],
    tell: Tell,
) -> int:
    """Send the originals that the centre lacks; how many."""
    names, kept = list(lacking), originals(store.settings)
    for done, sha256 in enumerate(names):
        tell(done, len(names))
        if done and done % ANEW == 0:
            _greet(store, line, station)
        with kept.as_file(sha256) as path, path.open("rb") as source:
            place = f"/exchange/{station}/originals/{sha256}"
            line.ask("PUT", place, source, path.stat().st_size)
    tell(len(names), len(names))
    return len(names)
