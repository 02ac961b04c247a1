"""Frame of the pages, search by code, board and page of a work, as the server sends them."""

import datetime as dt
import re
from typing import Any

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.custody.paper_codes import spaced
from examday.domain.ledger import digest, parse_code
from examday.domain.people.roles import Actor, Role
from examday.i18n import language
from examday.resources import HELP
from examday.services.appeals import lookup
from examday.services.board import overview as board
from examday.services.custody import search
from examday.services.rules.exam_forms import fields_for
from examday.storage.tables import Booklet, Item, Page, ScanFile
from examday.web import shell
from examday.web.help import topics
from examday.web.people.view import local_address
from tests import day, sheets

TEST = Actor.system("test")
CODE, ADDED = sheets.kit_code(7), sheets.kit_code(8)


@pytest.mark.parametrize(
    "wanted",
    [CODE, f" {CODE[:6]} {CODE[6:]} ", "101-1А", "101 1а", "101/1А", "K-0007", ADDED, ADDED[:-1]],
)
def test_a_work_is_found_by_whatever_stands_on_the_paper(store: Any, wanted: str) -> None:
    booklet_id = day.booklet(store, CODE)
    with store.begin(TEST) as uow:
        exam_id = uow.get(Booklet, booklet_id).exam_id
        uow.add(Item(code="K-0007", kind="envelope", exam_id=exam_id, booklet_id=booklet_id))
        sheet = {"kind": "standard_sheet", "exam_id": exam_id, "booklet_id": booklet_id}
        uow.add(Item(code=f"{ADDED}/2", **sheet))
        uow.record("test:item", f"booklet:{booklet_id}")
    with store.read() as uow:
        # A number that somebody broke off might be another work's.
        there = [] if wanted == ADDED[:-1] else [booklet_id]
        assert [found.id for found in search.find(uow, wanted)] == there


@pytest.mark.parametrize(
    ("stored", "wanted"),
    [("1а", "101-1а"), ("1а", "101-1A"), ("1a", "101 1А"), ("Ст1", "101-Ст1")],
)
def test_a_place_is_found_as_the_plan_writes_it(store: Any, stored: str, wanted: str) -> None:
    booklet_id = day.booklet(store, CODE)
    with store.begin(TEST) as uow:
        seat = uow.get(Booklet, booklet_id).seat
        seat.place = stored
        uow.record("test:place", f"seat:{seat.id}")
    with store.read() as uow:
        assert [found.id for found in search.find(uow, wanted)] == [booklet_id]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (CODE[:12], "— 12"),
        (CODE[:5] + CODE[6:], "— 12"),
        (CODE + "0", "— 14"),
        (CODE[:11] + CODE[12] + CODE[11], "две переставлены"),
        ("N041277", "Наклейки с кодом"),
        ("Т0412775", "Наклейки с кодом"),
    ],
)
def test_a_number_with_a_slip_finds_nothing_and_is_told_so(
    store: Any, browser: Any, add_person: Any, wanted: str, said: str
) -> None:
    day.booklet(store, CODE)
    add_person(store, "head", Role.SITE_HEAD)
    there = browser()
    there.log_in("head")
    assert said in there.get(f"/find?q={wanted}").get_data(as_text=True)
    answer = there.get(f"/custody/find?code={wanted}")
    assert answer.status_code == 400 and said in answer.get_data(as_text=True)


@pytest.mark.parametrize("typed", ["0259-5516-2304-5275", "EXAMDAY-LEDGER 0259-5516-2304-5275"])
def test_the_code_at_the_foot_of_a_print_out_leads_to_its_check(
    store: Any, browser: Any, add_person: Any, typed: str
) -> None:
    for login, role in (("head", Role.SITE_HEAD), ("reader", Role.ASSISTANT)):
        add_person(store, login, role)
    head, reader = browser(), browser()
    head.log_in("head")
    reader.log_in("reader")
    there = head.get("/find", query_string={"q": typed}).location
    assert there.startswith("/ledger/verify?code=")
    assert f'value="{typed}"' in head.get(there).get_data(as_text=True)
    assert parse_code(typed) == (259, "0259-5516-2304-5275")
    answer = head.get("/custody/find", query_string={"code": typed}).get_data(as_text=True)
    assert "контрольный код внизу распечатки" in answer and 'href="/ledger/verify"' in answer
    answer = reader.get("/find", query_string={"q": typed}).get_data(as_text=True)
    assert "контрольный код внизу распечатки" in answer and "13 цифр" not in answer
    assert "спросите руководителя" in answer, "the check is not in this menu"


