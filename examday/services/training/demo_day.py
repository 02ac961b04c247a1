"""The training day: an invented exam day that is seeded once, through the same use cases as a real
one.

The plan comes in as files (examday/demo/*.csv), the works are played to different steps
(demo_works), and everybody can log in with the same secrets (demo_log_ins).
"""

import csv
import io
from importlib.resources import files

from sqlalchemy import func, select

from examday.domain.events import Event
from examday.domain.plan.columns import KINDS
from examday.domain.plan.rows import ParsedFile, parse
from examday.services.plan import files as plan_files
from examday.services.plan.file_columns import file_kinds
from examday.services.training import demo_log_ins
from examday.services.training.demo_appeal import seed_appeal
from examday.services.training.demo_works import play
from examday.services.training.earlier_day import SYSTEM
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Duty, EventRow, Exam, Person

SEEDED = Event.TRAINING_SEEDED
"""Kind of the entry that closes the seeding: without it a start goes on where the last one
stopped."""


def seed(store: Store) -> list[str]:
    """Seed the training day where nothing is planned yet; the lines to print about its log-ins.

    A seeding that was cut off goes on where it stopped; a station with a real plan or real people
    is left alone.
    """
    with store.read() as uow:
        empty = not uow.session.scalar(
            select(func.count()).select_from(Exam)
        ) and not uow.session.scalar(select(func.count()).select_from(Person))
        # Somebody's own training plan is not ours to play: the file of the log-ins tells that the
        # filling began here.
        training = (
            demo_log_ins.path_of(store.settings).exists()
            and uow.session.scalar(select(Exam.id).where(Exam.training).limit(1)) is not None
        )
        done = is_seeded(uow)
    if not empty and not training:
        return []
    password, pin = demo_log_ins.shared_secrets(store.settings)
    if empty:
        with store.begin(SYSTEM) as uow:
            bring_plan_in(uow)
            demo_log_ins.let_everybody_in(uow, password, pin)
    if not done:
        play(store, pin)
        seed_appeal(store, pin)
        with store.begin(SYSTEM) as uow:
            uow.record(SEEDED, "plan:training")
    return demo_log_ins.describe(store)


def is_seeded(uow: UnitOfWork) -> bool:
    """Whether the training day has been filled to its end."""
    return uow.session.scalar(select(EventRow.seq).where(EventRow.kind == SEEDED)) is not None


def bring_plan_in(uow: UnitOfWork) -> None:
    """Bring the five files in; everybody on duty has come. Raises if a bundled file is invalid."""
    today = uow.today().strftime("%d.%m.%Y")
    for kind in KINDS:
        plan_files.bring_in(uow, read_file(kind, today), "")
        uow.session.flush()
    for duty in uow.session.scalars(select(Duty)):
        # Everybody has come: a training day begins in the middle.
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
