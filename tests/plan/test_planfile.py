"""Rows of the plan's files: what is accepted, and that every problem of a row is named at once."""

import datetime as dt
from typing import Any

import pytest

from examday.domain.custody.lifecycle import MEDIUM_NAMES
from examday.domain.errors import Invalid
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.domain.plan.cells import Unclear, read_cell
from examday.domain.plan.columns import KINDS, Column, FileKind, plain
from examday.domain.plan.day import FEATURE_NAMES, NEED_NAMES
from examday.domain.plan.header import guess, no_entry
from examday.domain.plan.rows import ParsedFile, parse
from examday.services.plan.file_columns import file_kinds, spoken
from examday.services.printing.words import ru


def column(kind: str, key: str) -> Column:
    return next(column for column in file_kinds()[kind].columns if column.key == key)


def read(kind: str, header: str, *lines: str) -> ParsedFile:
    rows = [(number, line.split("|")) for number, line in enumerate(lines, 2)]
    return parse(file_kinds()[kind], header.split("|"), rows)


CANDIDATES = "Код участника|Фамилия|Условия|Заключение ПМПК|Справка МСЭ"


def test_a_candidate_row_becomes_need_codes_and_documents() -> None:
    row = read(
        "candidates", CANDIDATES, "У-1|Учебный|ОВЗ; слабовидящая, А3; +90|копия № 12/3|"
    ).rows[0]
    assert row.good
    assert row.values == {
        "code": "У-1",
        "surname": "Учебный",
        "needs": ["a3", "extra_time", "partially_sighted", "special_needs"],
        "pmpc_conclusion": {"form": "copy", "number": "12/3"},
        "disability_certificate": None,
    }


def test_all_problems_of_a_row_are_named_at_once() -> None:
    row = read(
        "candidates",
        CANDIDATES,
        "|" + "Я" * 101 + "|левша; ОВЗ; телепат|как-нибудь|заверенная копия",
    ).rows[0]
    assert [(p.column, p.message % p.params) for p in row.problems] == [
        ("Код участника", "The cell is empty."),
        ("Фамилия", "Too long: 101 characters, at most 100."),
        ("Условия", "Not known here: левша; телепат."),
        (
            "Заключение ПМПК",
            "«как-нибудь»: write «оригинал», «заверенная копия» or «копия», and the number after «№».",
        ),
    ]


def test_a_good_row_beside_a_bad_one_keeps_its_line_number() -> None:
    parsed = read("candidates", CANDIDATES, "|А|||", "||||", "У-3|Б|||")
    assert [(row.line, row.good) for row in parsed.rows] == [(2, False), (4, True)]


def test_a_missing_required_column_is_named_and_nothing_is_read() -> None:
    parsed = read("seating", "Дата|Код предмета|Место|Участник", "01.06.2026|01|1А|У-1")
    assert parsed.missing == ("Код ППЭ", "Аудитория")
    assert not any(row.good for row in parsed.rows)


def test_unknown_columns_are_named_and_left_out() -> None:
    parsed = read("candidates", "Код участника|Фамилия|Любимый цвет", "У-1|А|синий")
    assert parsed.unknown == ("Любимый цвет",)
    assert parsed.rows[0].good


def test_one_column_twice_is_refused() -> None:
    parsed = read("candidates", "Код участника|Участник|Фамилия", "У-1|У-2|А")
    assert parsed.twice == ("Код участника",)
    assert not any(row.good for row in parsed.rows)


def test_the_same_entry_twice_in_a_file_names_the_first_line() -> None:
    parsed = read("candidates", CANDIDATES, "У-1|А|||", "у-1|А|||")
    assert parsed.rows[1].problems[0].params == {"line": 2}


@pytest.mark.parametrize("name", ["АУДИТОРИЯ", " Номер  аудитории ", "number", "Номер аудитории:"])
def test_synonyms_capitals_and_blanks_of_column_names_do_not_matter(name: str) -> None:
    row = read("rooms", f"ППЭ|{name}", "0417|12").rows[0]
    assert row.values["number"] == "0012"


def test_dbf_names_of_ten_letters_are_accepted() -> None:
    row = read("rooms", "SITE_CODE|NUMBER|SOUND_COLL", "17|3|да").rows[0]
    assert (row.values["site_code"], row.values["sound_collective"]) == ("0017", True)


