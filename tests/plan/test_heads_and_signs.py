"""Where a table begins, which of its lines are no entries, and which cells nobody can read."""

import pytest

from examday.domain.plan.columns import Column, FileKind
from examday.domain.plan.header import FIRST_ROWS, Guess, find_header, guess, no_entry
from examday.domain.plan.signs import why_unread
from examday.i18n import catalogue
from examday.services.plan.file_columns import file_kinds

HEAD = ["Код участника", "Фамилия", "Имя"]


def in_russian(msgid: str | None) -> str:
    """The words that a person reads; a text without them is none of the program's."""
    assert msgid is not None
    said = catalogue("ru").gettext(msgid)
    assert said != msgid, f"no words for {msgid!r}"
    return said


def test_a_table_begins_at_the_first_line_with_the_most_column_names() -> None:
    title = (1, ["Список участников", "", ""])
    some, whole = (2, ["Фамилия", "Имя", "прочее"]), (3, HEAD)
    kinds = list(file_kinds().values())
    assert find_header(kinds, [title, some, whole, (4, HEAD)]) == 3
    assert find_header(kinds, [title, (2, ["Аудитория", "", ""])]) is None, "one word is chance"
    assert find_header(kinds, [title, some]) == 2
    assert find_header(iter(kinds), [(n, [""]) for n in range(FIRST_ROWS - 1)] + [whole]) == 3
    assert find_header(kinds, [(n, [""]) for n in range(FIRST_ROWS)] + [whole]) is None
    assert find_header(kinds, []) is None


def test_two_kinds_that_fit_alike_are_told_apart_by_a_person() -> None:
    shared = (Column("room", "Аудитория", required=True), Column("seat", "Место"))
    rooms = FileKind("rooms", (*shared, Column("floor", "Этаж")), ("room",))
    seating = FileKind("seating", (*shared, Column("code", "Код")), ("seat",))
    assert guess([rooms, seating], ["Аудитория", "Место"]) == Guess(known=2)
    assert not Guess(known=2).sure and not Guess("rooms", ("Этаж",), 2).sure
    other = FileKind(
        "other", (Column("place", "Место", required=True), Column("floor", "Этаж")), ()
    )
    assert guess([other, rooms], ["Место", "Этаж"]).kind == "other", (
        "nothing that it needs is missing"
    )
    small = FileKind("small", shared, ("room",))
    assert guess([rooms, small], ["Аудитория", "Место"]).kind == "small", "the larger share of it"
    assert guess([rooms, small], ["Место"]) == Guess(), "one known word is chance"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["Итого", "", "14"], "итог"),
        (["Всего: 14", "", ""], "итог"),
        (["общий итог по ППЭ", "", ""], "итог"),
        (["КОД УЧАСТНИКА", "Фамилия", "Имя"], "Названия столбцов"),
        (["1", "2", "3"], "пронумерованы"),
        (["", "Русский язык", ""], "одна ячейка"),
    ],
)
def test_a_line_that_is_no_entry_is_asked_about_in_words(cells: list[str], said: str) -> None:
    assert said.casefold() in in_russian(no_entry(HEAD, cells, lacks=True)).casefold()


@pytest.mark.parametrize(
    ("cells", "lacks"),
    [
        (["", " ", ""], True),
        (["Итогова", "Анна", ""], True),
        (["Всеволодов", "", ""], False),
        (["1", "2"], True),
        (["1", "2", "4"], True),
        (["Код участника", "", ""], False),
        (["У-01", "Учебный", ""], True),
    ],
)
def test_what_may_be_an_entry_is_taken_for_one(cells: list[str], lacks: bool) -> None:
    assert no_entry(HEAD, cells, lacks) is None


def test_without_a_head_nothing_stands_there_again() -> None:
    assert no_entry([], ["У-01", "Учебный"], lacks=True) is None
    assert no_entry(["", "Фамилия"], ["Фамилия", "Имя"], lacks=True) is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#FORMULA!", "формула"),
        (" #memo! ", "DBT"),
        ("#MERGED!", "объединена"),
        ("#DIGITS!", "цифры"),
        ("#Н/Д", "ошибка"),
        ("#ref!", "ошибка"),
        ("Err:502", "ошибка"),
        ("Ошибка:502", "ошибка"),
        ("###", "узким"),
        ("??", "Часть знаков"),
        ("?? ???", "Часть знаков"),
        ("Ив???", "Часть знаков"),
        ("Ив\ufffdнов", "Часть знаков"),
        ("Ив\ud800нов", "Часть знаков"),
        ("Ив\ue000нов", "Часть знаков"),
    ],
)
def test_a_cell_that_nobody_can_read_says_why(text: str, said: str) -> None:
    assert said.casefold() in in_russian(why_unread(text)).casefold()


@pytest.mark.parametrize(
    "text", ["", "Иванов", "№ 5", "#5", "##", "10:30", "Кто?", "Err:5021", "Ив??"]
)
def test_a_value_is_no_sign(text: str) -> None:
    assert why_unread(text) is None
