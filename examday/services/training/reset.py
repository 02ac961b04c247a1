"""The training day from its beginning: everything that was tried on it goes, its log-ins stay."""

import shutil

from sqlalchemy import select

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.jobs.preparation import prepare_database
from examday.services.training import demo_log_ins
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.tables import Exam


class NoTrainingDay(Conflict):
    """The folder holds a real plan, or no training day at all: nothing of it is touched."""

    code = "no-training-day"
    message = N_("This folder holds no training day alone: nothing was removed.")
    advice = N_(
        "Only a folder whose every exam is a training one is begun anew. Start the training day in "
        "a folder of its own: examday station --data DIR."
    )


def reset(settings: Settings) -> list[str]:
    """Begin the training day of this folder anew; the lines about its log-ins.

    No station may run on the folder meanwhile. NoTrainingDay when an exam of it is a real one.
    """
    _require_training(settings)
    database = settings.var / "examday.sqlite"
    for part in ("", "-wal", "-shm"):
        database.with_name(database.name + part).unlink(missing_ok=True)
    # Keys and log-ins stay: who practises keeps the password written on the table.
    for folder in (settings.objects, settings.derived, settings.quarantine):
        shutil.rmtree(folder, ignore_errors=True)
    settings.make_folders()
    return prepare_database(settings, demo=True)


def _require_training(settings: Settings) -> None:
    path = settings.var / "examday.sqlite"
    ours = settings.database_url == f"sqlite:///{path}"
    # The file of the log-ins tells that the filling began here; a region's database is nobody's toy.
    if not ours or not path.exists() or not demo_log_ins.path_of(settings).exists():
        raise NoTrainingDay()
    store = Store(settings)
    try:
        with store.read() as uow:
            kinds = set(uow.session.scalars(select(Exam.training)))
    finally:
        store.close()
    if kinds != {True}:
        raise NoTrainingDay()
