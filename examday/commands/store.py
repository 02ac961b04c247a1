"""The store that a command works on, and who acts there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.services.people import directory
from examday.services.unit_of_work import Store, UnitOfWork
from examday.settings import Settings
from examday.storage.tables import Person

COMMAND_LINE = Actor.system("command-line")
"""Who acts in the ledger: the program cannot know which person sits at the computer's own shell."""


@contextmanager
def opened(settings: Settings, site: str = "") -> Iterator[Store]:
    """The store of a station that is there, or of one `site` of a region.

    NotFound for an empty folder, so that none is made by a misspelt name, and for an unknown site.
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
        if site and site not in store.sites():
            raise NotFound(
                N_("There is no exam point «%(site)s»."),
                params={"site": site},
                advice=N_("See the list: examday sites list."),
            )
        yield store.at(site)
    finally:
        store.close()


def person_named(uow: UnitOfWork, login: str) -> Person:
    """The account with this login; NotFound, with the way to the list, when there is none."""
    found = directory.by_login(uow, login)
    if found is None:
        raise NotFound(
            N_("There is no account «%(login)s»."),
            params={"login": login},
            advice=N_("See the list: examday people list."),
        )
    return found
