"""A bundle that waits is taken in by a job, as the person who has said yes."""

import time
from dataclasses import asdict

from examday.domain.errors import Broken, DomainError, MachineTrouble, Unavailable
from examday.domain.messages import N_
from examday.domain.travel.delivery import Step
from examday.services.travel.incoming import taking_in
from examday.services.travel.waiting.asking import whoever_asked
from examday.services.travel.waiting.keeping import let_go
from examday.services.unit_of_work import WORKER, Store
from examday.storage.base import JsonObject
from examday.storage.objects.opened import uploads
from examday.storage.tables_waiting import Delivery

TELL_S = 1.0
"""Seconds between two words about how far it is."""


def process(store: Store, key: str) -> None:
    """Take the bundle in and write down what became of it; nothing where that is done already."""
    with store.read() as uow:
        found = uow.session.get(Delivery, key)
        if found is None or found.step != Step.ASKED:
            return
        sha256, actor = found.sha256, whoever_asked(uow, found)
    try:
        with uploads(store.settings).as_file(sha256) as path:
            taken = taking_in.take_in(store, actor, path, _Telling(store, key))
    except (Unavailable, MachineTrouble):
        raise  # says nothing about the bundle: tried again
    except DomainError as error:
        _end(store, key, Step.REFUSED, refusal(error))
    else:
        _end(store, key, Step.DONE, asdict(taken))
    let_go(store, sha256)


def refusal(error: DomainError) -> JsonObject:
    """A refusal as it is kept: its words are put into the reader's language when they are shown."""
    params = {name: value for name, value in error.params.items() if isinstance(value, str | int)}
    return {
        "code": error.code,
        "message": error.message,
        "advice": error.advice,
        "params": params,
    }


def give_up(store: Store, key: str) -> None:
    """Say that the computer or the program could not do it; the file was not changed."""
    error = Broken(
        N_(
            "The bundle could not be taken in: this computer or the program failed at it several times."
        ),
        code="gave-up",
        advice=N_(
            "Keep the file, and call the technical specialist. Nothing of it was written half."
        ),
    )
    _end(store, key, Step.REFUSED, refusal(error))


def _end(
    store: Store,
    key: str,
    step: Step,
    told: JsonObject,
) -> None:
    with store.begin(WORKER) as uow:
        held = uow.hold(Delivery, key)
        if held.step == Step.ASKED:
            held.step, held.told = step, told


class _Telling:
    """Writes down how many originals are done, now and then."""

    def __init__(self, store: Store, key: str) -> None:
        self._store, self._key, self._last = store, key, 0.0

    def __call__(self, done: int, of: int) -> None:
        if time.monotonic() - self._last < TELL_S and done < of:
            return
        self._last = time.monotonic()
        with self._store.begin(WORKER) as uow:
            uow.hold(Delivery, self._key).told = {"done": done, "of": of}
