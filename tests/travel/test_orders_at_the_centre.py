"""The centre orders something at a point by its pages: looked at, written after a secret, followed."""

import html
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from examday.domain.custody.lifecycle import State
from examday.domain.events import Event
from examday.domain.people.roles import Role
from examday.services.travel import enrolment
from examday.services.travel.orders import issued
from examday.storage.tables import EventRow
from tests.conftest import PIN, Browser
from tests.travel.test_ordered_rules import RULES
from tests.travel.test_orders import HANDS, ROOMS, told, version
from tests.travel.test_travel_at_the_centre import ends, head
from tests.travel.two_ends import ADMIN, CODE, POINT, Ends, sent, taken, work

__all__ = ["ends", "head"]


def hidden(page: str) -> dict[str, str]:
    """What the page of the look sends on."""
    form = page[page.index('action="/travel/orders"') :]
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found if name != "csrf_token"}


def looked_at(head: Browser, **said: Any) -> str:
    answer = head.post("/travel/orders/look", said)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def written(head: Browser, page: str, target: Path) -> Path:
    """The letter that is saved after the look and the secret."""
    wrong = {**hidden(page), "secret": "0000", "csrf_token": head.token()}
    for _time in ("sent", "loaded again"):
        refused = head.client.post("/travel/orders", data=wrong)
        assert refused.status_code == 403
        shown = hidden(refused.text)
        assert {**shown, "once": ""} == {**hidden(page), "once": ""}, "the look stays in sight"
    answer = head.post("/travel/orders", {**hidden(page), "secret": PIN})
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    target.write_bytes(answer.data)
    return target


def orders(ends: Ends) -> int:
    of = select(func.count()).where(EventRow.kind == Event.TRAVEL_ORDER, EventRow.chain == "")
    with ends.centre.read() as uow:
        return uow.count(of)


def fates(ends: Ends) -> list[tuple[int, str]]:
    with ends.centre.read() as uow:
        return [(one.number, one.fate.value) for one in issued.issued(uow).rows]


def test_a_work_is_ordered_back_and_its_answer_is_seen(
    ends: Ends, head: Browser, at_centre: str
) -> None:
    page = looked_at(head, kind="transfer", work=CODE, reason="строки не те")
    assert "строки не те" in page
    assert orders(ends) == 0, "a look writes nothing"
    letter = written(head, page, ends.stick / "order.json")
    assert fates(ends) == [(1, "out")]
    shown = head.get("/travel/orders").text
    assert "ответа ещё нет" in shown and "Сохранить ещё раз" in shown
    again = head.post("/travel/orders/again", {"work": at_centre})
    assert json.loads(again.data) == json.loads(letter.read_text()), "files are lost"
    told(ends.station, letter, *HANDS)
    taken(ends.centre, sent(ends.station, ends.stick / "2.zip"))
    assert fates(ends) == [(1, "done")]
    assert "исполнено" in head.get("/travel/orders").text
    once_more = {"kind": "transfer", "work": CODE, "reason": "строки не те"}
    assert head.post("/travel/orders/look", once_more).status_code == 409, "it is under way there"


@pytest.mark.release
def test_an_order_that_is_refused_is_refused_at_the_look(
    ends: Ends, head: Browser, at_centre: str
) -> None:
    def refused(status: int, **said: Any) -> str:
        answer = head.post("/travel/orders/look", said)
        assert answer.status_code == status, answer.text
        return str(answer.text)

    refused(404, kind="transfer", work="2990000000033", reason="x")
    assert "причина" in refused(400, kind="transfer", work=CODE, reason=" ")
    refused(400, kind="dance")
    refused(400, kind="plan", station=ends.name)
    refused(404, kind="plan", station="", tables=(io.BytesIO(ROOMS.encode()), "rooms.csv"))
    refused(400, kind="rules", station=ends.name)
    refused(400, kind="rules", station=ends.name, rules=(io.BytesIO(b"\xff\xfe"), "r.toml"))
    strange = (io.BytesIO("чужая = 5".encode()), "r.toml")
    assert "Исполнять эти правила" in refused(400, kind="rules", station=ends.name, rules=strange)
    assert (
        head.post("/travel/orders", {"kind": "transfer", "work": CODE, "secret": PIN}).status_code
        == 400
    )
    assert orders(ends) == 0
    with ends.centre.begin(ADMIN) as uow:
        enrolment.revoke(uow, ends.name)
    assert "отозвана" in refused(409, kind="transfer", work=CODE, reason="x")
    assert ends.name not in head.get("/travel/orders").text, "no order to a lost laptop"


