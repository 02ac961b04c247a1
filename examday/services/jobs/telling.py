"""What a worker writes down of something that a person waits for: how far it is, and how it ended."""

import time

from examday.domain.errors import DomainError
from examday.domain.travel.delivery import Step
from examday.services.unit_of_work import WORKER, Store
from examday.storage.base import JsonObject
from examday.storage.tables_waiting import Delivery, LedgerCheck, Posting

TELL_S = 1.0
"""Seconds between two words about how far it is: each is a write, and SQLite has one writer."""
Row = Delivery | Posting | LedgerCheck
Waited = type[Delivery] | type[Posting] | type[LedgerCheck]


def refusal(error: DomainError) -> JsonObject:
    """A refusal as it is kept: its words are put into the reader's language when they are shown."""
    params = {name: value for name, value in error.params.items() if isinstance(value, str | int)}
    return {
        "code": error.code,
        "message": error.message,
        "advice": error.advice,
        "params": params,
    }


def end(
    store: Store,
    what: tuple[Waited, str],
    step: Step,
    told: JsonObject,
) -> None:
    """Write down how it ended, unless that is written already.

    What was done is done: a worker that was held up may come after somebody has given it up.
    """
    model, key = what
    with store.begin(WORKER) as uow:
        held: Row = uow.hold(model, key)
        if held.step == Step.ASKED or (held.step == Step.REFUSED and step == Step.DONE):
            held.step, held.told = step, told


class Telling:
    """Writes down how many originals or entries are done, now and then."""

    def __init__(self, store: Store, what: tuple[Waited, str]) -> None:
        self._store, self._what, self._last = store, what, 0.0

    def __call__(self, done: int, of: int) -> None:
        """`done` of `of` are done."""
        if time.monotonic() - self._last < TELL_S and done < of:
            return
        self._last = time.monotonic()
        model, key = self._what
        with self._store.begin(WORKER) as uow:
            held: Row = uow.hold(model, key)
            # Nothing to tell where another worker was quicker: how it ended is said already.
            if held.step == Step.ASKED:
                held.told = {"done": done, "of": of}
