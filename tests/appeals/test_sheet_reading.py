"""A work from before the program is read at the hearing on a page like the key-in desk: both papers,
field by field, with the questions that every entry is asked."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.custody.lifecycle import Medium
from examday.services.appeals import old_works
from examday.services.appeals.decision import findings, readings
from examday.services.appeals.hearing import opening, own_work
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from examday.storage.tables_appeal import Appeal
from tests.appeals import world
from tests.appeals.test_appeal_services import sat_down
from tests.appeals.test_unknown_is_asked import old_work


@pytest.fixture
def c(store: Store, add_person: Callable[..., Person], clock: object) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    return world.make(store, add_person)


@pytest.fixture
def case(c: world.Commission) -> str:
    """An open hearing about a work of another subject, medium and shape, of which nothing is read."""
    old = old_work(subject="07", medium=Medium.TYPED, tasks=3, long_tasks=(4,))
    work = c.do("secretary", old_works.take_in_old_work, old)
    number = world.file_appeal(c, booklet_id=work.id)
    sat_down(c, number)
    c.do("secretary", opening.open_hearing, number)
    c.do("secretary", own_work.confirm_own, number, "yes", "print")
    return number


def send(browser: Any, case: str, side: str, login: str = "member", **sent: str) -> Any:
    visit = browser()
    visit.log_in(login)
    path = f"/appeals/{case}/reading/{side}"
    named = {key.replace("_", ":", 1).replace("_", ":"): value for key, value in sent.items()}
    return visit.post(path, named, follow_redirects=True)


def found(c: world.Commission, case: str) -> dict[str, Diagnosis]:
    with c.store.read() as uow:
        made = findings.proposals(uow, uow.get(Appeal, case))
    return {field: one.diagnosis for field, one in made.items()}


def test_both_papers_are_read_field_by_field(c: world.Commission, case: str, browser: Any) -> None:
    visit = browser()
    visit.log_in("member")
    page = visit.get(f"/appeals/{case}").get_data(as_text=True)
    assert f"/appeals/{case}/reading/original" in page and f"/appeals/{case}/reading/copy" in page
    page = visit.get(f"/appeals/{case}/reading/original").get_data(as_text=True)
    named = set(re.findall(r'name="v:([^"]+)"', page))
    assert {"1", "2", "3", "long:4", "replacement:1"} <= named and "4" not in named
    assert "Что было неверно" not in page, "nothing was read before"
    original = {"v_1": "пётр", "v_2": "135", "m_3": "blank", "v_long_4": "Первый лист"}
    assert send(browser, case, "original", **original).status_code == 200
    copy = {"v_1": "ПЁТР", "v_2": "153", "m_3": "blank", "v_long_4": "Первый лис"}
    assert send(browser, case, "copy", **copy).status_code == 200
    # «пётр» was typed in small letters: the form has capitals alone, so it is no defect.
    assert found(c, case) == {
        "1": Diagnosis.NO_DIFFERENCE,
        "2": Diagnosis.TRANSFER_DEFECT,
        "3": Diagnosis.NO_DIFFERENCE,
        "long:4": Diagnosis.TRANSFER_DEFECT,
    }


def test_a_field_that_nobody_looked_at_is_not_blank(
    c: world.Commission, case: str, browser: Any
) -> None:
    send(browser, case, "original", v_1="ПЁТР", m_2="blank")
    send(browser, case, "copy", v_1="ПЁТР")
    assert found(c, case) == {"1": Diagnosis.NO_DIFFERENCE, "2": Diagnosis.UNKNOWN}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Ничего нового не прочитано"),
        ({"v_1": "ПЁТР", "m_1": "blank"}, "«Пусто»"),
        ({"v_1": "ПЁТР ½"}, "Исправьте"),
    ],
)
def test_a_wrong_entry_is_named_and_everything_typed_stays(
    case: str, browser: Any, sent: dict[str, str], said: str
) -> None:
    answer = send(browser, case, "original", v_2="135" if sent else "", **sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400 and said in page
    assert not sent or 'value="135"' in page


def test_what_was_read_is_corrected_with_a_reason_and_never_emptied(
    c: world.Commission, case: str, browser: Any
) -> None:
    send(browser, case, "original", v_1="ПЁТР", v_2="135")
    assert "не убирают" in send(browser, case, "original", v_1="ПЁТР").get_data(as_text=True)
    wrong = send(browser, case, "original", v_1="ПЁТР", v_2="136")
    assert wrong.status_code == 400 and "требует причины" in wrong.get_data(as_text=True)
    assert 'name="reason"' in wrong.get_data(as_text=True)
    right = send(browser, case, "original", v_1="ПЁТР", v_2="136", reason="шестёрка, не пятёрка")
    assert right.status_code == 200 and "шестёрка, не пятёрка" in right.get_data(as_text=True)


def test_turning_the_page_records_nothing_and_keeps_what_was_typed(
    c: world.Commission, case: str, browser: Any
) -> None:
    for action in ("page:2", "add:long:4"):
        page = send(browser, case, "original", v_1="ПЁТР", v_long_4="Начало", action=action)
        text = page.get_data(as_text=True)
        assert page.status_code == 200 and 'value="ПЁТР"' in text and "Начало" in text
    assert text.count('name="v:long:4"') == 2, "one more page of the answer"
    assert found(c, case) == {}


def test_only_members_read_and_only_at_the_hearing(
    c: world.Commission, case: str, browser: Any
) -> None:
    secretary = browser()
    secretary.log_in("operator")
    assert secretary.get(f"/appeals/{case}/reading/original").status_code == 403
    other = world.file_appeal(c)
    member = browser()
    member.log_in("member")
    assert member.get(f"/appeals/{other}/reading/original").status_code == 404
    assert member.get(f"/appeals/{case}/reading/form").status_code == 404


def test_small_letters_are_no_defect_however_they_are_entered(
    c: world.Commission, case: str
) -> None:
    c.do("member", readings.read_at_hearing, case, "original", {"1": {"text": "ПЁТР"}})
    c.do("member", readings.read_at_hearing, case, "copy", {"1": {"text": "пётр"}})
    assert found(c, case) == {"1": Diagnosis.NO_DIFFERENCE}
