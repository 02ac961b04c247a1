"""What stands in the cells is read as it stands: no spell-check, no guess, numbers and words each
in their alphabet."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from sheet_paper import Damage, blank, font_hand, put, write

from examday.paper.layout import Layout
from examday.reading.page import field_boxes, read_page
from examday.reading.page_json import as_json

Sheet = Callable[..., np.ndarray]


def test_numbers_with_comma_and_minus_are_read(sheet: Sheet) -> None:
    answers = {"1": "-313,6", "2": "0,52", "3": "-7", "12": "1024", "40": "9,5"}
    page = read_page(sheet(answers, subject="02"), 300)
    assert {task: page.text(task) for task in answers} == answers


def test_words_and_numbers_stand_side_by_side_in_russian(sheet: Sheet) -> None:
    answers = {"1": "ВЗГЛЯД", "2": "4", "3": "34", "4": "ЧЕЗЗОБ", "21": "0346"}
    page = read_page(sheet(answers), 300)
    assert {task: page.text(task) for task in answers} == answers
    assert page.fields["3"].kind == "digits" and page.fields["4"].kind == "letters"


def test_a_wrong_word_stays_wrong(sheet: Sheet) -> None:
    assert read_page(sheet({"1": "МЕТОФОРА"}), 300).text("1") == "МЕТОФОРА"


def test_a_foreign_language_is_read_in_latin_letters(sheet: Sheet) -> None:
    page = read_page(sheet({"5": "WRITTEN", "6": "1327"}, subject="09"), 300)
    assert (page.text("5"), page.text("6")) == ("WRITTEN", "1327")


def test_an_empty_field_is_blank_and_left_out(sheet: Sheet) -> None:
    page = read_page(sheet({"1": "5"}), 300)
    assert page.fields["2"].mark == "blank"
    assert list(as_json(page)["answers"]) == ["1"]


def test_header_and_replacement_zone_are_read(sheet: Sheet) -> None:
    page = as_json(read_page(sheet({"4": "12"}, replacements=[["04", "13"], ["21", "ЯДРО"]]), 300))
    assert page["header"] == {"region": "77", "subject": "01", "name": "РУС"}
    assert [(r["task"], r["text"]) for r in page["replacements"]] == [("04", "13"), ("21", "ЯДРО")]


def test_every_character_carries_a_confidence_between_nothing_and_one(sheet: Sheet) -> None:
    answer = as_json(read_page(sheet({"7": "СЛОВНО"}), 300))["answers"]["7"]
    assert [c["char"] for c in answer["cells"]] == list("СЛОВНО")
    assert all(0 < c["confidence"] <= 1 for c in answer["cells"])
    assert answer["confidence"] <= min(c["confidence"] for c in answer["cells"]) + 1e-4


def test_a_smudge_of_dots_is_not_an_answer(sheet: Sheet, form: Layout) -> None:
    page = sheet({"1": "5"})
    x0, y0, x1, y1 = (round(v * 300 / 25.4) for v in form.comb("9").cell(0))
    for dot in range(5):
        page[y0 + 12 * dot + 6 : y0 + 12 * dot + 8, x0 + 20 : x0 + 22] = 60
    assert read_page(page, 300).fields["9"].mark == "blank"


def test_a_smear_under_the_writing_does_not_become_part_of_it(sheet: Sheet, form: Layout) -> None:
    page = sheet({"6": "254"}, subject="02")
    x0, y0, x1, y1 = (round(v * 300 / 25.4) for v in form.comb("6").cell(1))
    page[y0 + 4 : y1 - 4, x0 + 2 : x1 - 2] = np.minimum(page[y0 + 4 : y1 - 4, x0 + 2 : x1 - 2], 125)
    assert read_page(page, 300).text("6") == "254"


@pytest.mark.release
def test_a_struck_out_answer_is_said_to_be_struck_out(form: Layout) -> None:
    from ink_data import struck_out

    rng, wins = np.random.default_rng(3), 0
    for style_seed in range(6):
        page = blank(form, "261234567890", "02")
        x0, y0, _, _ = (round(v * 300 / 25.4) for v in form.comb("3").cell(0))
        scribble = struck_out(np.pad(font_hand("7", rng), 6), np.random.default_rng(style_seed))
        put(page, scribble, x0 + 2, y0 + 6, 25)
        wins += read_page(page, 300).fields["3"].mark == "crossed_out"
    assert wins >= 4


def test_writing_that_passes_the_borders_stays_with_its_cell(form: Layout) -> None:
    page, rng = blank(form, "261234567890", "02"), np.random.default_rng(5)
    comb = form.comb("8")
    for index, digit in enumerate("2580"):
        ink = font_hand(digit, rng)
        x0, y0, _, _ = (round(v * 300 / 25.4) for v in comb.cell(index))
        put(page, ink, x0 + (9 if index % 2 else -7), y0 + 14, 25)
    assert read_page(page, 300).text("8") == "2580"


def test_a_written_subject_that_is_not_the_expected_one_is_reported(form: Layout) -> None:
    page = blank(form, "261234567890", "02")
    write(page, form.comb("header:subject"), "01", font_hand, np.random.default_rng(1))
    assert "subject-differs" in {w.code for w in read_page(page, 300, subject="02").warnings}


def test_the_subject_comes_from_the_caller_else_from_the_header_never_from_the_square_code(
    form: Layout,
) -> None:
    page = blank(form, "261234567890", "02")
    assert read_page(page, 300).subject is None
    write(page, form.comb("header:subject"), "01", font_hand, np.random.default_rng(1))
    assert read_page(page, 300).subject == "01"
    assert read_page(page, 300, subject="03").subject == "03"


def test_a_number_in_the_header_that_is_no_subject_says_nothing(form: Layout) -> None:
    page = blank(form, "261234567890", "02")
    write(page, form.comb("header:subject"), "77", font_hand, np.random.default_rng(1))
    assert read_page(page, 300).subject is None


def test_boxes_of_fields_lie_on_the_scan_as_given(sheet: Sheet) -> None:
    page = sheet({"1": "88888888"}, Damage(quarters=2, turn=1.0))
    x0, y0, x1, y1 = (round(v) for v in field_boxes(read_page(page, 300))["1"])
    assert (page[y0:y1, x0:x1] < 100).mean() > 0.02
    assert x1 - x0 > 900 and 70 < y1 - y0 < 160


@pytest.mark.parametrize("size", [(40, 40), (300, 200), (120, 3000)])
def test_any_picture_gives_an_answer_and_no_trace(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 255, size, dtype=np.uint8)
    assert not read_page(noise).readable


@pytest.mark.release
def test_the_edge_of_a_shadow_is_no_writing(sheet: Sheet) -> None:
    page = sheet({"1": "135", "21": "ЯДРО", "25": "47"}).astype(np.float32)
    rows, columns = np.mgrid[: page.shape[0], : page.shape[1]]
    light = cv2.GaussianBlur(
        (columns + rows / 2 > page.shape[1] * 0.6).astype(np.float32), (0, 0), 15
    )
    reading = read_page(np.clip(page * (0.55 + 0.45 * light), 0, 255).astype(np.uint8), 300)
    assert {n: f.text for n, f in reading.fields.items() if f.mark != "blank" and n.isdigit()} == {
        "1": "135",
        "21": "ЯДРО",
        "25": "47",
    }
