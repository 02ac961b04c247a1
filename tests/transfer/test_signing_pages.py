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
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Person, Signoff
from examday.storage.tables_log_in import LoginAttempt
from tests.conftest import PIN
from tests.signed import Waiting, sent, verified_work


@pytest.fixture
def work(store: Store, add_person: Callable[..., Person]) -> Waiting:
    add_person(store, "head", Role.SITE_HEAD)
    return verified_work(store, add_person)


def text(answer: Any) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def sign(client: Any, work: Waiting, slot: str, person: Person, store: Store) -> Any:
    return client.post(f"/sign/{work.booklet_id}", sent(slot, person, PIN, work.content(store)))


def absent(client: Any, work: Waiting, slot: str, person: Person, store: Store, reason: str) -> Any:
    given = {"person": person.id, "pin": PIN, "content": work.content(store), "reason": reason}
    return client.post(f"/sign/{work.booklet_id}/absent/{slot}", given)


def refused(client: Any, work: Waiting, given: Any) -> Any:
    """The page that says why it was refused: one of its own, so that a reload sends nothing again."""
    answer = given if hasattr(given, "location") else client.post(f"/sign/{work.booklet_id}", given)
    assert answer.status_code == 303, "a reload counts no wrong PIN again"
    return client.get(answer.location)


def test_log_in_leads_a_signer_to_the_work_that_waits(
    store: Store, browser: Any, work: Waiting
) -> None:
    client = browser()
    assert client.enter("member").headers["Location"] == f"/sign/{work.booklet_id}"
    assert "2 990000 000019" in text(client.get("/sign"))
    reader = browser()
    assert reader.enter("reader").headers["Location"] == "/"


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
    wrong = sent("observer", work.observer, "0000", work.content(store))
    page = refused(laptop, work, wrong).get_data(as_text=True)
    assert 'aria-invalid="true"' in page and "<title>Ошибка:" in page
    assert "PIN или пароль не подошёл." in page and "Логин" not in page, "only a PIN was asked for"
    assert "не подошёл" not in text(laptop.get(f"/sign/{work.booklet_id}")), "it is said once"
    with store.read() as uow:
        assert uow.session.query(Signoff).count() == 0
        assert uow.session.query(LoginAttempt).filter_by(ok=False).count() == 1


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
    wrong = sent("observer", work.observer, "0000", work.content(store))
    answer = refused(laptop, work, wrong)
    assert chosen(answer.get_data(as_text=True)) == [work.observer.id]
    nobody = {**wrong, "person-observer": "", "pin-observer": PIN}
    page = refused(member, work, nobody).get_data(as_text=True)
    assert 'href="#person-observer"' in page
    assert "Имя не выбрано" in page and "не подошёл" not in page, "no try is counted"


def test_whoever_may_sign_in_several_places_is_put_forward_in_the_first_alone(
    store: Store, browser: Any, work: Waiting, add_person: Callable[..., Person]
) -> None:
    both = add_person(store, "both", Role.EXAM_BOARD_MEMBER, Role.PUBLIC_OBSERVER)
    add_person(store, "observer2", Role.PUBLIC_OBSERVER)
    client = browser()
    client.log_in("both")
    page = client.get(f"/sign/{work.booklet_id}").get_data(as_text=True)
    options = page.count(f'<option value="{both.id}"')
    assert options == 3, "two signatures, and who records an absence"
    assert chosen(page) == [both.id]


@pytest.mark.parametrize("login", ["organiser", "member", "observer"])
def test_the_first_signature_is_that_of_the_person_at_the_computer(
    browser: Any, work: Waiting, login: str
) -> None:
    client = browser()
    client.log_in(login)
    page = client.get(f"/sign/{work.booklet_id}").get_data(as_text=True)
    slots = {"organiser": "transferrer", "member": "exam_board_member", "observer": "observer"}
    assert re.findall(r'id="slot-(\w+)"', page)[0] == slots[login]


def test_of_three_who_sign_at_once_a_wrong_pin_keeps_back_its_own_signature_alone(
    store: Store, browser: Any, work: Waiting
) -> None:
    laptop, content = browser(), work.content(store)
    laptop.log_in("organiser")
    right = sent("transferrer", work.organiser, PIN, content)
    right |= sent("observer", work.observer, PIN, content)
    wrong = sent("exam_board_member", work.member, "0000", content)
    there = laptop.post(f"/sign/{work.booklet_id}", right | wrong)
    assert there.status_code == 303, "a reload counts no wrong PIN again"
    answer = laptop.get(there.location)
    page = answer.get_data(as_text=True)
    assert page.count('aria-invalid="true"') == 1 and 'href="#pin-exam_board_member"' in page
    assert "Подписано: кто перенёс ответы, общественный наблюдатель." in text(answer)
    assert "не подошёл" in page and "не подошёл" not in text(laptop.get(there.location))
    with store.read() as uow:
        assert uow.session.query(LoginAttempt).filter_by(ok=False).count() == 1
        given = {row.slot: row.person_id for row in uow.session.query(Signoff)}
        assert uow.get(Booklet, work.booklet_id).state == State.VERIFIED
    assert given == {"transferrer": work.organiser.id, "observer": work.observer.id}


