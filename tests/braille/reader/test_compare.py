"""The second reader: typed text against cells read."""

import pytest

from examday.braille.answers import compare_all, split, task_number
from examday.braille.cells import BLANK, FULL, Cell
from examday.braille.compare import AGREE, DIFFERS, UNREADABLE, UNSURE, compare
from examday.braille.encode import encode
from examday.braille.languages import encode_in
from examday.braille.page import Line
from examday.braille.running import compare_running, without_braille


def read(text: str, capitals: str = "none") -> list[Cell]:
    return [Cell(dots) for dots in encode(text, capitals)]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Москва", "москва"),
        ("МОСКВА", "Москва"),
        ("да,нет", "да, нет"),
        ("5+3=8", "5 + 3 = 8"),
        ("CO2", "CO2"),
    ],
)
def test_what_the_rules_leave_to_the_writer_is_no_difference(typed: str, written: str) -> None:
    for capitals in ("none", "guide", "word"):
        assert compare(typed, read(written, capitals)).verdict == AGREE


@pytest.mark.parametrize(
    ("typed", "written", "at"),
    [
        ("3142", "3124", 4),
        ("5,3", "53", 3),
        ("-5", "5", 1),
        ("12", "аб", 1),
        ("река", "рука", 2),
        ("CO2", "СО2", 1),
    ],
)
def test_a_slip_of_the_person_is_seen_at_its_cell(typed: str, written: str, at: int) -> None:
    outcome = compare(typed, read(written))
    assert (outcome.verdict, outcome.at) == (DIFFERS, at)


def test_a_difference_only_where_the_machine_doubts_is_called_unsure() -> None:
    cells = read("река")
    cells[1] = Cell(cells[1].dots, (0.99, 0.01, 0.45, 0.01, 0.6, 0.01), None, 0.5)
    assert compare("река", cells).verdict == AGREE
    assert compare("рака", cells).verdict == UNSURE


def test_nothing_read_where_something_was_typed_is_unreadable() -> None:
    assert compare("5", []).verdict == UNREADABLE
    assert compare("", [Cell(BLANK)]).verdict == AGREE


def test_mostly_doubtful_cells_are_unreadable_not_guessed() -> None:
    doubtful = [Cell(cell.dots, None, None, 0.4) for cell in read("река")]
    assert compare("рука", doubtful).verdict == UNREADABLE


def test_a_deletion_mark_is_no_difference_but_in_french() -> None:
    cells = read("река")
    cells.insert(2, Cell(FULL))
    assert compare("река", cells).verdict == AGREE
    assert (
        compare("reka", [Cell(FULL), *[Cell(d) for d in encode("река")]], "fr").verdict == DIFFERS
    )


def test_text_that_no_cell_can_say_differs_and_names_the_character() -> None:
    outcome = compare("5♥", read("5"))
    assert (outcome.verdict, outcome.untypable) == (DIFFERS, "♥")


def test_a_line_is_task_number_blank_answer() -> None:
    assert task_number(encode("7 река")) == ("7", 3)
    assert task_number(encode("А15 3")) == ("А15", 6)
    assert task_number(encode("река 7")) == ("", 0)
    assert task_number(encode_in("fr", "12 été"), "fr") == ("12", 4), "with the sign 6 too"
    assert task_number(encode("12 été".replace("é", "e")), "fr") == ("12", 4)
    assert task_number(encode_in("fr", "12 été"), "ru") == ("", 0)
    assert task_number(encode("2012")) == ("", 0)


def lines(*texts: str) -> list[Line]:
    return [Line(tuple(read(text))) for text in texts]


def test_lines_without_a_number_go_on_with_the_answer_before() -> None:
    answers = split(lines("1 река", "2 12,5", "3 две", "строки"))
    assert [answer.task for answer in answers] == ["1", "2", "3"]
    assert answers[2].places[-1] == (3, 5)
    outcomes = compare_all({"1": "река", "2": "12,5", "3": "две строки"}, answers)
    assert {outcome.verdict for outcome in outcomes.values()} == {AGREE}


def test_an_answer_that_nobody_typed_is_a_difference() -> None:
    outcomes = compare_all({"1": "река"}, split(lines("1 река", "2 5")))
    assert outcomes["2"].verdict == DIFFERS


def test_an_essay_is_compared_with_page_and_line() -> None:
    pages = [lines("Мне нравится пи-", "сать письма."), lines("Это всё, друзья")]
    assert compare_running("Мне нравится писать письма. Это всё, друзья", pages) == []
    (found,) = compare_running("Мне нравится писать письма. Это все, друзья", pages)
    assert (found.page, found.line, found.cell) == (2, 1, 7)


NOTEBOOK = [
    ("1 река", "2 135"),
    ("27 Автор спорит", "12 апреля с читателем,", "и это верно."),
    ("28 Совсем другое.",),
]
TASKS = ("1", "2", "12", "28")


def test_an_essay_is_compared_with_its_own_lines_alone() -> None:
    pages = [lines(*page) for page in NOTEBOOK]
    text = "Автор спорит 12 апреля с читателем, и это верно."
    assert compare_running(text, pages, task="27", others=TASKS) == []
    (found,) = compare_running(text.replace("это", "эта"), pages, task="27", others=TASKS)
    assert (found.page, found.line, found.typed, found.read) == (2, 3, "⠁", "⠕")


def test_a_paragraph_that_nobody_typed_is_a_difference() -> None:
    pages = [lines("27 Автор спорит", "с читателем."), lines("И это верно.")]
    (found,) = compare_running("Автор спорит с читателем.", pages, task="27", others=TASKS)
    assert (found.page, found.line) == (2, 1)
    assert compare_running("", pages, task="27", others=TASKS), (
        "nothing typed where the machine saw an essay"
    )


def test_an_essay_whose_number_was_not_read_is_compared_without_what_stands_around_it() -> None:
    pages = [lines("1 река", "Автор спорит", "с читателем.", "28 Совсем другое.")]
    assert compare_running("Автор спорит с читателем.", pages, task="27", others=TASKS) == []
    assert len(compare_running("Автор спорил с читателем.", pages, task="27", others=TASKS)) == 1


def test_a_character_without_braille_is_named_and_the_rest_is_compared() -> None:
    assert without_braille("множество {1; ♥}, {2}") in ("{♥}", "♥")
    assert compare_running("река ♥ мир", [lines("река мир")]) == []


def test_a_new_sheet_of_the_form_in_a_long_answer_is_no_difference() -> None:
    assert compare_running("люблю мир\fи дом", [lines("27 люблю мир и", "дом")], task="27") == []
