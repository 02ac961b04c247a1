"""The hearing at its pages: what was entered wrongly is corrected there, what was read is written
down, and the protocol tells all of it in words."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.appeals.case import Kind
from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Capacity, Outcome
from examday.services.appeals.decision import decisions, findings, procedure_check
from examday.services.appeals.hearing import attendance, opening, own_work, sitting
from examday.services.appeals.papers import protocol_paper
from examday.services.appeals.views.casebook import open_case
from examday.services.printing.words import ru
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from examday.storage.tables_appeal import Appeal
from tests.appeals import world
from tests.appeals.test_appeal_services import HEARING, heard, sat_down, state
from tests.conftest import Browser


@pytest.fixture
def c(store: Store, add_person: Callable[..., Person], clock: object) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    return world.make(store, add_person)


@pytest.fixture
def at(browser: Callable[[], Browser]) -> Callable[[str], Browser]:
    """`at("secretary")`: somebody of the commission at an own browser."""

    def open_one(login: str) -> Browser:
        visit = browser()
        visit.log_in(login)
        return visit

    return open_one


def send(visit: Browser, url: str, **data: str) -> str:
    """Send a form of the case, and what the page then says."""
    answer = visit.post(url, data, follow_redirects=True)
    text = re.sub(r"<[^>]+>|\s+", " ", answer.get_data(as_text=True))
    assert answer.status_code == 200, text[:1500]
    return text


def paper(c: world.Commission, case: str) -> Any:
    """The protocol as it is printed, in Russian."""
    with c.store.read(c.actor("secretary")) as uow:
        return protocol_paper.protocol_data(uow, open_case(uow, case), ru)


def open_later(c: world.Commission, case: str) -> None:
    """Everybody has come; the commission sits a day later than appointed."""
    sat_down(c, case)
    c.wait_until(HEARING + dt.timedelta(days=1))
    c.do("secretary", opening.open_hearing, case, "не было света")
    c.do("secretary", own_work.confirm_own, case, "yes", "print")


def test_wrong_entries_are_corrected_on_the_page_and_both_stand_in_the_protocol(
    c: world.Commission, at: Callable[[str], Browser]
) -> None:
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.REJECT))
    case, secretary = f"/appeals/{number}", at("secretary")
    with c.store.read() as uow:
        sat = sitting.sitting_of(uow, uow.get(Appeal, number))
        rows = {row.name: row.id for row in sat.attendance if row.name}
        vote = next(row.id for row in sat.votes if row.person_id == c.people["member"].id)
    told = [
        send(
            secretary,
            f"{case}/hearing/attend/{rows['апеллянт']}",
            capacity="guardian",
            name="мать",
            reason="пришла мать",
        ),
        send(
            secretary,
            f"{case}/hearing/vote/{vote}",
            outcome="satisfy",
            reason="нажата не та кнопка",
        ),
        send(
            secretary,
            f"{case}/hearing/own-work/correct",
            answer="no",
            way="print",
            note="не его подпись",
            reason="переспросили",
        ),
    ]
    assert all("Исправлено. Ошибочная запись остаётся видна." in text for text in told)
    c.do("secretary", decisions.decide, number, "Бланк не совпадает с оригиналом.")
    printed = {row[0].partition(",")[0]: row[1:] for row in paper(c, number)["corrections"]}
    assert len(printed) == 3
    said = {" ".join(row) for row in printed.values()}
    for words in ("мать", "нажата не та кнопка", "не его подпись"):
        assert sum(words in row for row in said) == 1, said
    heard_as = dict(paper(c, number)["facts"][-3:])
    assert "в присутствии законных представителей" in heard_as.values()


def test_somebody_who_was_not_there_is_taken_out_of_the_record(
    c: world.Commission, at: Callable[[str], Browser]
) -> None:
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    namesake = c.people["member2"].id
    c.do("secretary", attendance.attend, number, Capacity.MEMBER, namesake)
    with c.store.read() as uow:
        sat = sitting.sitting_of(uow, uow.get(Appeal, number))
        came = next(row.id for row in sat.attendance if row.person_id == namesake)
    send(
        at("secretary"),
        f"/appeals/{number}/hearing/attend/{came}",
        capacity="nobody",
        reason="однофамилец",
    )
    c.do("secretary", decisions.decide, number, "Бланк не совпадает с оригиналом.")
    [row] = paper(c, number)["corrections"]
    assert row[2].endswith("не присутствовал(а)") and row[3] == "однофамилец"
    assert c.people["member2"].name in row[0]


def test_a_late_hearing_against_the_findings_says_why_in_the_protocol(
    c: world.Commission, at: Callable[[str], Browser]
) -> None:
    number = world.file_appeal(c)
    open_later(c, number)
    secretary = at("secretary")
    for field in world.PLANTED:
        c.do("member", findings.find, number, field, Diagnosis.OWN_ERROR, reason="видно на снимке")
    for login in ("chair", "member"):
        person = c.people[login].id
        send(secretary, f"/appeals/{number}/hearing/vote", person=person, outcome="satisfy")
    c.do("secretary", decisions.decide, number, "Решили так.", "бланк был порван")
    printed = paper(c, number)
    assert [row for row in printed["remarks"] if row.endswith(": бланк был порван")]
    facts = dict(printed["facts"])
    assert "не было света" in facts["Вне дня или срока"]
    assert facts["Было назначено на"] == "24.06.2026 11:00"
    assert {row[1] for row in printed["other"]} == {"ошибка самого участника"}


def test_a_rejected_appeal_changes_nothing_and_says_what_was_found_all_the_same(
    c: world.Commission,
) -> None:
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.REJECT), ("member", Outcome.REJECT))
    c.do("secretary", decisions.decide, number, "Не согласны.", "участник не возражал")
    printed = paper(c, number)
    assert not printed["annex_1"] and len(printed["not_changed"]) == len(world.PLANTED)


def test_the_check_by_the_exam_board_stands_in_the_protocol_of_a_procedural_appeal(
    c: world.Commission,
) -> None:
    number = world.file_appeal(
        c, kind=Kind.PROCEDURE, filed=dt.date(2026, 6, 4), reached=dt.date(2026, 6, 22),
        result_day=None,
    )  # fmt: skip
    c.do(
        "secretary",
        procedure_check.record_check,
        number,
        dt.date(2026, 6, 4),
        "Петров П. П.",
        "yes",
        "Часы в аудитории стояли.",
    )
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    c.do("secretary", decisions.decide, number, "Нарушение было.")
    check = dict(paper(c, number)["facts"])["Проверка ГЭК (ППЭ-03)"]
    assert check == "04.06.2026, Петров П. П.: нарушение подтверждено. Часы в аудитории стояли."


def test_members_write_down_what_they_read_and_which_answer_it_is(
    c: world.Commission, at: Callable[[str], Browser]
) -> None:
    number = world.file_appeal(c)
    heard(c, number)
    member = at("member")
    said = send(
        member,
        f"/appeals/{number}/read",
        side="original",
        group="short",
        number=" 3 ",
        text="42",
        reason="цифры стоят иначе",
    )
    assert "Записано, что прочитали на заседании." in said
    with c.store.read() as uow:
        layers = findings.proposals(uow, uow.get(Appeal, number))["3"]
    assert layers.diagnosis is not Diagnosis.NO_DIFFERENCE
    assert state(c, number) == "hearing"


def test_a_case_is_withdrawn_and_taken_along_as_a_bundle(
    c: world.Commission, at: Callable[[str], Browser]
) -> None:
    number = world.file_appeal(c)
    secretary = at("secretary")
    said = send(secretary, f"/appeals/{number}/withdraw", reason="передумал")
    assert "Апелляция отозвана" in said and state(c, number) == "withdrawn"
    answer = at("chair").post(f"/appeals/{number}/bundle.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
        assert "manifest.json" in bundle.namelist()
    assert "case-77-01-0001.zip" in answer.headers["Content-Disposition"]
