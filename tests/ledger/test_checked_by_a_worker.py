"""The ledger of years is checked by a worker: the page is there at once, says how far it is, and
what was found.
"""

from typing import Any

import pytest
from sqlalchemy import select, text

from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.services.ledger.checking import asked, tables
from examday.services.people import sites
from examday.services.unit_of_work import Store
from examday.storage.tables import Outbox
from examday.storage.tables_waiting import LedgerCheck
from tests import day
from tests.ledger.test_ledger_pages import head, words

__all__ = ["head"]


@pytest.fixture(autouse=True)
def every_ledger_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """One entry is enough."""
    monkeypatch.setattr(asked, "LONG", 0)


def jobs(store: Store) -> list[str]:
    """Checks that a worker was asked for, the last one too."""
    with store.read() as uow:
        of = select(Outbox.arg).where(Outbox.task == Task.CHECK_LEDGER).order_by(Outbox.created_at)
        return list(uow.session.scalars(of))


def test_whoever_asks_sees_at_once_that_it_goes_on_and_later_what_was_found(
    head: Any, store: Store
) -> None:
    answer = head.post("/ledger/verify")
    assert answer.status_code == 303 and answer.headers["Location"] == "/ledger/verify"
    assert "Журнал проверяется" in words(head.get("/ledger/verify"))
    head.post("/ledger/verify")
    (key,) = jobs(store)
    for _twice in range(2):
        asked.process(store, key)
    assert "Посмотреть, что найдено" in words(head.get("/ledger/verify/fragment"))
    assert "Всё так, как было записано" in words(head.get("/ledger/verify"))


def test_how_far_it_is_stands_on_the_page(
    head: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "TOLD", 1)
    head.post("/ledger/verify")
    (key,) = jobs(store)
    seen: list[str] = []

    def watched(*_args: object) -> None:
        seen.append(words(head.get("/ledger/verify/fragment")))

    monkeypatch.setattr("examday.services.ledger.audit.places", lambda *_args: watched() or {})
    asked.process(store, key)
    entries = store.last_seq()
    assert f"из {entries}" in seen[0]


def test_a_code_from_paper_is_looked_for_and_one_that_is_none_is_told_at_once(
    head: Any, store: Store
) -> None:
    refused = head.post("/ledger/verify", {"code": "12"})
    assert refused.status_code == 400 and "Это не контрольный код" in words(refused)
    assert jobs(store) == []
    head.post("/ledger/verify", {"code": "0001-0000-0000-0000"})
    asked.process(store, jobs(store)[0])
    assert "Такого кода в журнале нет" in words(head.get("/ledger/verify"))


def test_what_was_changed_behind_the_back_is_alarmed_about_with_all_that_was_found(
    head: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "KEPT", 1)
    day.booklet(store, "2990000000026")
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE booklet SET state = 'certified'"))
    head.post("/ledger/verify", {"scans": "1"})
    asked.process(store, jobs(store)[0])
    said = words(head.get("/ledger/verify"))
    assert "Записи не сходятся с журналом" in said and "Нарушений: 2" in said


def test_a_check_that_the_computer_failed_at_says_nothing_of_the_ledger(
    head: Any, store: Store
) -> None:
    head.post("/ledger/verify")
    asked.give_up(store, jobs(store)[0])
    said = words(head.get("/ledger/verify"))
    assert "Не проверено" in said and "О журнале это ничего не говорит" in said
    assert "Всё так" not in said and "не сходятся" not in said
    head.post("/ledger/verify")
    assert len(jobs(store)) == 2, "it can be asked for again"


def test_each_point_of_a_region_sees_its_own_check(store: Store) -> None:
    with store.begin(Actor.system("test")) as uow:
        for key in ("770001", "770002"):
            sites.add_site(uow, key, f"Школа {key}", "Europe/Moscow")
    ours, other = store.at("770001"), store.at("770002")
    for one in (store, ours, other):
        with one.begin(Actor.system("test")) as uow:
            asked.ask(uow, None, False)
    with store.read() as uow:
        rows = {row.site: row.id for row in uow.session.scalars(select(LedgerCheck))}
    assert set(rows) == {"", "770001", "770002"}
    asked.process(ours, rows["770001"])
    asked.process(store, rows["770002"])
    steps = {}
    for one in (store, ours, other):
        with one.read() as uow:
            check = asked.last(uow)
            steps[one.site] = check.step if check else None
    assert steps == {"": "asked", "770001": "done", "770002": "done"}


def test_what_a_check_under_way_leaves_out_is_refused_in_words_and_the_entry_kept(
    head: Any, store: Store
) -> None:
    head.post("/ledger/verify")
    typed = head.post("/ledger/verify", {"code": "0001-0000-0000-0000"})
    assert typed.status_code == 409 and "Уже идёт проверка" in words(typed)
    assert 'value="0001-0000-0000-0000"' in typed.get_data(as_text=True)
    assert head.post("/ledger/verify", {"scans": "1"}).status_code == 409
    (key,) = jobs(store)
    asked.process(store, key)
    head.post("/ledger/verify", {"code": "0001-0000-0000-0000", "scans": "1"})
    assert head.post("/ledger/verify").status_code == 303, "that one looks at everything"
    assert len(jobs(store)) == 2


def test_an_alarm_stands_until_another_check_has_answered_it(head: Any, store: Store) -> None:
    day.booklet(store, "2990000000026")
    with store.engine.begin() as connection:
        states = connection.execute(text("SELECT state FROM booklet")).scalar()
        connection.execute(text("UPDATE booklet SET state = 'certified'"))
    head.post("/ledger/verify")
    asked.process(store, jobs(store)[0])
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE booklet SET state = :was"), {"was": states})
    head.post("/ledger/verify")
    said = words(head.get("/ledger/verify"))
    assert "Журнал проверяется" in said and "Записи не сходятся с журналом" in said
    asked.give_up(store, jobs(store)[1])
    said = words(head.get("/ledger/verify"))
    assert "Не проверено" in said and "Записи не сходятся с журналом" in said
    head.post("/ledger/verify")
    asked.process(store, jobs(store)[2])
    said = words(head.get("/ledger/verify"))
    assert "Всё так, как было записано" in said and "не сходятся" not in said


def test_an_earlier_result_says_that_it_tells_nothing_of_later_entries(
    head: Any, store: Store
) -> None:
    head.post("/ledger/verify")
    asked.process(store, jobs(store)[0])
    answer = head.get("/ledger/verify")
    assert "Записанное после этого не проверялось" in words(answer)
    assert "data-focus" not in answer.get_data(as_text=True)