@pytest.mark.parametrize("wanted", ["", "   ", "1", "%", "101", "999-1А", "' OR 1=1 --"])
def test_what_means_no_work_finds_nothing(store: Any, wanted: str) -> None:
    day.booklet(store, CODE)
    with store.read() as uow:
        assert search.find(uow, wanted) == ()


def test_scanning_a_code_opens_the_work(store: Any, browser: Any, add_person: Any) -> None:
    booklet_id = day.booklet(store, CODE)
    add_person(store, "head", Role.SITE_HEAD)
    there = browser()
    there.log_in("head")
    answer = there.get(f"/find?q={CODE}")
    assert answer.status_code == 302
    assert answer.location == f"/booklets/{booklet_id}"


def test_several_works_that_fit_are_listed_and_more_than_fit_the_page_are_said(
    store: Any, browser: Any, add_person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in (1, 2, 3):
        day.booklet(store, sheets.kit_code(n))
    add_person(store, "head", Role.SITE_HEAD)
    there = browser()
    there.log_in("head")
    page = there.get("/find?q=Участник").get_data(as_text=True)
    assert (
        "Найдено 3 работы" in page and spaced(sheets.kit_code(3)) in page and "больше" not in page
    )
    monkeypatch.setattr(lookup, "MOST", 2)
    page = there.get("/find?q=Участник").get_data(as_text=True)
    assert "Подходит больше 2; показаны самые новые." in page and page.count("<tr>") == 3


def test_the_board_is_for_the_people_of_the_point(
    store: Any, browser: Any, add_person: Any
) -> None:
    day.booklet(store, CODE, State.VERIFIED)
    add_person(store, "secretary", Role.APPEAL_SECRETARY)
    add_person(store, "head", Role.SITE_HEAD)
    stranger, head = browser(), browser()
    assert "/login" in stranger.get("/board/").location
    stranger.log_in("secretary")
    assert stranger.get("/board/").status_code == 403
    head.log_in("head")
    page = head.get("/board/").get_data(as_text=True)
    assert "подписывающие — «Копия верна»" in page
    listed = head.get("/board/step?state=verified").get_data(as_text=True)
    assert CODE in re.sub(r"<[^>]+>|\s", "", listed), "the work is named, not only counted"
    assert re.search(r'aria-label="Шаг \d+ из \d+: ', listed), "beads alone say nothing to the ear"


def test_signatures_that_are_late_are_an_alarm(store: Any, clock: Any) -> None:
    booklet_id = day.booklet(store, CODE, State.VERIFIED)
    clock.forward(minutes=20)
    with store.read() as uow:
        alarms = board.show(uow).alarms
    assert [(alarm.code, alarm.ids) for alarm in alarms] == [("unsigned", (booklet_id,))]


def test_a_count_that_differs_is_an_alarm_until_the_work_moves_on(store: Any) -> None:
    booklet_id = day.booklet(store, CODE, State.ENLARGED)
    with store.begin(TEST) as uow:
        uow.record("alarm:count-mismatch", f"booklet:{booklet_id}", at="collect")
    with store.read() as uow:
        assert [alarm.code for alarm in board.show(uow).alarms] == ["alarm:count-mismatch"]
    with store.begin(TEST) as uow:
        uow.record("booklet:collect", f"booklet:{booklet_id}")
    with store.read() as uow:
        assert not board.show(uow).alarms


def test_a_page_that_got_lost_in_a_file_and_one_without_a_work_are_alarms(store: Any) -> None:
    day.booklet(store, CODE)
    with store.begin(TEST) as uow:
        scan = uow.add(
            ScanFile(
                name="a.pdf",
                source="upload",
                sha256=digest("a"),
                size=1,
                state="done",
                pages=2,
                received_at=uow.now(),
            )
        )
        uow.session.flush()
        uow.add(Page(scan_file_id=scan.id, number=1, state="exception", at=uow.now()))
        uow.record("test:scan", f"scan:{scan.id}")
    with store.read() as uow:
        assert {alarm.code for alarm in board.show(uow).alarms} == {"pages", "exception"}


def test_the_board_of_another_day_is_that_day(store: Any) -> None:
    day.booklet(store, CODE)
    with store.read() as uow:
        assert board.show(uow).day == dt.date(2026, 6, 4)
        assert not board.show(uow, dt.date(2026, 6, 5)).rows


def test_values_stay_out_of_sight_until_they_are_settled(
    store: Any, browser: Any, add_person: Any
) -> None:
    from examday.domain.transfer.answers import Value
    from examday.services.transfer import readings

    booklet_id = day.booklet(store, CODE, State.KEYED)
    reader = add_person(store, "reader", Role.ASSISTANT)
    head = add_person(store, "head", Role.SITE_HEAD)
    with store.begin(TEST) as uow:
        row = uow.get(Booklet, booklet_id)
        values = dict.fromkeys(fields_for(row.exam).ids, Value("ОТВЕТ42"))
        for source, person in (("first", reader), ("second", head)):
            readings.seal(uow, row, source, readings.content_of(values), person_id=person.id)
        uow.record("test:keyed", f"booklet:{booklet_id}")
    there = browser()
    there.log_in("head")
    hidden = there.get(f"/booklets/{booklet_id}").get_data(as_text=True)
    assert "ОТВЕТ" not in hidden and 'class="digit"' not in hidden
    with store.begin(TEST) as uow:
        uow.get(Booklet, booklet_id).state = "settled"
        uow.record("booklet:settle", f"booklet:{booklet_id}")
    assert '<span class="digit">42</span>' in there.get(f"/booklets/{booklet_id}").get_data(
        as_text=True
    )


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "/\\evil.example", "https://evil.example", "", "board", "/a\nb"]
)
def test_the_way_back_never_leads_to_another_station(wanted: str) -> None:
    assert local_address(wanted) == "/"


