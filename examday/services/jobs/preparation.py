"""Preparing a data folder before anything runs on it."""

from collections.abc import Callable

from examday.i18n import gettext
from examday.modes import close_station
from examday.services.people import log_in
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate


def prepare_database(
    settings: Settings, demo: bool, tell_first: Callable[[], None] = lambda: None
) -> list[str]:
    """Bring the database to the newest form.

    When wanted and nothing is there yet, seed the training day. Returns what is to be printed
    about its log-ins. `tell_first` is called before work that takes longer than a moment.
    """
    close_station(settings)
    # Told before, because the training day takes up to a minute, though only the first time.
    if demo and not (settings.keys / "training.json").exists():
        tell_first()
    migrate(settings.database_url)
    store = Store(settings)
    try:
        return [*_warnings(store), *(_seed(store) if demo else ())]
    finally:
        store.close()


def _warnings(store: Store) -> list[str]:
    """What whoever starts the station has to know before anybody tries to log in."""
    with store.read() as uow:
        if not log_in.lacks_pepper(uow):
            return []
    told = log_in.missing_pepper()
    return [gettext(told.message), gettext(told.advice)]


def _seed(store: Store) -> list[str]:
    # Loaded here: most starts need nothing of it.
    from examday.services.training.demo_day import seed

    return list(seed(store))
