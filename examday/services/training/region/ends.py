"""Stations and a centre in temporary folders, and the letters that people carry between them."""

import shutil
from pathlib import Path

from examday.domain.people.roles import Actor
from examday.domain.travel.letters import Letter
from examday.domain.travel.spoken import fingerprint
from examday.services.people.sites import add_site
from examday.services.plan.tables import sets
from examday.services.travel import confirming, enrolment, inviting, joining, receipts
from examday.services.travel.orders import again, obeying, ordering, ordering_plan, plan
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.tables import Booklet

PLAYER = Actor.system("rehearsal")
ROOM = "Код ППЭ;Аудитория;Назначение;Мест\n0417;0009;экзамен;8\n"
"""A table as a region keeps it: Russian, as the papers of the exam are."""


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


def order_again(centre: Store, point: str, booklet: str) -> Letter:
    """The centre hands a work back to its point."""
    with centre.at(point).begin(PLAYER) as uow:
        return ordering.order_transfer(uow, booklet, "проверка")


def obey(
    station: Store,
    letter: Letter,
    copier: str,
    reader: str,
) -> None:
    """The station looks at the order, and carries it out."""
    with station.read() as uow:
        again.look(uow, obeying.read(uow, letter))
    with station.begin(PLAYER) as uow:
        again.carry_out(uow, obeying.read(uow, letter), copier, reader)


def order_plan(
    centre: Store,
    point: str,
    station: str,
) -> Letter:
    """The centre sends one more room to a station."""
    with centre.at(point).begin(PLAYER) as uow:
        return ordering_plan.order_plan(uow, station, {"rooms.csv": ROOM})


def obey_plan(station: Store, letter: Letter) -> bool:
    """The station brings the tables in; False where it has done so before."""
    with station.read() as uow:
        order = obeying.read(uow, letter)
    if order.new:
        report = sets.fingerprint(plan.look(station, PLAYER, order))
        with plan.laid_out(station, order.letter) as tables:
            said = plan.agreed(station, PLAYER, tables, take_away=False, report=report)
            with station.begin(PLAYER) as uow:
                plan.carry_out(uow, order, tables, False, said)
    return order.new


def version_at(store: Store, booklet: str) -> int:
    """Which version of a work is here."""
    with store.read() as uow:
        return uow.get(Booklet, booklet).version
