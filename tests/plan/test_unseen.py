"""What could not be seen is never taken for what is there: the tables of real offices, through the
same door as page and command."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook
from sqlalchemy import select

from examday.cli import main
from examday.domain.custody.paper_codes import form_code
from examday.domain.errors import Invalid
from examday.domain.identity import ByIdentity, clean, fold, shortened, unseen
from examday.domain.people.roles import Actor, Role
from examday.domain.plan.columns import find_columns
from examday.domain.plan.header import guess
from examday.domain.plan.rows import Answers
from examday.domain.plan.signs import why_unread
from examday.paper import tables
from examday.services.people import accounts, directory
from examday.services.plan import export, lists
from examday.services.plan.file_columns import file_kinds
from examday.services.plan.tables import mistakes, sets
from examday.services.plan.tables import parts as plan_parts
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.tables import Booklet, Candidate, EventRow, Exam, Room, Seat

pytestmark = pytest.mark.usefixtures("without_children")
HEAD = Actor("head", frozenset({Role.SITE_HEAD}), "head")
FIXTURES = Path(__file__).parents[1] / "fixtures" / "plan"
EXAMS = "Дата;Форма;Код предмета;Код ППЭ\n02.06.2027;ЕГЭ;01;0417\n"
ROOMS = "Код ППЭ;Аудитория\n0417;0001\n"
PEOPLE = (
    "Код участника;Фамилия;Имя;Условия;Заключение ПМПК\n"
    '"У-1";"Учебный";"Первый";"ОВЗ; слабовидящий; А3";"заверенная копия № 12"\n'
    '"У-2";"Учебный";"Второй";"";""\n'
)
SEATS = (
    "Дата;Форма;Код предмета;Код ППЭ;Аудитория;Место;Код участника\n"
    "02.06.2027;ЕГЭ;01;0417;0001;1А;У-1\n02.06.2027;ЕГЭ;01;0417;0001;1Б;У-2\n"
)
PLAN = {"seats.csv": SEATS, "people.csv": PEOPLE, "rooms.csv": ROOMS, "exams.csv": EXAMS}


def table(folder: Path, name: str, content: str | bytes) -> list[plan_parts.Part]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return plan_parts.parts_of(name, path)


def load(store: Store, folder: Path, *files: tuple[str, str | bytes], **said: bool) -> None:
    parts = [part for name, content in files for part in table(folder, name, content)]
    with store.begin(HEAD) as uow:
        sets.bring_in(uow, parts, Answers(**said))


def rows(store: Store, parts: list[plan_parts.Part], answers: Answers | None = None) -> list[Any]:
    return [
        row
        for one in sets.examine(store, HEAD, parts, answers)
        for row in (one.report.rows if one.report else ())
    ]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    """A data folder into which the plan was brought as one set; made once."""
    settings = Settings.from_env({}, data=tmp_path_factory.mktemp("loaded"), argon2_cost=1)
    settings.make_folders()
    shutil.copy(migrated, settings.var / "examday.sqlite")
    made = Store(settings)
    load(made, settings.data, *PLAN.items())
    made.close()  # closed, because the last connection to go writes everything into the one file
    return settings.data


@pytest.fixture
def planned(loaded: Path, settings: Settings, clock: Any) -> Iterator[Store]:
    """A plan of two candidates, one of them with an enlarged form."""
    shutil.copytree(loaded, settings.data, dirs_exist_ok=True)
    made = Store(settings, clock)
    yield made
    made.close()


def cells(*lines: list[Any]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    for line in lines:
        book.active.append(line)
    book.save(out)
    return out.getvalue()


def reasons(row: Any) -> list[str]:
    return [problem.message for problem in row.problems]


def booklets(store: Store) -> list[str]:
    with store.read() as uow:
        return [row.medium for row in uow.session.scalars(select(Booklet))]


@pytest.mark.parametrize("name", ["errors.xlsx", "errors.xls", "memo.dbf"])
def test_a_cell_that_could_not_be_read_refuses_its_row_and_is_named(
    store: Store, tmp_path: Path, name: str
) -> None:
    # copied alone: the memo file that lies beside it stays behind
    shutil.copy(FIXTURES / name, tmp_path / name)
    (row,) = rows(store, plan_parts.parts_of(name, tmp_path / name))
    assert row.what == "wrong" and "Условия" in {problem.column for problem in row.problems}


@pytest.mark.parametrize("cell", ["#N/A", "=1/0", "=IF(1,2,3)"])
@pytest.mark.release
def test_errors_and_formulas_without_a_value_take_nothing_away(
    planned: Store, tmp_path: Path, cell: str
) -> None:
    book = cells(["Код участника", "Фамилия", "Условия"], ["У-1", "Учебный", cell])
    (row,) = rows(planned, table(tmp_path, "x.xlsx", book), Answers(take_away=True))
    assert row.what == "wrong" and not row.changes
    assert booklets(planned) == ["enlarged"]


def test_one_spoiled_byte_refuses_its_row_and_no_other(planned: Store, tmp_path: Path) -> None:
    text = "Код участника;Фамилия\nУ-1;Учебный\nУ-2;Уче*ный\n".encode().replace(b"*", b"\xff")
    first, second = rows(planned, table(tmp_path, "x.csv", text))
    assert (first.what, second.what) == ("same", "wrong")
    assert second.problems[0].column == "Фамилия"


@pytest.mark.parametrize(
    "text",
    [
        "#Н/Д",
        "#ССЫЛКА!",
        "#ЗНАЧ!",
        "########",
        "Err:502",
        "????? ??",
        "Ив\ufffdн",
        "#MEMO!",
        "\ue000",
    ],
)
def test_signs_of_what_is_lost_are_known(text: str) -> None:
    assert why_unread(text)


@pytest.mark.parametrize("text", ["№ 12", "#12", "кв. 5?", "10:00", "У-1", "да?"])
def test_what_can_be_read_is_no_sign(text: str) -> None:
    assert why_unread(text) is None


def test_a_memo_beside_its_table_is_read(store: Store, tmp_path: Path) -> None:
    for name in ("memo.dbf", "memo.dbt"):
        shutil.copy(FIXTURES / name, tmp_path / name)
    (row,) = rows(store, plan_parts.parts_of("memo.dbf", tmp_path / "memo.dbf"))
    assert row.changes["needs"] == ("", "А3; слабовидящий; ОВЗ")


def test_what_is_taken_away_is_shown_and_confirmed_apart(planned: Store, tmp_path: Path) -> None:
    emptied = "Код участника;Фамилия;Условия;Заключение ПМПК\nУ-1;Учебный;ОВЗ;\n"
    parts = table(tmp_path, "x.csv", emptied)
    (row,) = rows(planned, parts)
    assert row.what == "asked"
    assert row.changes["pmpc_conclusion"] == ("заверенная копия № 12", "")
    assert row.changes["medium"] == ("А3", "обычный")
    assert row.lost == (
        "Условия: А3; слабовидящий",
        "Заключение ПМПК: заверенная копия № 12",
        "комплект А3",
    )
    assert booklets(planned) == ["enlarged"]
    load(planned, tmp_path, ("x.csv", emptied), take_away=True)
    assert booklets(planned) == []


def test_nothing_is_taken_away_once_papers_are_out(planned: Store, tmp_path: Path) -> None:
    with planned.begin(HEAD) as uow:
        uow.session.scalars(select(Booklet)).one().state = "issued"
        uow.record("booklet:issue", "booklet:x")  # type: ignore[arg-type]
    for text in (
        "Код участника;Фамилия;Условия\nУ-1;Учебный;ОВЗ\n",
        SEATS.split("\n")[0] + ";Вид работы\n02.06.2027;ЕГЭ;01;0417;0001;1А;У-1;обычный\n",
    ):
        (row,) = rows(planned, table(tmp_path, "x.csv", text), Answers(take_away=True))
        assert row.what == "wrong"


def test_identity_is_what_eyes_see() -> None:
    assert fold("7A") == fold("7А") == fold("7а") and fold("У\u20111") == fold("У-1")
    assert clean("и\u0306") == "й" and unseen("\u200bУ\u00ad") == ("U+200B", "U+00AD")
    # A selector, what a computer is told in place of letters, and a place that is no letter yet.
    assert clean("1\U000e0100\x7f\x80\x9f\u2065\ufff0\ufff8") == "1" and clean("1\x85\xa02") != "12"
    assert fold("１２") == "12" and fold("7А") != fold("7Б")
    assert shortened("1,23457E+11") and shortened("1Е+5") and not shortened("У-1Е5")
    known = ByIdentity([("У-1", 1), ("Y-1", 2), ("У-2", 3)])
    assert (known.get("У-1"), known.get("y-1"), known.get("Y-2")) == (1, None, 3)
    assert list(known.doubles()) == [("Y-1", "У-1")] and known.unclear("y-1") == ("Y-1", "У-1")


@pytest.mark.parametrize("code", ["Y-1", "\u200bУ-1", "у-1", "У\u2011" + "1"])
def test_another_spelling_of_a_code_is_the_same_candidate(
    planned: Store, tmp_path: Path, code: str
) -> None:
    (row,) = rows(planned, table(tmp_path, "x.csv", f"Код участника;Фамилия\n{code};Учебный\n"))
    assert (row.what, len(row.notes)) == ("same", 1)


def test_two_people_on_one_chair_in_two_alphabets(planned: Store, tmp_path: Path) -> None:
    header = SEATS.split("\n")[0]
    twice = f"{header}\n02.06.2027;ЕГЭ;01;0417;0001;7A;У-1\n02.06.2027;ЕГЭ;01;0417;0001;7А;У-2\n"
    found = rows(planned, table(tmp_path, "x.csv", twice))
    assert [row.what for row in found] == ["changed", "wrong"]


@pytest.mark.parametrize("code", ["1,23457E+11", "2027-06-02"])
def test_codes_that_an_office_program_has_changed_are_refused(
    store: Store, tmp_path: Path, code: str
) -> None:
    (row,) = rows(store, table(tmp_path, "x.csv", f"Код участника;Фамилия\n{code};Учебный\n"))
    assert row.what == "wrong"


def test_existing_doubles_are_named(planned: Store) -> None:
    with planned.begin(HEAD) as uow:
        seat = uow.session.scalars(select(Seat)).first()
        assert seat is not None
        double = uow.add(Candidate(code="Y-1", surname="Двойник"))
        uow.session.flush()
        uow.add(
            Seat(
                exam_id=seat.exam_id,
                room_id=seat.room_id,
                candidate_id=double.id,
                place="9Я",
            )
        )
        uow.record("plan:edit", "plan:candidates")  # type: ignore[arg-type]
        day = (seat.exam.date, seat.exam.training)
    with planned.read() as uow:
        assert lists.doubles(uow, day) == [("candidates", ("Y-1", "У-1"))]


def test_log_ins_and_form_numbers_follow_the_same_rule(store: Store) -> None:
    with store.begin(HEAD) as uow:
        person, _password = accounts.add_person(uow, "ocean", "Учебный О. О.", {Role.ASSISTANT})
        # two letters are Cyrillic and one is invisible, as somebody pastes it
        known = directory.by_login(uow, "оcеаn\u200b")
        assert known is not None and known.id == person.id
        with pytest.raises(Invalid):
            accounts.add_person(uow, "осean", "Учебный Д. Д.", {Role.ASSISTANT})
    assert form_code("２610114090019\u200b") == "2610114090019"
    with pytest.raises(Invalid, match="shortened"):
        form_code("2,61011E+12")


def test_titles_totals_and_notes_are_no_entries(store: Store, tmp_path: Path) -> None:
    text = (
        "Список участников;;\n;;\nКод участника;Фамилия;Имя\n1;2;3\nУ-1;Учебный;\n"
        "Всего: 1 чел.;;\nИтого;1;\nИсполнитель Петров;;\n"
    )
    parts = table(tmp_path, "x.csv", text)
    assert [(row.line, row.what) for row in rows(store, parts)] == [
        (4, "asked"), (5, "new"), (6, "asked"), (7, "asked"), (8, "asked"),
    ]  # fmt: skip
    assert [row.line for row in rows(store, parts, Answers(leave_out=True))] == [5]


def test_a_hidden_first_sheet_is_not_proposed_and_merged_cells_are_understood(
    store: Store, tmp_path: Path
) -> None:
    book, out = Workbook(), io.BytesIO()
    hidden = book.active
    assert hidden is not None
    hidden.append(["Код участника", "Фамилия"])
    hidden.append(["У-0", "Старый"])
    hidden.sheet_state = "hidden"
    page = book.create_sheet("Аудитории")
    for line in (["Код ППЭ", "Аудитория", "Мест"], ["0417", "0001", 12], [None, "0002", 8]):
        page.append(line)
    page.merge_cells("A2:A3")
    book.save(out)
    parts = table(tmp_path, "x.xlsx", out.getvalue())
    assert [(part.sheet, part.kind) for part in parts] == [("Аудитории", "rooms")]
    assert [(row.what, row.label) for row in rows(store, parts)] == [
        ("new", "0001"),
        ("new", "0002"),
    ]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (PEOPLE.encode("utf-16"), "utf-16"),
        (PEOPLE.encode("utf-16-le"), "utf-16-le"),
        (("sep=;\n" + PEOPLE).encode("cp1251"), "cp1251"),
        (PEOPLE.encode("cp866"), "cp866"),
        (
            PEOPLE.replace('";"', '"\t"')
            .replace(PEOPLE.split("\n")[0], PEOPLE.split("\n")[0].replace(";", "\t"))
            .encode("utf-8-sig"),
            "utf-8-sig",
        ),
    ],
)
def test_the_only_encoding_that_makes_sense_is_preselected(
    store: Store, tmp_path: Path, content: bytes, encoding: str
) -> None:
    (part,) = parts = table(tmp_path, "x.csv", content)
    assert (part.kind, part.encoding, part.trouble) == ("candidates", encoding, None)
    assert [row.what for row in rows(store, parts)] == ["new", "new"]


def test_a_dbf_is_told_by_its_structure_and_ten_letters_are_enough(tmp_path: Path) -> None:
    (part,) = plan_parts.parts_of("zero_date.dbf", FIXTURES / "zero_date.dbf")
    assert (part.kind, part.encoding) == ("candidates", "cp866")
    header = ["ДАТА", "КОД_ПРЕДМЕ", "КОД_ППЭ", "АУДИТОРИЯ", "МЕСТО", "КОД_УЧАСТН", "НОМЕР_БЛАН"]
    assert len(find_columns(file_kinds()["seating"], header)) == len(header)
    assert find_columns(file_kinds()["rooms"], ["ЗВУКОУСИЛЕ"]) == {}, "two columns begin so"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ((FIXTURES / "html_as.xls").read_bytes(), "web page"),
        (b"%PDF-1.7 ...", "PDF"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "XML",
        ),
    ],
)
def test_what_is_no_table_is_called_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    (part,) = table(tmp_path, "x.xls", content)
    assert part.trouble is not None and said in part.trouble.message


def test_words_as_people_write_them_are_proposed_and_never_guessed(
    store: Store, tmp_path: Path
) -> None:
    text = 'Код участника;Фамилия;Условия\nУ-1;Учебный;"справка; слаб. зрение; ОВЗ; слабовидяший"\n'
    parts = table(tmp_path, "x.csv", text)
    (row,) = rows(store, parts)
    assert row.what == "asked"
    assert {word: values[0] for word, values in row.problems[0].words.items()} == {
        "справка": "disabled",
        "слаб. зрение": "partially_sighted",
        "слабовидяший": "partially_sighted",
    }
    said = {
        ("needs", "справка"): "disabled",
        ("needs", "слаб. зрение"): "partially_sighted",
        ("needs", "слабовидяший"): "partially_sighted",
    }
    (row,) = rows(store, parts, Answers(said))
    assert row.changes["needs"][1] == "инвалид; слабовидящий; ОВЗ"


def test_the_kind_is_told_by_all_columns_and_an_almost_fit_is_said(
    planned: Store, tmp_path: Path
) -> None:
    header = ["Дата", "Форма", "Код предмета", "Код ППЭ", "Аудитория", "Код участника"]
    found = guess(file_kinds().values(), header)
    assert (found.kind, found.missing, found.sure) == ("seating", ("Место",), False)
    lines = ";".join(header) + "\n02.06.2027;ЕГЭ;01;0417;0001;У-1\n"
    (row,) = rows(planned, table(tmp_path, "x.csv", lines))
    assert row.what == "wrong" and row.problems[0].params["columns"] == "«Место»"


def test_a_set_comes_in_whole_or_not_at_all(store: Store, tmp_path: Path) -> None:
    spoiled = {**PLAN, "rooms.csv": ROOMS + "0417;x\n"}
    with pytest.raises(Exception, match="1 tables"):
        load(store, tmp_path, *spoiled.items())
    assert store.last_seq() == 0
    load(store, tmp_path, *PLAN.items())
    with store.read() as uow:
        for model, count in ((Exam, 1), (Room, 1), (Candidate, 2), (Seat, 2)):
            assert len(uow.session.scalars(select(model)).all()) == count
        kinds = [row.subject for row in uow.session.scalars(select(EventRow))]
    assert kinds == ["plan:exams", "plan:rooms", "plan:candidates", "plan:seating"]


def test_two_files_that_contradict_each_other_are_refused(store: Store, tmp_path: Path) -> None:
    first = table(tmp_path, "a.csv", "Код участника;Фамилия\nУ-1;Учебный\n")
    second = table(tmp_path, "b.csv", "Код участника;Фамилия\nY-1;Другой\n")
    assert [row.what for row in rows(store, [*first, *second])] == ["new", "wrong"]


def test_mistakes_come_back_as_the_same_table_with_reasons(planned: Store, tmp_path: Path) -> None:
    text = "Список;;\nКод участника;Фамилия;Примечание\nУ-1;Учебный;а\nУ-2;#Н/Д;б\n"
    parts = table(tmp_path, "x.csv", text)
    (found,) = sets.examine(planned, HEAD, parts)
    data, ending = mistakes.with_reasons(found, lambda problem: problem.message % problem.params)
    assert ending == "csv"
    again = table(tmp_path, "again.csv", data)
    whole = tables.read(again[0].path)
    assert whole.lines[1][1] == ["Код участника", "Фамилия", "Примечание", "Почему не принято"]
    assert "#Н/Д" in whole.lines[3][1][3]
    assert [row.what for row in rows(planned, again)] == ["same", "wrong"]
    (parsed,) = sets.examine(planned, HEAD, again)
    assert parsed.report is not None and parsed.report.parsed.unknown == ("Примечание",)


def test_every_export_comes_back_as_the_same_plan(planned: Store, tmp_path: Path) -> None:
    with planned.read() as uow:
        book = export.export_all(uow)
    found = rows(planned, table(tmp_path, "plan.xlsx", book))
    assert {row.what for row in found} == {"same"}


def command(*words: object) -> Any:
    return CliRunner().invoke(main, ["plan", *map(str, words)])


def test_the_command_checks_without_a_station_and_loads_into_one(
    planned: Store, tmp_path: Path
) -> None:
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for name, text in PLAN.items():
            out.writestr(name, text)
    told = json.loads(command("check", archive, "--json").output)
    assert [(one["kind"], {row["verdict"] for row in one["rows"]}) for one in told] == [
        (kind, {"new"}) for kind in ("exams", "rooms", "candidates", "seating")
    ]
    less = tmp_path / "less.csv"
    less.write_text("Код участника;Фамилия;Условия\nУ-1;Учебный;ОВЗ\n", encoding="utf-8")
    data = planned.settings.data
    checked = command("check", less, "--data", data, "--json")
    assert checked.exit_code == 1
    assert json.loads(checked.output)[0]["rows"][0]["changes"]["needs"] == [
        "А3; слабовидящий; ОВЗ",
        "ОВЗ",
    ]
    assert command("load", less, "--data", data).exit_code == 1
    assert booklets(planned) == ["enlarged"]
    assert command("load", less, "--data", data, "--take-away").exit_code == 0
    assert booklets(planned) == []
    assert CliRunner().invoke(main, ["ledger", "verify", "--data", str(data)]).exit_code == 0


@pytest.mark.release
def test_the_command_speaks_to_people_in_the_words_of_the_report_page(
    planned: Store, tmp_path: Path
) -> None:
    less = tmp_path / "less.csv"
    less.write_text("Код участника;Фамилия;Условия\nУ-1;Учебный;ОВЗ\n", encoding="utf-8")
    told = command("check", less, "--data", planned.settings.data).output.splitlines()
    assert told[0].endswith("— Участники: строк с вопросами 1")
    assert told[1].startswith("  2: У-1 вопрос — ")
    assert "Условия: А3; слабовидящий; ОВЗ → ОВЗ" in told[1]
    assert told[1].endswith("Вид работы: А3 → обычный")
    again = tmp_path / "rooms.csv"
    again.write_text(PLAN["rooms.csv"], encoding="utf-8")
    assert command("check", again, "--data", planned.settings.data).output.splitlines() == [
        f"{again} — Аудитории: без изменений 1"
    ]
    strange = tmp_path / "strange.csv"
    strange.write_text("а;б\n1;2\n", encoding="utf-8")
    unread = command("check", strange).output.splitlines()
    assert unread[0] == f"{strange} — пока неизвестно что: неверных 1"
    assert unread[1].startswith("  0: неверна — ")
