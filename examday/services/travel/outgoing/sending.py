"""Writes the bundle that a station sends to its centre, as a file."""

from dataclasses import dataclass
from pathlib import Path

from examday.domain.people.roles import Actor
from examday.services.ledger import checkpoints, tree
from examday.services.travel.outgoing import bundle
from examday.services.travel.outgoing.gathering import Part
from examday.services.travel.outgoing.giving import give
from examday.services.unit_of_work import Store
from examday.storage.base import new_id
from examday.storage.durable import put_in_place


@dataclass(frozen=True)
class Sent:
    """A bundle that was written."""

    path: Path
    first: int
    last: int
    root: str
    works: int
    training: int
    """Works of training days among the rows; `works` counts the others, so that no sum is of
    both."""
    scans: int
    size: int
    given: int
    """Works that are the centre's from now on, which nobody here can change any more."""


def send(
    store: Store,
    actor: Actor,
    target: Path,
    first: int | None = None,
    originals: bool = True,
) -> Sent:
    """Write what the centre has not confirmed yet, or all from entry `first` on, to `target`.

    Works that were handed over are the centre's afterwards. Without `originals` they are named
    alone, and the centre says which it lacks.

    Errors: Conflict (no centre, a region, no entry `first`), Forbidden, Broken (a row or an original is damaged).
    """
    # Of its own name: two that send at once do not write into each other's file.
    partial = target.with_name(f".{target.name}.{new_id()}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with partial.open("wb") as out:
            # Before any work is given away: where nothing can be written, none must be.
            tree.keep_all(store)
            with store.begin(actor) as uow:
                centre, start, given = give(uow, first)
            with store.begin(actor) as uow:
                checkpoints.sign_what_goes(uow)
            told = bundle.write(store, centre, Part(start), originals, out)
        size = partial.stat().st_size
        put_in_place(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    part, real, training, scans = told
    return Sent(target, part.first, part.last, part.root, real, training, scans, size, given)
