"""The ledger pages: what happened in words, a check with a code from paper, a bundle to take
along."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text as sql

from examday.domain.people.roles import Actor, Role
from examday.services.ledger import audit
from examday.services.people import sites
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from tests import day


@pytest.fixture
def head(store: Store, browser: Any, add_person: Callable[..., Person]) -> Any:
    """The head of the point, logged in."""
    add_person(store, "head", Role.SITE_HEAD, name="Петров П. П.")
    day.booklet(store, "2990000000019")
    client = browser()
    client.log_in("head")
    return client


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_the_newest_entries_are_told_in_words(head: Any) -> None:
    assert "Вход · Петров П. П." in words(head.get("/ledger"))


def test_a_code_for_paper_is_made_and_found_again(head: Any) -> None:
    head.post("/ledger/checkpoint")
    code = re.search(r"\d{4}-\d{4}-\d{4}-\d{4}", words(head.get("/ledger")))
    assert code
    answer = head.post("/ledger/verify", {"code": code[0].replace("-", " "), "scans": "1"})
    assert answer.status_code == 200 and "Код с бумаги — от этого журнала" in words(answer)


def test_a_check_goes_on_from_an_earlier_one_and_says_what_it_left_out(head: Any) -> None:
    page = words(head.post("/ledger/verify"))
    code = re.search(r"\d{4}-\d{4}-\d{4}-\d{4}", page[page.index("Всё так") :])
    assert code and "НЕ смотрели" not in page
    head.post("/ledger/checkpoint")
    said = words(head.post("/ledger/verify", {"since": code[0]}))
    assert f"Начато после записи {int(code[0][:4])}. НЕ смотрели" in said
    assert "записей 1, строк 0, контрольных точек 1" in said and "Всё так" not in said
    slip = code[0][:-1] + str((int(code[0][-1]) + 1) % 10)
    assert "Такого кода в журнале нет" in words(head.post("/ledger/verify", {"since": slip}))
    for typed in ({"since": "12"}, {"since": code[0], "code": "0001-0000-0000-0000"}):
        assert head.post("/ledger/verify", typed).status_code == 400
    other = head.post("/ledger/verify?code=12", {"code": code[0]})
    assert other.status_code == 200 and f'value="{code[0]}"' in other.get_data(as_text=True)


def test_where_several_points_are_looked_at_no_check_goes_on(head: Any, store: Store) -> None:
    code = audit.verify(store).code
    with store.begin(Actor.system("test")) as uow:
        sites.add_site(uow, "770412", "Школа", "Europe/Moscow")
    answer = head.post("/ledger/verify", {"since": code})
    assert answer.status_code == 400 and "Выберите пункт рядом со своим именем" in words(answer)


def test_what_names_no_row_is_not_taken_for_a_slip_of_the_fingers(head: Any, store: Store) -> None:
    head.post("/ledger/checkpoint")
    code = re.search(r"\d{4}-\d{4}-\d{4}-\d{4}", words(head.get("/ledger")))
    assert code
    slip = code[0][:-1] + str((int(code[0][-1]) + 1) % 10)
    for typed in (slip, slip.replace("-", "")):
        said = words(head.post("/ledger/verify", {"code": typed}))
        assert "Такого кода в журнале нет" in said and "не сходятся" not in said
    with store.engine.begin() as connection:
        connection.execute(
            sql("INSERT INTO row_entry (site, chain, row, seq) VALUES ('', '', 1, 1)")
        )
    assert [fault.detail for fault in audit.verify(store).faults] == [""]
    said = words(head.post("/ledger/verify"))
    assert "Записи не сходятся с журналом" in said and "Такого кода" not in said


def test_an_edit_behind_the_back_is_shown_loudly(head: Any, store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(sql("UPDATE booklet SET state = 'certified'"))
    said = words(head.post("/ledger/verify"))
    assert "Записи не сходятся с журналом" in said and "изменено в обход программы" in said


def test_a_finding_on_the_page_shows_no_text_that_turns_other_text_around(
    head: Any, store: Store
) -> None:
    with store.engine.begin() as connection:
        connection.execute(sql("UPDATE booklet SET state = 'certified'"))
        connection.execute(sql("UPDATE room SET number = :text"), {"text": "1\u202etfel\x1b[2J"})
    said = words(head.post("/ledger/verify"))
    assert "\\u202etfel" in said and "\u202e" not in said and "\x1b" not in said


def test_a_mistyped_code_is_explained(head: Any) -> None:
    answer = head.post("/ledger/verify", {"code": "12"})
    assert answer.status_code == 400 and "Это не контрольный код" in words(answer)


def test_one_wrong_digit_of_a_code_is_not_called_a_rewritten_ledger_before_it_is_compared(
    head: Any, store: Store
) -> None:
    head.post("/ledger/checkpoint")
    found = re.search(r"\d{4}-\d{4}-\d{4}-\d{4}", words(head.get("/ledger")))
    assert found
    slip = found[0][:-1] + str((int(found[0][-1]) + 1) % 10)
    said = words(head.post("/ledger/verify", {"code": slip}))
    assert "Такого кода в журнале нет" in said and "Сверьте набранные цифры с бумагой" in said
    assert "Записи не сходятся с журналом" not in said
    with store.engine.begin() as connection:
        connection.execute(sql("UPDATE booklet SET state = 'certified'"))
    assert "Записи не сходятся с журналом" in words(head.post("/ledger/verify", {"code": slip}))


def test_a_bundle_is_downloaded_and_noted(head: Any, store: Store) -> None:
    answer = head.post("/ledger/export", {"what": "2990000000019"})
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].endswith(
        "examday-2990000000019.zip"
    )
    with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
        assert "manifest.json" in bundle.namelist()
    answer.close()
    assert "Сделана выгрузка" in words(head.get("/ledger"))
    assert not list(store.settings.var.glob("export-*"))
    assert audit.verify(store).ok


def test_what_is_not_there_is_not_exported(head: Any, store: Store) -> None:
    answer = head.post("/ledger/export", {"what": "../../etc/passwd"})
    assert answer.status_code == 404 and "ничего не известно" in words(answer)
    assert not list(store.settings.var.glob("export-*"))


def test_earlier_entries_are_a_page_away(head: Any, store: Store) -> None:
    for number in range(60):
        day.booklet(store, f"29900001{number:05d}")
    first = head.get("/ledger").get_data(as_text=True)
    older = re.search(r'href="(/ledger\?before=\d+[^"]*)"', first)
    assert older
    assert "Вход" in words(head.get(older[1].replace("&amp;", "&")))