@pytest.mark.release
def test_a_plan_and_other_rules_are_ordered_by_the_page(ends: Ends, head: Browser) -> None:
    work(ends.station, CODE, State.REGISTERED)
    wrong = looked_at(
        head, kind="plan", station=ends.name, tables=(io.BytesIO(b"a;b\n1;2\n"), "x.csv")
    )
    assert "записать нельзя" in wrong and 'action="/travel/orders"' not in wrong
    page = looked_at(
        head, kind="plan", station=ends.name, tables=(io.BytesIO(ROOMS.encode()), "rooms.csv")
    )
    assert "rooms.csv" in page
    plan = written(head, page, ends.stick / "plan.json")
    assert json.loads(plan.read_text())["tables"] == {"rooms.csv": ROOMS}
    assert told(ends.station, plan, "--yes")["ok"]

    page = looked_at(
        head, kind="rules", station=ends.name, rules=(io.BytesIO(RULES.encode()), "r.toml")
    )
    assert "Слепых в аудитории" in page
    rules = written(head, page, ends.stick / "rules.json")
    assert json.loads(rules.read_text())["text"] == RULES
    assert fates(ends) == [(2, "out"), (1, "out")]
    assert told(ends.station, rules, "--yes")["rules"] == "2026-region"
    taken(ends.centre, sent(ends.station, ends.stick / "2.zip"))
    assert fates(ends) == [(2, "done"), (1, "done")]


@pytest.mark.release
def test_an_order_that_a_later_one_has_overtaken_is_named(
    ends: Ends, head: Browser, at_centre: str
) -> None:
    written(head, looked_at(head, kind="transfer", work=CODE, reason="x"), ends.stick / "o.json")
    page = looked_at(
        head, kind="plan", station=ends.name, tables=(io.BytesIO(ROOMS.encode()), "rooms.csv")
    )
    told(ends.station, written(head, page, ends.stick / "p.json"), "--yes")
    taken(ends.centre, sent(ends.station, ends.stick / "2.zip"))
    assert fates(ends) == [(2, "done"), (1, "overtaken")]
    again = ends.stick / "again.json"
    again.write_bytes(head.post("/travel/orders/again", {"work": at_centre}).data)
    assert fates(ends) == [(3, "out"), (2, "done"), (1, "replaced")]
    told(ends.station, again, *HANDS)
    assert version(ends.station, at_centre)[0] == 2


def test_at_a_station_and_of_one_point_nobody_orders(
    ends: Ends, head: Browser, add_person: Callable[..., object], browser: Callable[[], Browser]
) -> None:
    add_person(ends.centre.at(POINT), "point", Role.SITE_HEAD)
    other = browser()
    other.log_in("point")
    assert other.get("/travel/orders").status_code == 404
    for named in (CODE, "0" * 32):
        said = {"kind": "transfer", "work": named}
        assert other.post("/travel/orders/look", said).status_code == 404


def test_a_work_is_ordered_back_by_its_id_too(ends: Ends, head: Browser, at_centre: str) -> None:
    """Of two works with one code the page asks for the id."""
    assert "Распоряжения пунктам" in looked_at(head, kind="transfer", work=at_centre, reason="x")
    missing = head.post("/travel/orders/look", {"kind": "transfer", "work": at_centre})
    assert "причина" in missing.text
    page = looked_at(head, kind="transfer", work=at_centre, reason="x")
    written(head, page, ends.stick / "o.json")
    assert fates(ends) == [(1, "out")]


@pytest.mark.release
def test_what_was_written_again_is_known_on_another_page_too(
    ends: Ends, head: Browser, at_centre: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(head, looked_at(head, kind="transfer", work=CODE, reason="x"), ends.stick / "o.json")
    page = looked_at(
        head, kind="plan", station=ends.name, tables=(io.BytesIO(ROOMS.encode()), "rooms.csv")
    )
    written(head, page, ends.stick / "p.json")
    assert head.post("/travel/orders/again", {"work": at_centre}).status_code == 200
    monkeypatch.setattr(issued, "A_PAGE", 1)
    with ends.centre.read() as uow:
        (first,) = issued.issued(uow, 3).rows
    assert (first.number, first.fate.value, first.work) == (1, "replaced", "")
