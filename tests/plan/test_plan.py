"""The pages of the day plan: a table goes from upload to confirmation, single entries, who sees
what."""

import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from examday.domain.people.roles import Role
from examday.services.plan import export, lists
from examday.services.training import demo_day
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.tables import Booklet, Candidate, Duty, EventRow, Person, Room, Seat

pytestmark = pytest.mark.usefixtures("without_children")
HEADER = "Код участника;Фамилия;Условия;Заключение ПМПК\r\n"
GOOD = HEADER + "У-90;Ёлкин;ОВЗ; А3\r\n".replace("ОВЗ; А3", '"ОВЗ; А3";копия № 1')


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    """A database with the training plan, made once."""
    settings = Settings.from_env({}, data=tmp_path_factory.mktemp("planned"))
    settings.make_folders()
    path = settings.var / "examday.sqlite"
    shutil.copy(migrated, path)
    made = Store(settings)
    with made.begin(demo_day.SYSTEM) as uow:
        demo_day.bring_plan_in(uow)
    made.close()  # closed, because the last connection to go writes everything into the one file
    return path


@pytest.fixture
def store(settings: Settings, planned: Path, clock: Any) -> Iterator[Store]:
    """A station of its own with the training plan."""
    shutil.copy(planned, settings.var / "examday.sqlite")
    made = Store(settings, clock)
    yield made
    made.close()


@pytest.fixture
def head(store: Store, add_person: Callable[..., Person], browser: Callable[[], Any]) -> Any:
    """The logged-in head of the point."""
    add_person(store, "chief", Role.SITE_HEAD)
    opened = browser()
    opened.log_in("chief")
    return opened


def someone(
    store: Store,
    add_person: Callable[..., Person],
    browser: Callable[[], Any],
    login: str,
    role: Role,
) -> Any:
    add_person(store, login, role)
    opened = browser()
    opened.log_in(login)
    return opened


def send(page: Any, text: str, encoding: str = "utf-8", name: str = "plan.csv") -> str:
    """Upload a file; returns the address of its report."""
    return send_files(page, (name, text.encode(encoding)))


def send_files(page: Any, *files: tuple[str, bytes]) -> str:
    """Upload files together; returns the address of their report."""
    answer = page.post(
        "/plan/file",
        {"file": [(io.BytesIO(content), name) for name, content in files]},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)
    location: str = answer.headers["Location"]
    assert re.search(r"/plan/set/[0-9a-f]{32}", location)
    return location


def confirm(page: Any, address: str, **chosen: str) -> Any:
    """Confirm what the report at this address shows."""
    shown = text_of(page.get(address, query_string=chosen))
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen, shown
    return page.post(f"{address}/confirm", {**chosen, "seen": seen[1]})


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    text: str = answer.get_data(as_text=True)
    return text


def test_a_table_goes_from_upload_to_the_plan(head: Any, store: Store) -> None:
    address = send(head, GOOD, "cp866")
    report = text_of(head.get(address))
    assert "У-90" in report and "Кодировка" not in report
    with store.read() as uow:
        assert uow.session.scalar(select(Candidate).where(Candidate.code == "У-90")) is None
    assert confirm(head, address).status_code == 303
    assert "Ёлкин" in text_of(head.get("/plan/candidates"))
    # gone: the upload holds names and is not kept after it has served
    assert head.get(address).status_code == 404


def test_the_same_table_again_says_0_changes_and_offers_nothing(head: Any, store: Store) -> None:
    with store.read() as uow:
        data = export.export(uow, "candidates", "csv").decode("utf-8-sig")
    report = text_of(head.get(send(head, data)))
    assert "Изменений нет" in report
    assert "/confirm" not in report


def test_wrong_rows_are_named_and_cannot_be_confirmed(head: Any, store: Store) -> None:
    address = send(head, GOOD + "У-91;;телепат;\r\n")
    report = text_of(head.get(address))
    assert "телепат" in report and "Фамилия" in report
    assert "/confirm" not in report
    assert head.post(f"{address}/confirm").status_code == 400
    with store.read() as uow:
        assert (
            uow.session.scalar(select(Candidate).where(Candidate.code.in_(["У-90", "У-91"])))
            is None
        )


