"""The log-ins of the training day: one password and one PIN for everybody, made for this station
alone and kept for its owner's eyes until the training day is over.
"""

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.i18n import gettext as _
from examday.services.people.hashes import hash_secret
from examday.services.people.own_secrets import check_pin
from examday.services.unit_of_work import Store, UnitOfWork
from examday.settings import Settings
from examday.storage.durable import put_in_place
from examday.storage.tables import Person


def describe(store: Store) -> list[str]:
    """The lines about the log-ins of the training day; none when there is no training day."""
    path = path_of(store.settings)
    if not path.exists():
        return []
    kept = json.loads(path.read_text(encoding="utf-8"))
    with store.read() as uow:
        people = [
            (person.login, ", ".join(_(ROLE_NAMES[Role(row.role)]) for row in person.roles))
            for person in uow.session.scalars(select(Person).order_by(Person.login))
            # Accounts of rehearsals are closed and would only confuse.
            if not person.disabled
        ]
    lines = [
        _(
            N_("Training day: every log-in has the password  %(password)s  and the PIN  %(pin)s"),
            **kept,
        )
    ]
    return lines + [f"  {login:<12} {roles}" for login, roles in people]


def shared_secrets(settings: Settings) -> tuple[str, str]:
    """Password and PIN of the training day; made at the first call, mode 0600."""
    path = path_of(settings)
    if not path.exists():
        path.parent.mkdir(
            mode=0o700,
            parents=True,
            exist_ok=True,
        )
        made = {"password": f"training-{secrets.randbelow(9000) + 1000}", "pin": _pin()}
        # Mode at creation: between making and closing a file others could read it.
        partial = path.with_name(f".{secrets.token_hex(8)}.part")
        private = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(private, "w", encoding="utf-8") as out:
            json.dump(made, out)
        # Half a file, left by a kill, would keep every later start from its log-ins.
        put_in_place(partial, path)
    kept = json.loads(path.read_text(encoding="utf-8"))
    return kept["password"], kept["pin"]


def _pin() -> str:
    """Four digits that the rule for PINs allows."""
    while True:
        pin = f"{secrets.randbelow(10_000):04d}"
        with suppress(Invalid):
            check_pin(pin)
            return pin


def path_of(settings: Settings) -> Path:
    """The file of the log-ins. Where it is, the training day was begun on this station."""
    return settings.keys / "training.json"


def let_everybody_in(uow: UnitOfWork, password: str, pin: str) -> None:
    """Give every person the shared password and PIN.

    Both are hashed once: two dozen hashes would take ten seconds.
    """
    hashes = hash_secret(uow.settings, password), hash_secret(uow.settings, pin)
    for person in uow.session.scalars(select(Person)):
        person.password_hash, person.pin_hash = hashes
        person.must_change, person.facts = False, {**person.facts, "training": True}
    uow.record(Event.TRAINING_LOG_INS, "plan:training")
