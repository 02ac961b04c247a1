"""Stations and a centre in temporary folders, and what people do between them."""

import shutil
from pathlib import Path

from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Actor
from examday.domain.travel.spoken import fingerprint
from examday.services.people.sites import add_site
from examday.services.scans import intake
from examday.services.scans.files import opening
from examday.services.training.rehearsal.trial import Trial
from examday.services.travel import enrolment, inviting, joining
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate

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


def play_day(station: Store) -> None:
    """A training booklet goes from its issue to hand-over; its scans lie in the station's folder."""

    def drop(size: str) -> None:
        path = station.settings.inbox / f"rehearsal-{trial.code}-{size}.jpg"
        path.write_bytes(trial.sheet(size))
        opening.process(station, intake.receive_file(station, path))

    trial = Trial(station, drop)
    try:
        while (state := trial.state()) != State.HANDED_OVER:
            trial.steps()[state]()
            if trial.state() == state:
                break
    finally:
        trial.end()