def test_an_encoding_is_asked_about_only_where_several_make_sense(head: Any) -> None:
    assert 'name="encoding-0"' not in text_of(head.get(send(head, GOOD, "cp1251")))
    strange = send(head, "Цена;Число\r\n1;2\r\n", "cp866")
    shown = text_of(head.get(strange))
    assert "�" not in shown and "Цена" in shown
    doubtful = text_of(head.get(send_files(head, ("x.csv", b"A;B\r\n\xe0\xe1;\xe2\r\n"))))
    assert doubtful.count('name="encoding-0"') == 3 and "�" in doubtful


def test_words_are_answered_on_the_page_and_the_last_answer_counts(head: Any, store: Store) -> None:
    address = send(head, "Код участника;Фамилия;Условия\r\nУ-90;Ёлкин;слаб. зрение\r\n")
    assert "/confirm" not in text_of(head.get(address))
    said = [("word:needs:слаб. зрение", "blind"), ("word:needs:слаб. зрение", "partially_sighted")]
    assert "/confirm" in text_of(head.get(address, query_string=said))
    assert confirm(head, address, **{said[1][0]: said[1][1]}).status_code == 303
    with store.read() as uow:
        row = uow.session.scalars(select(Candidate).where(Candidate.code == "У-90")).one()
        assert row.needs == ["partially_sighted"]


def test_questions_of_two_tables_are_answered_together(head: Any) -> None:
    address = send_files(
        head,
        ("a.csv", "Код участника;Фамилия;Условия\r\nУ-90;Ёлкин;очки\r\n".encode()),
        ("b.csv", "Логин;ФИО;Должность\r\ndoc;Учебный Врач;врач\r\n".encode()),
    )
    form = re.search(r'<form method="get"(.*?)</form>', text_of(head.get(address)), re.S)
    asked = re.findall(r'name="(word:[^"]+)"', form[1]) if form else []
    assert asked == ["word:needs:очки", "word:role:врач"], "an answer to one would be lost"
    # A word that stands in two tables is answered in one of them.
    said = [("word:needs:очки", "partially_sighted"), ("word:needs:очки", "")]
    shown = text_of(head.get(address, query_string=[*said, ("word:role:врач", "medical_worker")]))
    assert "Имеется в виду" not in shown


def test_a_table_of_something_else_asks_what_it_is(head: Any) -> None:
    address = send(head, "Цена;Количество\r\n1;2\r\n")
    assert "Непонятно, что в таблице" in text_of(head.get(address))
    missing = text_of(
        head.get(address, query_string={"kind-0": "rooms", "encoding-0": "utf-8-sig"})
    )
    assert "Код ППЭ" in missing and "Количество" in missing


def test_an_empty_upload_gets_a_plain_answer(head: Any) -> None:
    answer = head.post("/plan/file", {"file": (io.BytesIO(b""), "empty.csv")})
    assert answer.status_code == 400
    assert "error-summary" in answer.get_data(as_text=True)
    assert head.post("/plan/file", {}).status_code == 400


def test_the_readiness_board_names_the_rule_its_source_and_what_to_do(head: Any) -> None:
    page = text_of(head.get("/plan/readiness"))
    assert "P05" in page and "Учебный Организатор-4" in page
    assert "набор правил № 1" in page
    assert "%(" not in page


def test_the_rule_set_is_quoted_value_by_value(head: Any) -> None:
    page = text_of(head.get("/plan/rules?set=2010"))
    assert "технический брак" in page and "набор правил № 1" in page
    # found by its name: a key would say nothing to people
    assert not re.search(r"<th scope=\"row\">R\d\d [a-z_]+</th>", page)
    newest = text_of(head.get("/plan/rules"))
    assert "2023+" in newest and "апелляционная комиссия" in newest


def test_a_workbook_of_the_whole_plan_comes_back_as_the_same_plan(head: Any, store: Store) -> None:
    book = head.get("/plan/export/plan.xlsx").get_data()
    before = store.last_seq()
    report = text_of(head.get(send_files(head, ("plan.xlsx", book))))
    assert "Изменений нет" in report
    for name in ("Экзамены", "Аудитории", "Участники", "Рассадка"):
        assert name in report
    assert store.last_seq() == before


def test_the_words_that_a_table_may_hold_are_listed(head: Any) -> None:
    page = text_of(head.get("/plan/columns"))
    assert "слабовидящий" in page and "Освещённость, лк" in page and "%(" not in page


