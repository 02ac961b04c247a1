"""More than 17 characters are written without regard to the cells: read as well as may be, always
shown to a person."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from sheet_paper import blank, font_hand, put

from examday.paper.layout import Layout
from examday.reading.compare import compare_pages
from examday.reading.page import PageReading, read_page
from examday.reading.printed import Line, answers_in, form_named, installed, number_in, read_print

LONG = "ИНТЕРНАЦИОНАЛИЗАЦИЯМ"
PX = 300 / 25.4


@pytest.fixture
def narrow(form: Layout) -> Callable[[str, int], PageReading]:
    """A sheet with `text` in row 4, evenly squeezed into the row's width."""

    def write(text: str, seed: int) -> PageReading:
        page, rng, comb = (
            blank(form, "261234567890", "01"),
            np.random.default_rng(seed),
            form.comb("4"),
        )
        step = (comb.box[2] - comb.box[0]) * PX / len(text)
        for index, character in enumerate(text):
            ink = font_hand(character, rng)
            ink = cv2.resize(
                ink, (round(min(step * 0.8, ink.shape[1])), 52), interpolation=cv2.INTER_AREA
            )
            put(page, ink, round(comb.x * PX + index * step), round(comb.y * PX + 12), 25)
        return read_page(page, 300)

    return write


def test_a_word_longer_than_the_row_is_taken_apart_without_the_cells(
    narrow: Callable[[str, int], PageReading],
) -> None:
    field = narrow(LONG, 1).fields["4"]
    assert field.mark == "through_cells"
    assert len(field.text) == len(LONG) == 20
    assert (
        sum(a == b for a, b in zip(field.text, LONG, strict=True)) >= 15
    )  # a lower bound here, as squeezed letters are harder than others


def test_such_a_row_is_always_shown(narrow: Callable[[str, int], PageReading]) -> None:
    result = compare_pages(narrow(LONG, 1), narrow(LONG, 2))
    assert [(d.field, d.kind) for d in result.differences] == [("4", "through_cells")]
    assert result.agreement["4"] == 0.0


def test_a_word_with_letters_of_two_parts_is_no_such_row(sheet: Callable[..., np.ndarray]) -> None:
    field = read_page(sheet({"4": "МЫШЦЫВЫ"}), 300).fields["4"]
    assert field.mark is None and len(field.cells) == 7


def test_seventeen_characters_in_their_cells_are_no_such_row(
    sheet: Callable[..., np.ndarray],
) -> None:
    field = read_page(sheet({"4": "ВЫСОКОКАЧЕСТВЕННЫ"}), 300).fields["4"]
    assert field.mark is None and len(field.cells) == 17


def test_printed_digits_stand_in_where_bars_fail() -> None:
    assert number_in("БО 1 2612345678905") == "2612345678905"
    assert number_in("2 612345 678905") == "2612345678905"
    assert number_in("2612345678906") is None
    assert number_in("") is None


def test_a_form_is_known_by_the_name_in_its_header(form: Layout) -> None:
    from examday.paper.layout import layouts

    assert form_named("ГОСУДАРСТВЕННЫЙ ЭКЗАМЕН\nБЛАНК ОТВЕТОВ N 1\n", layouts()) == form.id
    assert form_named("БЛАНК РЕГИСТРАЦИИ 2022", layouts()) == "registration-form.2022"
    assert form_named("ВЕДОМОСТЬ", layouts()) is None


def typed(lines: list[str], size: int = 56) -> np.ndarray:
    """A print-out: black type on a white page, one line below the other."""
    page = np.full((220 + 110 * len(lines), 1800), 252, np.uint8)
    for number, line in enumerate(lines):
        cv2.putText(page, line, (90, 160 + 110 * number), (25,), cv2.FontFace("sans"), size, 400)
    return page


@pytest.mark.skipif("rus" not in installed(), reason="no Russian data of Tesseract on this machine")
@pytest.mark.parametrize("quarters", [0, 2])
@pytest.mark.release
def test_a_typed_print_out_gives_its_lines_and_its_numbered_answers(quarters: int) -> None:
    page = typed(
        [
            "Ответы участника экзамена",
            "1. кислород",
            "2) 2347",
            "Задание 7: подъезд был закрыт",
            "Автор рассуждает о прошлом и о будущем",
            "12. олицетворение",
        ]
    )
    lines = read_print(np.ascontiguousarray(np.rot90(page, quarters)))
    assert len(lines) == 6
    assert {task: line.text for task, line in answers_in(lines).items()} == {
        "1": "кислород",
        "2": "2347",
        "7": "подъезд был закрыт",
        "12": "олицетворение",
    }
    assert all(0.5 < line.confidence <= 1 for line in lines)


@pytest.mark.skipif("eng" not in installed(), reason="no English data of Tesseract on this machine")
def test_a_print_out_in_english_is_read_in_english() -> None:
    lines = read_print(typed(["1. FAMOUS", "2. DISCOVERED", "3. has been written"]), "09")
    assert [line.text for line in answers_in(lines).values()] == [
        "FAMOUS",
        "DISCOVERED",
        "has been written",
    ]


def test_a_task_number_given_twice_is_no_answer() -> None:
    lines = [
        Line("3. 15", 0.9),
        Line("3. 51", 0.9),
        Line("4. 7", 0.9),
        Line("99. 7", 0.9),
        Line("слово", 0.9),
    ]
    assert {task: line.text for task, line in answers_in(lines).items()} == {"4": "7"}


def test_what_is_no_print_has_no_lines() -> None:
    assert read_print(np.full((900, 700), 250, np.uint8)) == ()
    assert read_print(np.random.default_rng(1).integers(0, 255, (900, 700)).astype(np.uint8)) == ()
