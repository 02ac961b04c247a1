"""A page that is loaded again after a wrong PIN: the same form is not judged a second time."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import Medium
from examday.domain.people.roles import Role
from examday.resources import TEMPLATES
from examday.services.custody import kits
from examday.services.custody.room import collecting
from examday.services.packing import packets, sealing, works
from examday.services.unit_of_work import Store
from examday.storage.tables import Item
from examday.storage.tables_braille import CommissionNote
from examday.storage.tables_log_in import LoginAttempt
from tests import custody_day
from tests.conftest import PIN, Browser
from tests.custody_day import Day, number
from tests.people_at_once import PASSWORD
from tests.transfer_day import hands

WRONG = "0000"


def tries(store: Store) -> int:
    """Wrong tries that count."""
    with store.read() as uow:
        return int(uow.session.scalar(select(func.count(LoginAttempt.id))) or 0)


def drawn(page: str) -> str:
    """What tells this drawing of the form from the next."""
    found = re.search(r'name="once" value="([0-9a-f]+)"', page)
    assert found
    return found.group(1)


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    made = custody_day.make(store, add_person, ("braille",))
    made.do("lead", kits.issue, made.booklets["1А"], number(1))
    made.do("lead", collecting.collect, made.booklets["1А"], made.counts("1А"))
    return made


def packed(day: Day) -> str:
    """A closed packet of standard forms."""
    day.put_at("1А", "certified")
    made = [
        day.do("lead", packets.open_packet, day.exam, purpose).id
        for purpose in (Purpose.STANDARD, Purpose.EVIDENCE)
    ]
    day.do("lead", works.pack, day.booklets["1А"], *made, day.counts("1А"))
    day.do("lead", sealing.seal, made[0], {Kind.STANDARD_SHEET: 4})
    return str(made[0])


def test_a_reload_after_a_wrong_pin_counts_no_second_try_and_a_right_pin_still_passes(
    day: Day, browser: Callable[[], Browser]
) -> None:
    head, packet = browser(), packed(day)
    head.log_in("head")
    page, before = f"/packing/packet/{packet}", tries(day.store)
    shown = head.get(page).get_data(as_text=True)
    sent = {"to": day.people["board"].id, f"count-{Kind.STANDARD_SHEET}": "4", "pin": WRONG}
    sent["once"] = drawn(shown)
    token = head.token()

    def send(**changed: str) -> Any:
        # The token of the page that was drawn, as a reload sends it.
        return head.client.post(f"{page}/hand-over", data={"csrf_token": token, **sent, **changed})

    first = send()
    assert first.status_code == 403 and tries(day.store) == before + 1
    for _reload in range(2):
        again = send()
        told = again.get_data(as_text=True)
        assert again.status_code == 403 and "вторая неверная попытка не засчитана" in told
        assert tries(day.store) == before + 1
        assert drawn(told) != sent["once"], "what is typed into it now is judged"
    assert send(once=drawn(again.get_data(as_text=True))).status_code == 403
    assert tries(day.store) == before + 2, "the same PIN typed once more is a try"
    assert send(pin=PIN).status_code == 303, "whoever goes back and types the right one gets on"
    with day.store.read() as uow:
        assert uow.get(Item, packet).state == "handed_over"


def test_a_reload_of_a_refused_log_in_counts_once(day: Day, browser: Callable[[], Browser]) -> None:
    visitor, before = browser(), tries(day.store)
    sent = {"login": "head", "password": "не тот пароль"}
    sent["once"] = drawn(visitor.get("/login").get_data(as_text=True))
    token = visitor.token()
    for _time in range(3):
        answer = visitor.client.post("/login", data={"csrf_token": token, **sent})
        assert answer.status_code == 403
    assert tries(day.store) == before + 1
    good = {"csrf_token": token, **sent, "password": PASSWORD}
    assert visitor.client.post("/login", data=good).status_code == 303


def test_a_reload_of_a_refused_distribution_is_noted_once(
    store: Store, add_person: Callable[..., Any], browser: Callable[[], Browser]
) -> None:
    crew = hands(store, add_person)
    add_person(store, "chair", Role.BRAILLE_CHAIR)
    work, chair = crew.work(medium=Medium.BRAILLE), browser()
    with store.begin(crew.actor("anna")) as uow:
        anna = uow.session.merge(crew.people["anna"])
        anna.facts = {"teaches": ["01"]}
        uow.record("test:teaches", f"person:{anna.id}")  # type: ignore[arg-type]
    chair.log_in("chair")
    once, token = drawn(chair.get("/commission").get_data(as_text=True)), chair.token()
    sent = {"csrf_token": token, "work": work, "part": "first", "person": crew.people["anna"].id}
    for number_of_page, drawing in enumerate((once, once, "another"), 1):
        answer = chair.client.post("/commission/give", data={**sent, "once": drawing})
        assert answer.status_code == 409
        with store.read() as uow:
            noted = uow.session.query(CommissionNote).filter_by(kind="refused").count()
        assert noted == {1: 1, 2: 1, 3: 2}[number_of_page]


def test_every_page_asks_for_a_secret_by_the_field_that_tells_a_reload() -> None:
    pages = [path for path in Path(TEMPLATES).rglob("*.html") if path.name != "ui.html"]
    own = [p.name for p in pages if re.search(r"<input[^>]*type=.password", p.read_text("utf-8"))]
    assert own == []