@pytest.mark.parametrize(
    ("kind", "key", "cell", "value"),
    [
        ("exams", "date", "2.6.2026", dt.date(2026, 6, 2)),
        ("exams", "date", "2026-06-02", dt.date(2026, 6, 2)),
        ("exams", "date", "02.06.26", dt.date(2026, 6, 2)),
        ("exams", "date", "2 июня 2026 г.", dt.date(2026, 6, 2)),
        ("exams", "date", "2 Июня 2026", dt.date(2026, 6, 2)),
        ("exams", "date", "2026-06-02 00:00:00", dt.date(2026, 6, 2)),
        ("exams", "date", "30-06-2026", dt.date(2026, 6, 30)),
        ("exams", "date", "30/06/26", dt.date(2026, 6, 30)),
        ("exams", "date", "вторник, 2 июня 2026 г.", dt.date(2026, 6, 2)),
        ("exams", "date", "вт 02.06.2026", dt.date(2026, 6, 2)),
        ("exams", "date", "2 июн. 2026 года (вт)", dt.date(2026, 6, 2)),
        ("exams", "start", "10 ч 00 мин", "10:00"),
        ("exams", "start", "9.30 ч", "09:30"),
        ("exams", "minutes", "3 ч 55 мин", 235),
        ("exams", "minutes", "03:30:00", 210),
        ("exams", "minutes", "4 ч", 240),
        ("exams", "minutes", "210 мин.", 210),
        ("exams", "subject", "01 Русский язык", "01"),
        ("exams", "kind", "ГВЭ-11", "gve"),
        ("exams", "site_code", "ППЭ № 417", "0417"),
        ("rooms", "number", "ауд. 201", "0201"),
        ("rooms", "light_lux", "280 лк", 280),
        ("rooms", "floor", "3-й этаж", 3),
        ("rooms", "braille_notebooks", "12 шт.", 12),
        ("staff", "role", "Отв. организатор", "lead_organiser"),
        ("exams", "kind", "ЕГЭ", "ege"),
        ("exams", "subject", "1", "01"),
        ("exams", "subject", "1.0", "01"),
        ("exams", "site_code", "417", "0417"),
        ("exams", "tasks", "26", 26),
        ("exams", "tasks", "", 40),
        ("exams", "long_tasks", "13-15, 19", [13, 14, 15, 19]),
        ("exams", "start", "9:30", "09:30"),
        ("exams", "start", "10:00:00", "10:00"),
        ("exams", "start", "", None),
        ("exams", "training", "Да", True),
        ("rooms", "purpose", "Комиссия тифлопереводчиков", "commission"),
        ("rooms", "lift", "–", False),
        ("rooms", "lift", "", None),
        ("seating", "medium", "Брайль", "braille"),
        ("seating", "form_code", "2610114090019", "2610114090019"),
        ("staff", "role", "Член ГЭК", "exam_board_member"),
        ("staff", "teaches", "1; 18", ["01", "18"]),
        ("staff", "login", "Иванова", "иванова"),
        ("candidates", "document", "00\xa012", "00 12"),
    ],
)
def test_cells_that_are_understood(kind: str, key: str, cell: str, value: Any) -> None:
    assert read_cell(column(kind, key), cell) == value


@pytest.mark.parametrize(
    ("kind", "key", "cell"),
    [
        ("exams", "date", "31.02.2026"),
        # refused: a Russian or an American has written it, which are two days
        ("exams", "date", "02/06/2026"),
        ("exams", "date", "02-06-26"),  # the year may stand first
        ("exams", "date", "ср 02.06.2026"),  # refused, because it is a Tuesday
        ("exams", "date", "30 ма 2026"),
        ("exams", "minutes", "3.55"),
        ("exams", "minutes", "11 ч"),
        ("exams", "minutes", "3:75"),  # one of the two numbers is a slip
        ("exams", "minutes", "3 ч 75 мин"),
        ("rooms", "number", "2№5"),  # refused, because these are two numbers
        ("rooms", "seats", "3 этаж"),  # refused, because «этаж» says that the columns have moved
        ("rooms", "number", "каб. 201"),  # refused: the number on the school's door is another one
        ("exams", "date", "01.01.1999"),
        ("exams", "subject", "123"),
        ("exams", "subject", "Русский"),
        ("exams", "tasks", "41"),
        ("exams", "tasks", "много"),
        ("exams", "long_tasks", "19-13"),
        ("exams", "start", "25:00"),
        ("exams", "training", "может быть"),
        ("seating", "form_code", "2610114090018"),
        ("seating", "form_code", "261011409001"),  # a digit is missing, which nobody can know
        ("seating", "form_code", "26101"),
        ("staff", "login", "a b"),
        ("staff", "role", "директор"),
        ("candidates", "surname", "Учебный\nУчастник"),
        ("rooms", "seats", "-3"),
        ("exams", "date", ""),
    ],
)
def test_cells_that_are_refused(kind: str, key: str, cell: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_cell(column(kind, key), cell)
    assert refused.value.message % refused.value.params


@pytest.mark.parametrize("name", list(KINDS))
def test_a_file_is_recognised_by_its_columns(name: str) -> None:
    header = [column.title for column in file_kinds()[name].columns]
    found = guess(file_kinds().values(), header)
    assert (found.kind, found.sure) == (name, True)


def test_a_file_of_something_else_is_not_recognised() -> None:
    assert guess(file_kinds().values(), ["Цена", "Количество"]).kind == ""


def test_a_file_that_could_be_one_of_two_is_not_decided_by_their_order() -> None:
    shared = (Column("room", "Аудитория"), Column("seat", "Место"))
    kinds = [
        FileKind("rooms", (*shared, Column("floor", "Этаж")), ("room",)),
        FileKind("seating", (*shared, Column("code", "Код")), ("seat",)),
    ]
    assert guess(kinds, ["Аудитория", "Место"]).kind == ""
    assert guess(kinds, ["Аудитория", "Место", "Код"]).kind == "seating"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["Итого", "12"], "totals"),
        (["Всего участников: 12"], "totals"),
        (["Общее число:", "12"], "totals"),
        (["Код участника", "Фамилия"], "column names"),
        (["1", "2", "3"], "numbered"),
        (["Аудитория 5"], "only one cell"),
    ],
)
def test_a_line_that_is_no_entry_is_asked_about(cells: list[str], said: str) -> None:
    why = no_entry(["Код участника", "Фамилия", "Имя"], cells, lacks=True)
    assert why is not None and said in str(why)


