"""The training day: an invented exam day that is seeded once, through the same use cases as a real
one.

The plan comes in as files (examday/demo/*.csv), the works are played to different steps
(demo_works). Log-ins share one password and one PIN, made for this station alone and kept for its
owner's eyes until the training day is over.
"""

import csv
import io
import json
import os
import secrets
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from sqlalchemy import func, select

from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Actor, Role
from examday.domain.plan.columns import KINDS
from examday.domain.plan.rows import ParsedFile, parse
from examday.i18n import gettext as _
from examday.services.people.accounts import check_pin
from examday.services.people.hashes import hash_secret
from examday.services.plan import files as plan_files
from examday.services.plan.file_columns import file_kinds
from examday.services.training.demo_appeal import seed_appeal
from examday.services.training.demo_works import play
from examday.services.unit_of_work import Store, UnitOfWork
from examday.settings import Settings
from examday.storage.tables import Duty, EventRow, Exam, Person

SYSTEM = Actor("system:training", frozenset({Role.SYSTEM, Role.SITE_HEAD}), "training")
SEEDED = Event.TRAINING_SEEDED


def seed(store: Store) -> list[str]:
    """Seed the training day where nothing is planned yet; the lines to print about its log-ins. A
    seeding that was cut off goes on where it stopped; a station with a real plan or real people is
    left alone."""
    with store.read() as uow:
        empty = not uow.session.scalar(
            select(func.count()).select_from(Exam)
        ) and not uow.session.scalar(select(func.count()).select_from(Person))
        # Somebody's own training plan is not ours to play: the file of the log-ins tells that the
        # filling began here.
        training = (
            _path(store.settings).exists()
            and uow.session.scalar(select(Exam.id).where(Exam.training).limit(1)) is not None
        )
        done = is_seeded(uow)
    if not empty and not training:
        return []
    password, pin = _secrets(store.settings)
    if empty:
        with store.begin(SYSTEM) as uow:
            bring_plan_in(uow)
            _let_in(uow, password, pin)
    if not done:
        play(store, pin)
        seed_appeal(store, pin)
        with store.begin(SYSTEM) as uow:
            uow.record(SEEDED, "plan:training")
    return describe(store)


def is_seeded(uow: UnitOfWork) -> bool:
    """Has the training day been filled to its end?"""
    return uow.session.scalar(select(EventRow.seq).where(EventRow.kind == SEEDED)) is not None


def describe(store: Store) -> list[str]:
    """The lines about the log-ins of the training day; none when there is no training day."""
    path = _path(store.settings)
    if not path.exists():
        return []
    kept = json.loads(path.read_text(encoding="utf-8"))
    with store.read() as uow:
        people = [
            (person.login, ", ".join(_(ROLE_NAMES[Role(row.role)]) for row in person.roles))
            for person in uow.session.scalars(select(Person).order_by(Person.login))
            if not person.disabled
        ]
    lines = [
        _(
            N_("Training day: every log-in has the password  %(password)s  and the PIN  %(pin)s"),
            **kept,
        )
    ]
    return lines + [f"  {login:<12} {roles}" for login, roles in people]


def _secrets(settings: Settings) -> tuple[str, str]:
    """Password and PIN of the training day; made at the first call, mode 0600."""
    path = _path(settings)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as out:
            json.dump(
                {"password": f"training-{secrets.randbelow(9000) + 1000}", "pin": _pin()}, out
            )
    kept = json.loads(path.read_text(encoding="utf-8"))
    return kept["password"], kept["pin"]


def _pin() -> str:
    """Four digits that the rule for PINs allows."""
    while True:
        pin = f"{secrets.randbelow(10_000):04d}"
        with suppress(Invalid):
            check_pin(pin)
            return pin


def _path(settings: Settings) -> Path:
    return settings.keys / "training.json"


def bring_plan_in(uow: UnitOfWork) -> None:
    """Bring the five files in; everybody on duty has come. An error in the files is an error of
    the program."""
    today = uow.today().strftime("%d.%m.%Y")
    for kind in KINDS:
        plan_files.bring_in(uow, read_file(kind, today), "")
        uow.session.flush()
    for duty in uow.session.scalars(select(Duty)):
        duty.present = True


def read_file(kind: str, day: str) -> ParsedFile:
    """One file of the training plan with `day` (DD.MM.YYYY) as its date."""
    text = (
        files("examday")
        .joinpath("demo", f"{kind}.csv")
        .read_text(encoding="utf-8")
        .replace("{day}", day)
    )
    header, *rows = csv.reader(io.StringIO(text), delimiter=";")
    return parse(file_kinds()[kind], header, enumerate(rows, 2))


def _let_in(uow: UnitOfWork, password: str, pin: str) -> None:
    """One hash for all: two dozen of them would take ten seconds, and everybody has the same
    secret anyway."""
    hashes = hash_secret(uow.settings, password), hash_secret(uow.settings, pin)
    for person in uow.session.scalars(select(Person)):
        person.password_hash, person.pin_hash = hashes
        person.must_change, person.facts = False, {**person.facts, "training": True}
    uow.record(Event.TRAINING_LOG_INS, "plan:training")