ADDRESSES = [
    "/plan/",
    *(
        f"/plan/{name}"
        for name in (
            "rules",
            "columns",
            "exams",
            "rooms",
            "candidates",
            "seating",
            "staff",
            "file",
            "enter/exams",
            "enter/rooms",
            "enter/candidates",
            "enter/seating",
            "enter/staff",
        )
    ),
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_page_of_the_plan_opens_in_both_languages(
    head: Any, address: str, language: str
) -> None:
    head.client.set_cookie("lang", language)
    assert "%(" not in text_of(head.get(address))


def test_an_entry_by_hand_is_checked_like_a_row_of_a_file(head: Any, store: Store) -> None:
    refused = head.post(
        "/plan/enter/rooms", {"site_code": "0417", "number": "12345", "light_lux": "светло"}
    )
    assert refused.status_code == 400
    said = refused.get_data(as_text=True)
    assert "12345" in said and "светло" in said
    assert (
        head.post(
            "/plan/enter/rooms",
            {"site_code": "0417", "number": "9", "light_lux": "400", "lift": "да"},
        ).status_code
        == 303
    )
    with store.read() as uow:
        room = uow.session.scalars(select(Room).where(Room.number == "0009")).one()
        assert room.features == {"light_lux": 400, "lift": True, "assumed": ["seats"]}
        assert "не указано" in text_of(head.get("/plan/rooms"))
        event = uow.session.scalars(select(EventRow).order_by(EventRow.seq.desc())).first()
        assert event is not None and event.kind == "plan:edit"


def test_the_form_of_an_entry_shows_what_is_there_and_saving_it_changes_nothing(
    head: Any, store: Store
) -> None:
    page = text_of(head.get("/plan/enter/candidates?code=У-01"))
    assert 'value="Участник-01"' in page
    assert re.search(r'value="a3"[^>]*checked', page)
    before = store.last_seq()
    head.post(
        "/plan/enter/candidates",
        {
            "code": "У-01",
            "surname": "Учебный",
            "name": "Участник-01",
            "document": "0000 000001",
            "school_code": "000417",
            "needs": ["special_needs", "partially_sighted", "a3", "extra_time", "meals"],
            "pmpc_conclusion": "копия № 1",
            "disability_certificate": "",
        },
    )
    assert store.last_seq() == before


def test_other_needs_by_hand_give_another_kit(head: Any, store: Store) -> None:
    sent: dict[str, Any] = {"code": "У-14", "surname": "Учебная", "needs": ["special_needs", "a3"]}
    asked = head.post("/plan/enter/candidates", sent)
    assert asked.status_code == 400 and 'name="take_away"' in asked.get_data(as_text=True)
    head.post("/plan/enter/candidates", {**sent, "take_away": "1"})
    with store.read() as uow:
        found = {b.seat.candidate.code: b.medium for b in uow.session.scalars(select(Booklet))}
    assert found["У-14"] == "enlarged"


def test_an_unclear_word_by_hand_is_corrected_and_not_confirmed(head: Any) -> None:
    sent = {"login": "medic9", "name": "Медик", "role": "врач", "date": "04.06.2026"}
    refused = head.post("/plan/enter/staff", sent)
    shown = refused.get_data(as_text=True)
    assert refused.status_code == 400 and "«врач» нет в списке слов" in shown
    assert 'name="take_away"' not in shown, "nothing is lost that could be confirmed"


def test_a_place_is_freed_only_while_the_kit_is_not_issued(head: Any, store: Store) -> None:
    with store.begin(demo_day.SYSTEM) as uow:
        seats = {seat.candidate.code: seat.id for seat in uow.session.scalars(select(Seat))}
        booklet = uow.session.scalars(select(Booklet).where(Booklet.seat_id == seats["У-02"])).one()
        booklet.state = "issued"
        uow.record("booklet:issue", f"booklet:{booklet.id}")
    asked = text_of(head.post(f"/plan/seat/{seats['У-01']}/remove"))
    assert "Убрать У-01 из экзамена?" in asked
    with store.read() as uow:
        assert uow.session.get(Seat, seats["У-01"]) is not None
    sure = {"take_away": "1"}
    assert head.post(f"/plan/seat/{seats['У-01']}/remove", sure).status_code == 303
    assert head.post(f"/plan/seat/{seats['У-02']}/remove", sure).status_code == 409
    with store.read() as uow:
        assert {s.candidate.code for s in uow.session.scalars(select(Seat))} == {*seats} - {"У-01"}


def test_who_has_come_is_ticked_off_and_a_duty_can_be_taken_away(head: Any, store: Store) -> None:
    with store.read() as uow:
        duty = uow.session.scalars(select(Duty)).first()
        assert duty is not None
        duty_id = duty.id
    for sent in ("0", "1"):
        head.post(f"/plan/duty/{duty_id}/present", {"present": sent})
        with store.read() as uow:
            assert uow.get(Duty, duty_id).present is (sent == "1")
    head.post(f"/plan/duty/{duty_id}/remove")
    with store.read() as uow:
        assert uow.session.get(Duty, duty_id) is None


@pytest.mark.parametrize("kind", ["exams", "rooms", "candidates", "seating", "staff"])
def test_examples_and_exports_are_files_to_keep(head: Any, kind: str) -> None:
    for address in (f"/plan/example/{kind}", f"/plan/export/{kind}"):
        answer = head.get(f"{address}.csv")
        assert answer.get_data().startswith(b"\xef\xbb\xbf")
        assert "attachment" in answer.headers["Content-Disposition"]
        assert head.get(f"{address}.xlsx").get_data().startswith(b"PK")
        assert head.get(f"{address}.exe").status_code == 404


def test_names_are_for_those_whose_role_may_see_them(
    head: Any, store: Store, add_person: Callable[..., Person], browser: Callable[[], Any]
) -> None:
    technician = someone(store, add_person, browser, "tech", Role.TECHNICAL_SPECIALIST)
    page = text_of(technician.get("/plan/candidates"))
    assert "У-01" in page and "Участник-01" not in page
    assert technician.get("/plan/export/candidates.csv").status_code == 403
    report = text_of(
        technician.get(send(technician, "Код участника;Фамилия;Имя\r\nУ-01;Другой;\r\n"))
    )
    assert "Участник-01" not in report and "Другой" in report and "/confirm" not in report
    form = text_of(technician.get("/plan/enter/candidates?code=У-01"))
    assert "Участник-01" not in form
    assert "Участник-01" in text_of(head.get("/plan/candidates"))


def test_whoever_is_looked_for_by_a_code_is_the_first_of_the_list(
    head: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "A_PAGE", 2)
    shown = re.findall(r'<th scope="row">(.*?)</th>', text_of(head.get("/plan/candidates")))
    chosen = text_of(head.get("/plan/candidates?from=У-03"))
    assert re.findall(r'<th scope="row">(.*?)</th>', chosen) == ["У-03", "У-04"]
    assert shown == ["У-01", "У-02"] and "?from=%D0%A3-05" in chosen


def test_only_the_head_gives_duties_and_an_observer_sees_no_plan(
    head: Any, store: Store, add_person: Callable[..., Person], browser: Callable[[], Any]
) -> None:
    technician = someone(store, add_person, browser, "tech", Role.TECHNICAL_SPECIALIST)
    assert technician.get("/plan/enter/staff").status_code == 403
    address = send(technician, "Логин;ФИО;Должность\r\ntech;Сам Себе;руководитель ППЭ\r\n")
    assert "/confirm" not in text_of(technician.get(address))
    assert technician.post(f"{address}/confirm").status_code == 403
    observer = someone(store, add_person, browser, "eyes", Role.PUBLIC_OBSERVER)
    assert observer.get("/plan/").status_code == 403


def test_mistakes_are_sent_as_the_same_table_and_the_upload_can_be_put_away(head: Any) -> None:
    address = send(head, "Код участника;Фамилия\nУ-77;Учебный\nУ-78;#Н/Д\n")
    sent = head.get(f"{address}/mistakes/0")
    assert sent.status_code == 200
    assert ".csv" in sent.headers["Content-Disposition"]
    first, whole, wrong = sent.data.decode("utf-8-sig").strip().splitlines()
    assert first.endswith("Почему не принято") and "#Н/Д" in wrong
    assert whole.endswith(";"), "a row without a mistake has no reason"
    assert head.get(f"{address}/mistakes/1").status_code == 404, "one table was sent"
    gone = head.post(f"{address}/forget")
    assert gone.status_code == 303
    assert head.get(address).status_code == 404
