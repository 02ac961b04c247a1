"""Preparing a data folder before anything runs on it."""

from collections.abc import Callable

from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.uow import Store


def prepare_database(settings: Settings, demo: bool, tell_first: Callable[[], None] = lambda: None) -> list[str]:
    """Bring the database to the newest form and, when wanted and nothing is there yet, seed the training day. Returns
    what is to be printed about its log-ins. `tell_first` is called before work that takes longer than a moment."""
    settings.make_folders()
    if demo and not (settings.keys / "training.json").exists():
        tell_first()
    migrate(settings.database_url)
    if not demo:
        return []
    from examday.services.demo import seed

    store = Store(settings)
    try:
        return list(seed(store))
    finally:
        store.close()
