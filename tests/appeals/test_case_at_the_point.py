"""The commission orders the second transfer where the paper is; the case goes on when it came back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from examday.domain.people.roles import Actor, Role
from examday.services.travel.orders import again, obeying
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet
from tests import day
from tests.appeals import test_whole_case as whole
from tests.appeals.by_stick import to_its_decision, transferred
from tests.travel import two_ends
from tests.travel.test_orders import handed_over
from tests.travel.two_ends import sent, taken


@pytest.mark.release
def test_the_second_transfer_is_ordered_at_the_point_and_the_case_goes_on(
    centre: Store,
    browser: Callable[[], Any],
    clock: Any,
    tmp_path: Path,
    migrated: Path,
) -> None:
    play = whole.Play(centre, browser, clock, whole.YEARS["blind, 2026"])
    station = two_ends.station_in(tmp_path / "station", migrated)
    work = transferred(centre, station, play, tmp_path / "1.zip")
    to_its_decision(play, work)
    play.send("secretary", play.of_case("/order"))
    order, at_point = play.of_case("/order"), play.of_case("/order/at-point")
    assert "Бумага в пункте" in play.page("secretary", order)
    play.refused("secretary", at_point, "нужна причина", reason=" ")
    play.send("secretary", at_point, reason="строки не те")
    shown = play.page("secretary", order)
    assert "по распоряжению № 1 в пункте 770412" in shown
    assert "Сохранить распоряжение файлом" in shown
    play.refused("secretary", play.of_case("/order/retransfer"), "ещё не заверен")
    secretary = browser()
    secretary.log_in("secretary")
    saved = secretary.post("/travel/orders/again", {"work": work})
    letter = json.loads(saved.data)
    assert (letter["reason"], letter["version"], letter["hold"]) == ("строки не те", 1, True)
    paper = secretary.post(play.of_case("/order.txt"), {})
    assert "770412" in paper.get_data(as_text=True)

    hands = [day.person(station, login, Role.ASSISTANT) for login in ("copier", "reader")]
    with station.begin(Actor.system("test")) as uow:
        again.carry_out(uow, obeying.read(uow, letter), *(one.id for one in hands))
    handed_over(station, work)
    taken(centre, sent(station, tmp_path / "2.zip"))
    with centre.read() as uow:
        assert uow.get(Booklet, work).version == 2
    assert "Сохранить распоряжение" not in play.page("secretary", order)
    play.send("secretary", play.of_case("/order/retransfer"))
    station.close()
