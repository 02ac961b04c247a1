"""A training day in a folder, worked on a little: what the pictures of the README show."""

import datetime as dt
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from background import work_off

from examday.services.training import demo_day
from examday.services.training.demo_files import works
from examday.services.training.demo_works import Player
from examday.services.unit_of_work import Store, utc_now
from examday.settings import Settings
from examday.storage.database import migrate

WITH_SLIPS = "У-05"
"""The candidate whose copy has two planted slips: its verification has something to show."""


class Clock:
    """The training day was played a while ago: long enough for one alarm on the board."""

    behind = dt.timedelta(minutes=17)

    def __call__(self) -> dt.datetime:
        return utc_now() - self.behind


@dataclass(frozen=True)
class PlayedDay:
    """A seeded day: its database, the password of all log-ins, a player for each candidate."""

    store: Store
    password: str
    players: dict[str, Player]


def fresh_folder() -> Path:
    """An empty folder that has the same name each time: pages show where scans are to be put."""
    folder = Path(tempfile.gettempdir()) / "examday-day"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def play(settings: Settings) -> PlayedDay:
    """Seed the day in an empty folder, bring one copy to its verification, do the open work."""
    settings.make_folders()
    migrate(settings.database_url)
    clock = Clock()
    store = Store(settings, clock)
    demo_day.seed(store)
    secrets = json.loads((settings.keys / "training.json").read_text())
    players = {work["candidate"]: Player(store, secrets["pin"], work) for work in works()}
    clock.behind = dt.timedelta()  # from here on work is new, or the board would show alarms only
    players[WITH_SLIPS].work["target"] = "copy_scanned"
    players[WITH_SLIPS].run()
    work_off(store)
    return PlayedDay(store, secrets["password"], players)