@pytest.mark.parametrize("cells", [["", " "], ["У-1", "Итогова"], ["1", "3", "2"], ["1", "2"]])
def test_a_line_that_may_be_an_entry_is_not(cells: list[str]) -> None:
    assert no_entry(["Код участника", "Фамилия", "Имя"], cells, lacks=False) is None


def test_what_people_call_a_thing_is_asked_about_and_never_guessed() -> None:
    with pytest.raises(Unclear) as asked:
        read_cell(column("seating", "medium"), "крупный шрифт")
    assert asked.value.proposals["крупный шрифт"]
    with pytest.raises(Invalid) as refused:
        read_cell(column("seating", "medium"), "азбука Морзе")
    assert not isinstance(refused.value, Unclear)


def test_a_subject_by_its_name_is_asked_about() -> None:
    """«Русский язык» has one code in ЕГЭ and another one in ГВЭ; mathematics has two in ЕГЭ."""
    for kind, key, cell, codes in (
        ("exams", "subject", "Русский язык", ("01",)),
        ("seating", "subject", "Математика", ("02", "22")),
        ("staff", "teaches", "01, физика", ("03",)),
    ):
        with pytest.raises(Unclear) as asked:
            read_cell(column(kind, key), cell)
        assert next(iter(asked.value.proposals.values())) == codes
    said = column("staff", "teaches").said
    assert read_cell(column("staff", "teaches"), f"01; {said['03']}") == ["01", "03"]


def test_every_word_of_the_files_means_something_the_rules_know() -> None:
    assert set(spoken()["needs"]) == set(NEED_NAMES)
    assert set(spoken()["role"]) == set(Role) - {Role.SYSTEM}
    features = {column.key for column in file_kinds()["rooms"].columns} - {
        "site_code",
        "number",
        "purpose",
        "seats",
    }
    assert features == set(FEATURE_NAMES), "columns of [rooms] in examday/rules/plan_files.toml"


@pytest.mark.parametrize(
    ("kind", "key", "names"),
    [
        ("candidates", "needs", NEED_NAMES),
        ("staff", "role", {role: name for role, name in ROLE_NAMES.items() if role != "system"}),
        ("seating", "medium", MEDIUM_NAMES),
    ],
)
def test_tables_know_every_word_of_the_pages(kind: str, key: str, names: Any) -> None:
    read = {value: read_cell(column(kind, key), ru(name)) for value, name in names.items()}
    assert read == {value: [value] if key == "needs" else value for value in names}
    if key == "needs":
        written = "; ".join(map(ru, names.values()))
        assert read_cell(column(kind, key), written) == sorted(names)


def test_no_word_and_no_column_name_has_two_meanings() -> None:
    for kind in file_kinds().values():
        names = [plain(name) for column in kind.columns for name in {column.title, *column.also}]
        assert len(names) == len(set(names)), kind.name


def test_the_examples_in_the_files_are_themselves_good() -> None:
    for kind in file_kinds().values():
        for each in kind.columns:
            if each.example or not each.required:
                read_cell(each, each.example)
