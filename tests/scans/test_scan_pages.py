"""The scan pages: sending in, watching, deciding, quarantine; through the real pages with form
tokens."""

import datetime as dt
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Actor, Role
from examday.domain.scans.pages import PageState, ScanState
from examday.services.jobs import handing_out, outbox
from examday.services.scans import views
from examday.services.scans.files import opening, setting_aside
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page, ScanFile
from tests import day, sheets

pytestmark = pytest.mark.usefixtures("without_children")


def sheet(code: str | None, size: str = "A3", dpi: int = 150) -> BytesIO:
    """A sheet as the bytes of a JPEG."""
    target = BytesIO()
    sheets.draw(code, size, dpi).save(target, "JPEG", dpi=(dpi, dpi), quality=35)
    target.seek(0)
    return target


def work(store: Store) -> None:
    for _outbox, task, arg in handing_out.due(store):
        outbox.run(store, task, arg, opening.process, setting_aside.give_up)


@pytest.fixture
def head(store: Store, browser: Callable[[], Any], add_person: Callable[..., Any]) -> Any:
    """The head of the point, logged in."""
    add_person(store, "head", Role.SITE_HEAD)
    opened = browser()
    opened.log_in("head")
    return opened


def send(browser: Any, *files: tuple[BytesIO, str], batch: str = "b" * 32) -> Any:
    return browser.post(
        "/scans/upload",
        {"files": list(files), "batch": batch},
        content_type="multipart/form-data",
    )


def page_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_several_files_are_sent_in_and_end_at_their_works(store: Store, head: Any) -> None:
    codes = [sheets.kit_code(number) for number in (1, 2)]
    ids = [day.booklet(store, code) for code in codes]
    answer = send(head, (sheet(codes[0]), "первый.jpg"), (sheet(codes[1]), "второй.jpg"))
    assert answer.status_code == 303
    assert "Ещё не просмотрено: 2 файла" in page_of(head.get(answer.location))
    work(store)
    text = page_of(head.get("/scans/fragment?batch=" + "b" * 32))
    assert "Все файлы просмотрены" in text
    assert all(f"/{which}" in text for which in ids)
    assert 'data-progress="100"' in text


def test_sending_the_same_form_twice_is_harmless(store: Store, head: Any) -> None:
    code = sheets.kit_code(3)
    for _ in range(2):
        send(head, (sheet(code), "a.jpg"))
    work(store)
    assert "1 файл" in page_of(head.get("/scans/"))


def test_sending_nothing_says_what_to_do(head: Any) -> None:
    answer = head.post("/scans/upload", {})
    assert answer.status_code == 400
    assert "Сначала выберите файлы" in page_of(answer)


def test_a_page_without_a_code_is_attached_by_hand(store: Store, head: Any) -> None:
    code = sheets.kit_code(4)
    which = day.booklet(store, code)
    send(head, (sheet(None), "без кода.jpg"))
    work(store)
    text = page_of(head.get("/scans/exceptions"))
    [link] = re.findall(r'href="(/scans/exceptions/\w+)"', text)
    assert "Код на странице не прочитан" in text
    assert head.get(link).status_code == 200
    refused = head.post(link, {"act": "attach", "wanted": code, "role": "original", "reason": ""})
    assert refused.status_code == 400
    assert "нужна причина" in page_of(refused)
    unknown = head.post(
        link,
        {"act": "attach", "wanted": "нет такого", "role": "original", "reason": "x"},
    )
    assert "ничего не найдено" in page_of(unknown)
    done = head.post(
        link,
        {"act": "attach", "wanted": code, "role": "original", "reason": "Код смазан"},
    )
    assert done.status_code == 303
    with store.read() as uow:
        assert uow.get(Booklet, which).state == State.SCANNED


def test_a_refused_decision_leads_to_the_entry_that_lacks_something(
    store: Store, head: Any
) -> None:
    code = sheets.kit_code(7)
    day.booklet(store, code)
    send(head, (sheet(None), "a.jpg"))
    work(store)
    [link] = re.findall(r'href="(/scans/exceptions/\w+)"', page_of(head.get("/scans/exceptions")))
    attaching = {"act": "attach", "wanted": code, "role": "original", "reason": "Код смазан"}
    for field, sent in (
        ("reason", {**attaching, "reason": ""}),
        ("wanted", {**attaching, "wanted": "нет такого"}),
        ("role", {**attaching, "role": ""}),
        ("why", {"act": "reject", "why": " ", "reason": "Код смазан"}),
    ):
        refused = head.post(link, sent)
        shown = page_of(refused)
        assert refused.status_code == 400
        [led_to] = re.findall(r'<li><a href="#(\w+)">', shown)
        assert led_to == field, "each form of the page has its own place for a reason"
        assert re.findall(r'id="([\w-]+)-error"', shown) == [field]
        kept = "Код смазан" if field != "reason" else ""
        assert re.search(f'id="reason"[^>]*value="{kept}"', shown), "what was typed stays"