def test_an_unknown_view_counts_as_the_ordinary_one() -> None:
    assert shell.view_of({"theme": "<script>", "size": "999"}) == shell.View("auto", "100")
    assert shell.view_of({"theme": "contrast", "size": "200"}) == shell.View("contrast", "200")


@pytest.mark.parametrize("text", ["", "О0", "13 524", "-3,5", "А1Б22"])
def test_runs_of_digits_lose_no_character(text: str) -> None:
    assert "".join(run.text for run in shell.glyph_runs(text)) == text


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "только что"),
        (1, "1 мин назад"),
        (75, "1 ч 15 мин назад"),
        (60 * 24 * 5, "5 дней назад"),
        (-30, "через 30 мин"),
    ],
)
def test_ages_are_said_as_people_say_them(minutes: int, said: str) -> None:
    token = language.set("ru")
    assert shell.age(dt.timedelta(minutes=minutes)) == said
    language.reset(token)


def test_a_span_is_said_in_minutes_up_to_an_hour_and_a_half() -> None:
    token = language.set("ru")
    said = [shell.span(dt.timedelta(minutes=minutes)) for minutes in (1, 89, 90, 200)]
    assert said == ["1 мин", "89 мин", "2 ч", "3 ч"]
    language.reset(token)


def test_every_help_text_is_there_in_both_languages(browser: Any) -> None:
    assert (
        set(topics("ru")) == set(topics("en")) == {path.stem for path in (HELP / "ru").glob("*.md")}
    )
    there = browser()
    for name in topics("ru"):
        assert there.get(f"/help/{name}").status_code == 200
    assert there.get("/help/no-such-part").status_code == 200


def test_a_training_day_is_refused_where_anything_is_there(
    store: Any, browser: Any, add_person: Any
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    answer = browser().post("/training-day")
    assert answer.status_code == 409
