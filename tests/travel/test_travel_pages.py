"""What people at a station see of the centre, and how they send to it."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Role
from examday.services.people.directory import by_login
from examday.services.travel import receipts
from examday.services.travel.orders import ordering, ordering_plan, ordering_rules
from examday.services.travel.putting import as_text
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person, Room
from tests.conftest import PIN, Browser
from tests.travel.test_ordered_rules import RULES
from tests.travel.two_ends import ADMIN, Ends, centre_with, confirmed, enrolled, sent, taken, work


@pytest.fixture
def ends(store: Store, tmp_path: Path, migrated: Path) -> Ends:
    """The station whose pages are looked at, and its centre."""
    centre = centre_with(tmp_path / "centre", migrated, "770412")
    (tmp_path / "stick").mkdir()
    return Ends(store, centre, enrolled(centre, store, "770412"), tmp_path / "stick")


@pytest.fixture
def head(
    store: Store, add_person: Callable[..., object], browser: Callable[[], Browser]
) -> Browser:
    add_person(store, "head", Role.SITE_HEAD)
    made = browser()
    made.log_in("head")
    return made


def told_at(page: str) -> list[str]:
    """The fields that say what is wrong with them."""
    return re.findall(r'<(?:input|select) id="([\w-]+)"[^>]*aria-invalid="true"', page)


def test_the_board_says_how_much_the_centre_has(ends: Ends, head: Browser) -> None:
    assert "Центр подтвердил" not in head.get("/board/?day=2026-06-04").text
    work(ends.station, "2990000000019")
    page = head.get("/board/?day=2026-06-04").text
    assert "Центр подтвердил работ: 0 из 1." in page
    assert "ничего нельзя убирать" in page
    taken(ends.centre, sent(ends.station, ends.stick / "b.zip"))
    confirmed(ends.centre, ends.station, ends.name)
    assert "Центр подтвердил работ: 1 из 1." in head.get("/board/?day=2026-06-04").text


def test_the_board_leads_to_the_centre_before_a_work_is_handed_over(
    head: Browser, store: Store, tmp_path: Path, migrated: Path
) -> None:
    """An order with the plan comes to a station that holds nothing yet."""
    way = 'href="/travel/"'
    assert way not in head.get("/board/").text, "without a centre there is nowhere to send"
    centre = centre_with(tmp_path / "centre", migrated, "770412")
    enrolled(centre, store, "770412")
    assert way in head.get("/board/").text
    work(store, "2990000000019", State.CERTIFIED)
    assert way in head.get("/board/?day=2026-06-04").text
    work(store, "2990000000026")
    assert head.get("/board/?day=2026-06-04").text.count(way) == 1


def test_a_person_sees_what_will_go_and_takes_it_along(ends: Ends, head: Browser) -> None:
    work(ends.station, "2990000000019")
    work(ends.station, "2990000000026", training=True)
    page = head.get("/travel/").text
    for words in ("Работы за 04.06.2026", "Учебные работы за 04.06.2026", "2 сданные работы"):
        assert words in page
    refused = head.post("/travel/send", {"secret": "0000"})
    assert refused.status_code == 403 and told_at(refused.text) == ["secret"]
    answer = head.post("/travel/send", {"secret": PIN})
    assert "770412-" in answer.headers["Content-Disposition"]
    stick = ends.stick / "saved.zip"
    stick.write_bytes(answer.data)
    answer.close()
    assert taken(ends.centre, stick).works == 1
    assert not list(ends.station.settings.var.glob("send-*"))
    assert "станут работами центра" not in head.get("/travel/").text


def test_the_receipt_comes_back_by_the_same_page(ends: Ends, head: Browser) -> None:
    work(ends.station, "2990000000019")
    taken(ends.centre, sent(ends.station, ends.stick / "b.zip"))
    text = as_text(receipts.write(ends.centre, ends.name))

    def brought(content: str) -> object:
        return head.post("/travel/letter", {"letter": (io.BytesIO(content.encode()), "r.json")})

    assert brought(text).status_code == 303
    assert "Квитанция принята" in head.get("/travel/").text
    assert brought(text).status_code == 303
    assert "Эта квитанция уже была" in head.get("/travel/").text
    assert brought(text.replace('"works": 1', '"works": 2')).status_code == 400
    other = {**json.loads(text), "format": "examday-invitation/1", "name": "", "zone": ""}
    assert "examday enrol" in brought(json.dumps(other)).text
    empty = brought("")
    assert empty.status_code == 400 and told_at(empty.text) == ["letter"]


def test_a_station_without_a_centre_says_what_comes_first(head: Browser) -> None:
    page = head.get("/travel/")
    assert page.status_code == 200
    assert "нет центра" in page.text


def ordered(ends: Ends, letter: dict[str, object]) -> dict[str, tuple[io.BytesIO, str]]:
    return {"letter": (io.BytesIO(as_text(letter).encode()), "order.json")}


def test_an_order_is_looked_at_and_carried_out_by_the_same_page(
    ends: Ends, head: Browser, add_person: Callable[..., object]
) -> None:
    key = work(ends.station, "2990000000019")
    for login in ("copier", "reader"):
        add_person(ends.station, login, Role.ASSISTANT)
    taken(ends.centre, sent(ends.station, ends.stick / "b.zip"))
    with ends.centre.at("770412").begin(ADMIN) as uow:
        letter = ordering.order_transfer(uow, key, "строки не те")
    page = head.post("/travel/letter", ordered(ends, letter))
    assert page.status_code == 200
    assert "строки не те" in page.text
    hands = {}
    with ends.station.read() as uow:
        for login in ("copier", "reader"):
            hands[login] = by_login(uow, login).id  # type: ignore[union-attr]
            assert hands[login] in page.text
        assert by_login(uow, "anna").id not in page.text  # type: ignore[union-attr]
    said = {"order": json.dumps(letter), **hands}
    wrong = head.post("/travel/order", {**said, "secret": "0000"})
    assert wrong.status_code == 403 and told_at(wrong.text) == ["secret"]
    for missing, entry in (({"copier": "", "reader": ""}, "copier"), ({"reader": ""}, "reader")):
        nobody = head.post("/travel/order", {**said, **missing, "secret": PIN})
        assert told_at(nobody.text) == [entry]
        assert "Нужны двое" in nobody.text
    assert head.post("/travel/order", {**said, "secret": PIN}).status_code == 303
    assert "Распоряжение исполнено" in head.get("/travel/").text
    assert head.post("/travel/order", {**said, "secret": PIN}).status_code == 303
    assert "уже исполнено; ничего не изменено" in head.get("/travel/").text
    assert "уже исполнено" in head.post("/travel/letter", ordered(ends, letter)).text
    hurt = {**letter, "version": 2}
    assert head.post("/travel/letter", ordered(ends, hurt)).status_code == 400
    assert head.post("/travel/order", {"order": "{}", "secret": PIN}).status_code == 400


def test_a_braille_work_is_not_transferred_again_by_whoever_could_not_finish_it(
    ends: Ends, head: Browser, add_person: Callable[..., Person]
) -> None:
    key = work(ends.station, "2990000000019")
    with ends.station.begin(ADMIN) as uow:
        booklet = uow.get(Booklet, key)
        booklet.medium, kin = "braille", booklet.seat.candidate.code
        uow.record("test:medium", f"booklet:{key}")
    able = [add_person(ends.station, f"able{n}", Role.BRAILLE_TRANSCRIBER) for n in (1, 2)]
    kept = {
        "тифлопереводчики": add_person(ends.station, "helper", Role.ASSISTANT),
        "родстве": add_person(ends.station, "kin", Role.BRAILLE_TRANSCRIBER),
    }
    with ends.station.begin(ADMIN) as uow:
        uow.get(Person, kept["родстве"].id).facts = {"relatives": [kin]}
        uow.record("test:kin", f"person:{kept['родстве'].id}")
    taken(ends.centre, sent(ends.station, ends.stick / "b.zip"))
    with ends.centre.at("770412").begin(ADMIN) as uow:
        letter = ordering.order_transfer(uow, key, "строки не те")
    page = head.post("/travel/letter", ordered(ends, letter)).text
    assert all(one.id in page for one in able)
    assert not any(one.id in page for one in kept.values())
    said = {"order": json.dumps(letter), "copier": able[0].id, "secret": PIN}
    for why, one in kept.items():
        answer = head.post("/travel/order", {**said, "reader": one.id})
        assert answer.status_code in (403, 409) and why in answer.text
    assert head.post("/travel/order", {**said, "reader": able[1].id}).status_code == 303


@pytest.mark.release
def test_a_plan_that_is_ordered_is_shown_row_by_row(ends: Ends, head: Browser) -> None:
    rooms = "Код ППЭ;Аудитория;Назначение;Мест\n0417;0001;экзамен;{seats}\n"

    def letter(seats: str) -> dict[str, object]:
        with ends.centre.at("770412").begin(ADMIN) as uow:
            tables = {"rooms.csv": rooms.format(seats=seats)}
            return ordering_plan.order_plan(uow, ends.name, tables)

    wrong = head.post("/travel/letter", ordered(ends, letter("восемь"))).text
    assert "Исполнить его здесь нельзя" in wrong
    good = letter("8")
    shown = head.post("/travel/letter", ordered(ends, good)).text
    assert "новая" in shown
    assert 'enctype="multipart/form-data"' in shown, "Russian letters would be thrice as long"
    said = {"order": json.dumps(good), "secret": PIN, "report": report_on(shown)}
    with ends.station.begin(ADMIN) as uow:
        uow.add(Room(site_code="0417", number="0001", purpose="exam", seats=4))
        uow.record("test:room", "room:test")
    assert "изменился" in head.post("/travel/order", said).text, "another one than was read"
    again = head.post("/travel/letter", ordered(ends, good)).text
    said["report"] = report_on(again)
    assert head.post("/travel/order", said).status_code == 303
    assert head.post("/travel/order", said).status_code == 303, "twice changes nothing"


def report_on(page: str) -> str:
    """What the page says that it has shown."""
    (found,) = re.findall(r'name="report" value="([0-9a-f]+)"', page)
    return str(found)


def test_rules_that_are_ordered_are_shown_one_by_one(ends: Ends, head: Browser) -> None:
    key = work(ends.station, "2990000000019", State.REGISTERED)
    letter = ordering_rules.order(ends.centre, ADMIN, ends.name, RULES)
    shown = head.post("/travel/letter", ordered(ends, letter)).text
    for words in ("2026, регион", "Слепых в аудитории", "04.06.2026", "с 01.06.2026"):
        assert words in shown
    said = {"order": json.dumps(letter), "secret": PIN}
    with ends.station.begin(ADMIN) as uow:
        uow.hold(Booklet, key).state = State.ISSUED
        uow.record("test:work", f"booklet:{key}")
    assert "Исполнить его здесь нельзя" in head.post("/travel/letter", ordered(ends, letter)).text
    assert head.post("/travel/order", said).status_code == 409
    with ends.station.begin(ADMIN) as uow:
        uow.hold(Booklet, key).state = State.REGISTERED
        uow.record("test:work", f"booklet:{key}")
    assert head.post("/travel/order", said).status_code == 303
    assert "2026, регион" in head.get("/plan/rules?day=2026-06-04").text
