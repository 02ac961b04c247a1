"""The one button of the board: readiness, the loudest alarm, the longest wait, the end of the day."""

import re
from collections.abc import Callable
from typing import Any

from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Actor, Role
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Item, ScanFile
from tests import day, sheets
from tests.conftest import Browser


def buttons(add_person: Callable[..., Any], browser: Callable[[], Browser], store: Store) -> Any:
    """What the head's board offers as the next step, each time it is asked."""
    add_person(store, "head", Role.SITE_HEAD)
    head = browser()

    def offered() -> list[str]:
        head.log_in("head")  # logged in anew, since an hour later nobody is logged in any more
        html = head.get("/board/").get_data(as_text=True)
        found = re.findall(r'<a class="button primary" href="([^"]*)"[^>]*>(.*?)<svg', html, re.S)
        texts = [(re.sub("<[^>]*>", "", words), url) for url, words in found]
        return [f"{' '.join(words.split())} → {url}" for words, url in texts]

    return offered


def test_on_a_quiet_day_the_head_is_led_to_the_work_that_has_waited_longest(
    store: Store, clock: Any, add_person: Any, browser: Any
) -> None:
    offered = buttons(add_person, browser, store)
    first = day.booklet(store, sheets.kit_code(1), State.COLLECTED)
    clock.forward(minutes=1)
    day.booklet(store, sheets.kit_code(2), State.SCANNED)
    assert len(offered()) == 1
    assert "дольше всех ждёт" in offered()[0] and first in offered()[0]


def test_while_there_are_alarms_the_loudest_is_the_heads_next_step(
    store: Store, clock: Any, add_person: Any, browser: Any
) -> None:
    offered = buttons(add_person, browser, store)
    day.booklet(store, sheets.kit_code(1), State.COLLECTED)
    work = day.booklet(store, sheets.kit_code(2), State.SCANNED)
    clock.forward(hours=1)
    assert "Узнать, что держит" in offered()[0], "works stand still"
    with store.begin(Actor.system("test")) as uow:
        uow.record("alarm:count-mismatch", f"booklet:{work}")
    assert "Пересчитать" in offered()[0] and work in offered()[0], "counts are louder"
    assert len(offered()) == 1
    twice = day.booklet(store, sheets.kit_code(3), State.REGISTERED)
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).state = State.KEYED  # it has moved on, so its count was answered
        uow.record("booklet:key_in", f"booklet:{work}")
        uow.record("alarm:duplicate-code", f"booklet:{twice}")
    assert "Выяснить, чей комплект" in offered()[0] and twice in offered()[0]


def test_a_packet_whose_count_differed_leads_the_head_to_that_packet(
    store: Store, add_person: Any, browser: Any
) -> None:
    offered = buttons(add_person, browser, store)
    work = day.booklet(store, sheets.kit_code(1), State.CERTIFIED)
    with store.begin(Actor.system("test")) as uow:
        exam = uow.get(Booklet, work).exam_id
        packet = uow.add(Item(kind="packet", code="P0000001", exam_id=exam, sheet="standard"))
        uow.session.flush()
        uow.record("alarm:count-mismatch", f"item:{packet.id}")
        key = packet.id
    assert offered() == [f"Пересчитать пакет → /packing/packet/{key}"]


def test_an_alarm_that_names_no_work_leads_the_head_to_the_page_that_helps(
    store: Store, add_person: Any, browser: Any
) -> None:
    offered = buttons(add_person, browser, store)
    day.booklet(store, sheets.kit_code(1), State.COLLECTED)
    with store.begin(Actor.system("test")) as uow:
        made = {"name": "a.pdf", "source": "upload", "sha256": "0" * 64, "size": 1}
        file = uow.add(ScanFile(**made, state="quarantined", received_at=uow.now()))
        uow.session.flush()
        uow.record("test:scan", f"scan:{file.id}")
    assert offered() == ["Разобрать сканы → /scans/exceptions"]


def test_nobody_but_the_head_is_offered_the_heads_step(
    store: Store, add_person: Any, browser: Any
) -> None:
    day.booklet(store, sheets.kit_code(1), State.COLLECTED)
    add_person(store, "lead", Role.LEAD_ORGANISER)
    lead = browser()
    lead.log_in("lead")
    assert "button primary" not in lead.get("/board/").get_data(as_text=True)