def test_a_second_sheet_of_one_code_is_rejected_with_a_reason(store: Store, head: Any) -> None:
    code = sheets.kit_code(5)
    day.booklet(store, code)
    send(head, (sheet(code), "a.jpg"), (sheet(code, dpi=160), "b.jpg"))
    work(store)
    [link] = re.findall(r'href="(/scans/exceptions/\w+)"', page_of(head.get("/scans/exceptions")))
    assert "Этот лист уже отсканирован" in page_of(head.get(link))
    assert head.post(link, {"act": "reject", "why": "Отсканирован дважды"}).status_code == 303
    text = page_of(head.get("/scans/exceptions"))
    assert "Отсканирован дважды" in text and "Страниц в ожидании нет" in text


def test_a_bad_file_is_set_aside_and_tried_again_only_where_that_may_help(
    store: Store, head: Any
) -> None:
    send(head, (BytesIO(b"garbage"), "<b>плохой</b>.jpg"))
    work(store)
    text = page_of(head.get("/scans/quarantine"))
    assert "&lt;b&gt;плохой" in text and "<b>плохой" not in text
    assert "не JPEG, PNG, TIFF или PDF" in text
    assert "Попробовать снова" not in text, "the same bytes are no picture tomorrow either"
    with store.begin(Actor.system("test")) as uow:
        scan = uow.session.scalars(select(ScanFile)).one()
        scan.problem = {**scan.problem, "code": "processing-failed"}
        uow.record("test:scan", f"scan:{scan.id}")
    text = page_of(head.get("/scans/quarantine"))
    [again] = re.findall(r'action="(/scans/quarantine/\w+)"', text)
    assert "Попробовать снова" in page_of(head.get(f"/scans/file/{scan.id}"))
    assert head.post(again).status_code == 303
    assert len(handing_out.due(store)) == 1


def test_who_may_not_decide_sees_no_button_and_is_refused(
    store: Store, browser: Callable[[], Any], add_person: Callable[..., Any]
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    add_person(store, "assistant", Role.ASSISTANT)
    opened = browser()
    opened.log_in("assistant")
    send(opened, (sheet(None), "a.jpg"))
    work(store)
    text = page_of(opened.get("/scans/exceptions"))
    assert not re.findall(r'href="/scans/exceptions/\w+"', text)
    with store.read() as uow:
        from examday.services.scans.views import exceptions

        page_id = exceptions(uow)[0].id
    assert opened.get(f"/scans/exceptions/{page_id}").status_code == 403
    assert (
        opened.post(f"/scans/exceptions/{page_id}", {"act": "reject", "why": "x"}).status_code
        == 403
    )


def test_the_file_page_tells_where_each_page_went(store: Store, head: Any) -> None:
    code = sheets.kit_code(6)
    day.booklet(store, code)
    send(head, (sheet(code), "a.jpg"))
    work(store)
    [link, *_more] = re.findall(r'href="(/scans/file/\w+)"', page_of(head.get("/scans/")))
    text = page_of(head.get(link))
    assert "101-1А" in text and "закреплена" in text


def test_what_waits_from_an_earlier_day_is_counted(
    store: Store, head: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new exam day makes no file looked at, and places no page."""
    send(head, (sheet(sheets.kit_code(51)), "a.jpg"))
    work(store)
    send(head, (sheet(sheets.kit_code(52)), "b.jpg"), batch="c" * 32)
    assert 'data-progress="50"' in page_of(head.get("/scans/"))
    later = store.clock() + dt.timedelta(days=1)
    monkeypatch.setattr(views, "since", lambda _uow: later)
    text = page_of(head.get("/scans/"))
    assert "Все файлы просмотрены" not in text and 'data-progress="0"' in text
    assert "и ещё 1 с прежних дней" in text
    assert "и ещё 1 с прежних дней" in page_of(head.get("/scans/exceptions"))
    work(store)
    assert 'data-progress="100"' in page_of(head.get("/scans/"))


def test_a_file_that_waits_for_another_try_has_not_been_looked_at(store: Store, head: Any) -> None:
    send(head, (sheet(sheets.kit_code(51)), "a.jpg"))
    with store.begin(Actor.system("test")) as uow:
        scan = uow.session.scalars(select(ScanFile)).one()
        scan.state = ScanState.POSTPONED
        uow.record("test:scan", f"scan:{scan.id}")
    text = page_of(head.get("/scans/"))
    assert "Все файлы просмотрены" not in text and 'data-progress="0"' in text


def test_a_capped_list_of_pages_that_do_not_count_says_that_it_is_one(
    store: Store, head: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_REJECTED", 1)
    send(head, (sheet(sheets.kit_code(51)), "a.jpg"), (sheet(sheets.kit_code(52)), "b.jpg"))
    work(store)
    with store.begin(Actor.system("test")) as uow:
        for page in uow.session.scalars(select(Page)):
            page.state = PageState.REJECTED
            uow.record("test:page", f"page:{page.id}")
    text = page_of(head.get("/scans/exceptions"))
    assert "Неучитываемые страницы: 1+" in text and "Показаны последние 1." in text
