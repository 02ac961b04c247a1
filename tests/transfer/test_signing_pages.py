"""The signing pages as people meet them: work comes to the signer, is read back, and three sign at
one laptop."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Busy
from examday.domain.people.roles import Actor, Role
from examday.services.transfer import signing
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person, Signoff
from tests.conftest import PIN
from tests.signed import Waiting, verified_work


@pytest.fixture
def work(store: Store, add_person: Callable[..., Person]) -> Waiting:
    add_person(store, "head", Role.SITE_HEAD)
    return verified_work(store, add_person)


def text(answer: Any) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def sign(client: Any, work: Waiting, slot: str, person: Person, store: Store, **more: str) -> Any:
    return client.post(
        f"/sign/{work.booklet_id}/{slot}",
        {"person": person.id, "pin": PIN, "content": work.content(store), **more},
    )


def test_log_in_leads_a_signer_to_the_work_that_waits(
    store: Store, browser: Any, work: Waiting
) -> None:
    client = browser()
    assert client.log_in("member").headers["Location"] == f"/sign/{work.booklet_id}"
    assert "2 990000 000019" in text(client.get("/sign"))
    reader = browser()
    assert reader.log_in("reader").headers["Location"] == "/"


def test_every_page_tells_a_signer_of_unsigned_work(
    store: Store, browser: Any, work: Waiting
) -> None:
    client, reader = browser(), browser()
    client.log_in("member")
    reader.log_in("head")
    assert "Вашей подписи ждёт 1 работа" in text(client.get("/ledger"))
    assert "Вашей подписи" not in text(reader.get("/ledger"))


def test_the_content_is_read_back_in_words_and_numbers(
    store: Store, browser: Any, work: Waiting
) -> None:
    client = browser()
    client.log_in("member")
    said = text(client.get(f"/sign/{work.booklet_id}"))
    assert "Бланк 2 990000 000019, версия переноса 1." in said
    assert "Из 40 заданий с ответом 10, 30 пустых." in said
    assert "Страниц: в оригинале — 1, в копии — 1." in said


def test_answers_are_read_back_down_the_columns_of_the_form(
    store: Store, browser: Any, work: Waiting
) -> None:
    client = browser()
    client.log_in("member")
    page = client.get(f"/sign/{work.booklet_id}").get_data(as_text=True)
    titles = re.findall(r'<h3 class="small" id="column-\d+">([^<]+)<', page)
    assert [t for t in titles if t.startswith("Задания")] == ["Задания 1–20", "Задания 21–40"]
    columns = page.split('<h3 class="small" id="column-')[1:]
    first, second = (c for c in columns if ">Задания" in c)
    tasks = [re.findall(r"<dt>(\d+)</dt>", column) for column in (first, second)]
    assert tasks == [[str(n) for n in range(1, 21)], [str(n) for n in range(21, 41)]]


def test_three_people_sign_at_one_laptop_and_the_work_is_certified(
    store: Store, browser: Any, work: Waiting
) -> None:
    laptop = browser()
    laptop.log_in("organiser")
    for slot, person in (
        ("transferrer", work.organiser),
        ("exam_board_member", work.member),
        ("observer", work.observer),
    ):
        assert sign(laptop, work, slot, person, store).status_code == 303
    shown = text(laptop.get(f"/sign/{work.booklet_id}"))
    assert "Заверено" in shown
    with store.read() as uow:
        assert uow.get(Booklet, work.booklet_id).state == State.CERTIFIED
        assert {row.person_id for row in uow.session.query(Signoff)} == {
            work.organiser.id,
            work.member.id,
            work.observer.id,
        }


def test_a_wrong_pin_is_said_beside_the_field_and_signs_nothing(
    store: Store, browser: Any, work: Waiting
) -> None:
    laptop = browser()
    laptop.log_in("organiser")
    answer = laptop.post(
        f"/sign/{work.booklet_id}/observer",
        {"person": work.observer.id, "pin": "0000", "content": work.content(store)},
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403 and 'aria-invalid="true"' in page and "<title>Ошибка:" in page
    assert "PIN или пароль не подошёл." in page and "Логин" not in page, "only a PIN was asked for"
    with store.read() as uow:
        assert uow.session.query(Signoff).count() == 0


def chosen(page: str) -> list[str]:
    """Who is put forward as the signer in each of the lists of the page."""
    return re.findall(r'<option value="([^"]+)" selected', page)


def test_whoever_is_logged_in_is_put_forward_and_after_a_refusal_the_one_who_was_chosen(
    store: Store, browser: Any, work: Waiting, add_person: Callable[..., Person]
) -> None:
    second = add_person(store, "observer2", Role.PUBLIC_OBSERVER)
    laptop, member = browser(), browser()
    laptop.log_in("observer2")
    member.log_in("member")
    page = laptop.get(f"/sign/{work.booklet_id}").get_data(as_text=True)
    assert chosen(page) == [second.id]
    assert chosen(member.get(f"/sign/{work.booklet_id}").get_data(as_text=True)) == []
    answer = laptop.post(
        f"/sign/{work.booklet_id}/observer",
        {"person": work.observer.id, "pin": "0000", "content": work.content(store)},
    )
    assert chosen(answer.get_data(as_text=True)) == [work.observer.id]


@pytest.mark.parametrize("login", ["organiser", "member", "observer"])
def test_the_main_button_is_the_signature_of_the_person_at_the_computer(
    browser: Any, work: Waiting, login: str
) -> None:
    client = browser()
    client.log_in(login)
    page = client.get(f"/sign/{work.booklet_id}").get_data(as_text=True)
    before = page.partition('class="primary"')[0]
    slots = {"organiser": "transferrer", "member": "exam_board_member", "observer": "observer"}
    assert before.rpartition("<form")[2].split('action="')[1].split('"')[0].endswith(slots[login])


def test_an_old_page_cannot_sign(store: Store, browser: Any, work: Waiting) -> None:
    laptop = browser()
    laptop.log_in("organiser")
    answer = laptop.post(
        f"/sign/{work.booklet_id}/observer",
        {"person": work.observer.id, "pin": PIN, "content": "0" * 64},
    )
    assert answer.status_code == 409 and "Содержание изменилось" in text(answer)


def test_an_absence_is_recorded_with_its_reason_where_the_rules_allow(
    store: Store, browser: Any, work: Waiting
) -> None:
    laptop = browser()
    laptop.log_in("member")
    nobody = "из списка никто не может это подписать"
    assert nobody not in text(laptop.get(f"/sign/{work.booklet_id}"))
    with store.begin(Actor.system("test")) as uow:
        uow.get(Person, work.observer.id).disabled = True
        uow.record("test:disabled", f"person:{work.observer.id}")
    assert nobody in text(laptop.get(f"/sign/{work.booklet_id}"))
    assert (
        sign(
            laptop, work, "exam_board_member", work.member, store, reason="Член ГЭК уехал"
        ).status_code
        == 400
    )
    assert sign(laptop, work, "observer", work.member, store, reason="нет").status_code == 400
    assert (
        sign(
            laptop, work, "observer", work.member, store, reason="Наблюдатель не прибыл"
        ).status_code
        == 303
    )
    assert "Наблюдатель не прибыл" in text(laptop.get(f"/sign/{work.booklet_id}"))


def test_in_english_the_same_page_speaks_english(browser: Any, work: Waiting) -> None:
    client = browser()
    client.log_in("member")
    client.client.set_cookie("lang", "en")
    assert "Of 40 tasks 10 hold an answer, 30 are blank." in text(
        client.get(f"/sign/{work.booklet_id}")
    )


def test_a_busy_database_is_no_refusal_and_the_browser_may_try_again(
    store: Store, browser: Any, work: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    client.log_in("organiser")

    def busy(*_args: object) -> None:
        raise Busy()

    monkeypatch.setattr(signing, "sign", busy)
    answer = sign(client, work, "transferrer", work.organiser, store)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Сейчас занято" in text(answer)