def test_a_pin_that_was_forgotten_is_asked_for_and_all_wrong_ones_are_named(
    store: Store, browser: Any, work: Waiting
) -> None:
    laptop, content = browser(), work.content(store)
    laptop.log_in("organiser")
    empty = sent("transferrer", work.organiser, "", content)
    empty |= sent("observer", work.observer, "", content)
    none = refused(laptop, work, empty)
    assert 'href="#pin-transferrer"' in none.get_data(as_text=True)
    swapped = sent("observer", work.member, PIN, content)
    swapped |= sent("exam_board_member", work.observer, PIN, content)
    page = refused(laptop, work, swapped).get_data(as_text=True)
    for slot, name in (("observer", "наблюдатель"), ("exam_board_member", "член ГЭК")):
        assert re.search(rf'href="#pin-{slot}">[^<]*{name}: ', page), slot
    with store.read() as uow:
        assert uow.session.query(Signoff).count() == 0


def test_an_old_page_cannot_sign(store: Store, browser: Any, work: Waiting) -> None:
    laptop = browser()
    laptop.log_in("organiser")
    old = sent("observer", work.observer, PIN, "0" * 64)
    assert "Содержание изменилось" in text(refused(laptop, work, old))


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
    for slot, reason, said in (
        ("exam_board_member", "Член ГЭК уехал", "нельзя заменить"),
        ("observer", "нет", "Укажите, почему"),
        ("observer", "нет" + "\u200b" * 8, "Укажите, почему"),
        ("observer", "Наблюдатель не прибыл", "Наблюдатель не прибыл"),
    ):
        page = refused(laptop, work, absent(laptop, work, slot, work.member, store, reason))
        assert said in text(page), text(page)
    assert ">нет<" not in page.get_data(as_text=True)


def test_a_long_reason_of_an_absence_is_not_cut_when_a_pin_was_wrong(
    store: Store, browser: Any, work: Waiting
) -> None:
    laptop, long = browser(), "Наблюдатель уехал раньше времени, " * 40
    laptop.log_in("member")
    given = {"person": work.member.id, "pin": "0000", "content": work.content(store)}
    answer = laptop.post(
        f"/sign/{work.booklet_id}/absent/observer", {**given, "reason": long + "конец"}
    )
    assert answer.status_code == 403 and f"{long}конец</textarea>" in answer.get_data(as_text=True)


def test_a_refusal_is_not_said_of_a_later_copy(store: Store, browser: Any, work: Waiting) -> None:
    laptop, address = browser(), f"/sign/{work.booklet_id}"
    laptop.log_in("organiser")
    wrong = sent("observer", work.observer, "0000", work.content(store))
    assert laptop.post(address, wrong).status_code == 303
    pages = []
    for state in (State.COPY_SCANNED, State.VERIFIED):
        with store.begin(Actor.system("test")) as uow:
            uow.get(Booklet, work.booklet_id).state = state
            uow.record("test:state", f"booklet:{work.booklet_id}")
        pages.append(laptop.get(address))
    assert [page.status_code for page in pages] == [409, 200]
    assert "не подошёл" not in text(pages[1])


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

    def busy(*_args: object, **_named: object) -> None:
        raise Busy()

    monkeypatch.setattr(signing, "sign", busy)
    answer = sign(client, work, "transferrer", work.organiser, store)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Сейчас занято" in text(answer)


@pytest.mark.parametrize("pin", [PIN, "0000"])
def test_a_database_that_gets_busy_between_two_signatures_takes_nothing_back_and_says_so(
    store: Store, browser: Any, work: Waiting, monkeypatch: pytest.MonkeyPatch, pin: str
) -> None:
    laptop, content, real = browser(), work.content(store), signing.sign
    laptop.log_in("organiser")

    def sign(uow: UnitOfWork, *, slot: str, **named: Any) -> Signoff:
        if slot == "exam_board_member":
            raise Busy()
        return real(uow, slot=slot, **named)

    monkeypatch.setattr(signing, "sign", sign)
    three = sent("transferrer", work.organiser, pin, content)
    three |= sent("exam_board_member", work.member, PIN, content)
    three |= sent("observer", work.observer, PIN, content)
    page = text(refused(laptop, work, three))
    assert ("Подписано: кто перенёс ответы." in page) == (pin == PIN)
    assert "Сейчас занято" in page and "Кто не назван среди подписавших" in page
    assert "ичего не измен" not in page and ("не подошёл" in page) == (pin != PIN)
    with store.read() as uow:
        assert [row.slot for row in uow.session.query(Signoff)] == ["transferrer"] * (pin == PIN)


def test_a_database_that_goes_away_after_the_last_signature_does_not_say_that_nothing_was_changed(
    store: Store, browser: Any, work: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = browser()
    laptop.log_in("organiser")

    def busy(*_args: object, **_named: object) -> None:
        raise Busy()

    with monkeypatch.context() as away:
        away.setattr("examday.web.transfer.signing._next_to_sign", busy)
        answer = sign(laptop, work, "transferrer", work.organiser, store)
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
    assert "Сделано и сохранено" in text(answer) and "ичего не измен" not in text(answer)
    wrong = sent("observer", work.observer, "0000", work.content(store))
    assert laptop.post(f"/sign/{work.booklet_id}", wrong).status_code == 303
    with monkeypatch.context() as away:
        away.setattr("examday.web.transfer.signing.signing_sheet", busy)
        later = laptop.get(f"/sign/{work.booklet_id}")
        assert later.status_code == 503 and "Откройте эту страницу ещё раз" in text(later)
        assert "отправьте" not in text(later), "a page that is looked at sends nothing"
    assert "не подошёл" in text(laptop.get(f"/sign/{work.booklet_id}")), "it waits until it is seen"
    with store.read() as uow:
        assert [row.slot for row in uow.session.query(Signoff)] == ["transferrer"]
