"""The store that a command works on, and who acts there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.services.unit_of_work import Store
from examday.settings import Settings

COMMAND_LINE = Actor.system("command-line")
"""Who acts in the ledger: the program cannot know which person sits at the computer's own shell."""


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The store of a station that is there.

    NotFound for an empty folder, so that none is made by a misspelt name.
    """
    url = settings.database_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        raise NotFound(
            N_("There is no station in %(folder)s."),
            params={"folder": str(settings.data)},
            advice=N_("Name its folder with --data, or start it once with `examday station`."),
        )
    store = Store(settings)
    try:
        yield store
    finally:
        store.close()
