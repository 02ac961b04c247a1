"""Stations and a centre in temporary folders, and the letters that people carry between them."""

import shutil
from pathlib import Path

from examday.domain.errors import Conflict
from examday.domain.people.roles import Actor
from examday.domain.travel.spoken import fingerprint
from examday.services.people.sites import add_site
from examday.services.travel import confirming, enrolment, inviting, joining, receipts
from examday.services.travel.confirmed import require_confirmed
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.tables import Booklet

PLAYER = Actor.system("rehearsal")


def begin(folder: Path) -> Store:
    """An empty installation in this folder."""
    settings = Settings.from_env({}, data=folder)
    settings.make_folders()
    migrate(settings.database_url)
    return Store(settings)


def copy(store: Store, folder: Path) -> Store:
    """A backup that was brought back beside the station."""
    store.close()
    shutil.copytree(store.settings.data, folder)
    return Store(Settings.from_env({}, data=folder))


def enrol(centre: Store, station: Store, point: str) -> str:
    """Invitation, answer and words; what the centre calls the station."""
    with centre.begin(PLAYER) as uow:
        add_site(uow, point, f"Учебный пункт {point}", "Europe/Moscow")
    with centre.begin(PLAYER) as uow:
        letter = inviting.invite(uow, point)
    with station.begin(PLAYER) as uow:
        answer = joining.join(uow, letter)
    return confirm(centre, answer)


def confirm(centre: Store, letter: dict[str, object]) -> str:
    """The words of the letter's key are read out and typed."""
    words = " ".join(fingerprint(str(letter["public_key"])))
    with centre.begin(PLAYER) as uow:
        return enrolment.confirm(uow, letter, words).id


def bring_receipt(centre: Store, station: Store, name: str) -> object:
    """The centre's receipt goes back to the station; return the entry up to which it confirms."""
    letter = receipts.write(centre, name)
    with station.begin(PLAYER) as uow:
        confirming.take_in(uow, letter)
    return letter["last"]


def may_be_destroyed(station: Store, booklet: str) -> bool:
    """Whether the centre has confirmed the work: before, nothing of it is destroyed."""
    with station.read() as uow:
        work = uow.get(Booklet, booklet)
        try:
            require_confirmed(uow, work.exam, [work])
        except Conflict:
            return False
    return True
