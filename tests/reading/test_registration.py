"""A sheet is found, laid under its form and told apart, however it lay on the glass; or refused
with a reason."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from sheet_paper import Damage, blank, spoil

from examday.domain.custody.paper_codes import check_digit
from examday.domain.custody.sheet_codes import VERDICTS, sheet_number
from examday.paper.layout import Barcode, Layout
from examday.reading.fit import project
from examday.reading.identify import identify
from examday.reading.page import field_boxes, read_page
from examday.reading.row_registration import _surface
from examday.reading.streaks import without_streaks

Sheet = Callable[..., np.ndarray]
FULL_CODE = "261234567890" + check_digit("261234567890")


def ean(twelve: str) -> str:
    return twelve + check_digit(twelve)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_sheet_is_read_whichever_way_it_lies(sheet: Sheet, quarters: int) -> None:
    page = read_page(sheet({"1": "135"}, Damage(quarters=quarters)), 300)
    assert page.identity.turned == -quarters * 90 % 360
    assert page.identity.code == FULL_CODE
    assert page.text("1") == "135"


@pytest.mark.parametrize(
    "damage",
    [
        # Alone in a release, together («everything») in a push.
        pytest.param(Damage(turn=4.0), marks=pytest.mark.release),
        Damage(turn=-3.0, quarters=2),
        pytest.param(Damage(scale=0.98), marks=pytest.mark.release),
        Damage(scale=1.02, turn=1.0),
        pytest.param(Damage(keystone=0.03), marks=pytest.mark.release),
        pytest.param(Damage(light=0.5), marks=pytest.mark.release),
        pytest.param(Damage(fold=120.0), marks=pytest.mark.release),
        pytest.param(Damage(lost_mm=2.7), marks=pytest.mark.release),
        Damage(noise=9.0, blur=1.6),
        Damage(
            turn=2.0,
            scale=0.98,
            keystone=0.02,
            light=0.35,
            fold=110.0,
            noise=6.0,
            lost_mm=2.7,
            quarters=2,
        ),
    ],
    ids=[
        "skew",
        "skew-upside-down",
        "smaller",
        "larger",
        "keystone",
        "dark-side",
        "fold",
        "margin-lost",
        "noisy",
        "everything",
    ],
)
def test_a_spoilt_sheet_is_still_laid_under_its_form(sheet: Sheet, damage: Damage) -> None:
    page = read_page(sheet({"1": "24", "20": "КИСЛОРОД", "40": "135"}, damage), 300)
    assert page.identity.code == FULL_CODE
    assert page.identity.size == "A4"
    assert page.residual_mm is not None and page.residual_mm < 0.5
    assert [page.text(task) for task in ("1", "40")] == ["24", "135"]
    assert page.fields["20"].row.filled == list(range(8))


@pytest.mark.parametrize(
    "covered",
    [
        "top_left",
        pytest.param("top_right", marks=pytest.mark.release),
        "mid_right",
        pytest.param("bottom_left", marks=pytest.mark.release),
        "bottom_right",
    ],
)
@pytest.mark.release
def test_any_one_mark_may_be_covered(sheet: Sheet, covered: str) -> None:
    page = read_page(sheet({"5": "42"}, Damage(covered=covered, turn=1.0)), 300)
    assert page.text("5") == "42"
    assert [w.params["marks"] for w in page.warnings if w.code == "marks-missing"] == [covered]


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.release
def test_rows_beside_a_missing_corner_mark_keep_their_places(sheet: Sheet, seed: int) -> None:
    answers = {"1": "135", "17": "2413", "20": "КИСЛОРОД", "40": "24"}
    page = read_page(
        sheet(answers, Damage(covered="bottom_left", keystone=0.02, light=0.3), seed=seed), 300
    )
    assert [page.text(task) for task in ("1", "17", "40")] == ["135", "2413", "24"]
    assert page.fields["20"].row.filled == list(range(8))


def test_the_matrix_takes_marks_to_where_they_are(sheet: Sheet, form: Layout) -> None:
    page = sheet(damage=Damage(turn=2.0))
    found = identify(page, 300)
    assert found.matrix is not None
    for mark in form.markers:
        x, y = project(found.matrix, np.array([mark.centre]))[0]
        assert page[int(y), int(x)] < 80
        beside = project(found.matrix, np.array([(mark.x - 1.5, mark.y - 1.5)]))[0]
        assert page[int(beside[1]), int(beside[0])] > 150


def test_a_page_without_the_forms_squares_is_refused_with_a_reason() -> None:
    page = read_page(np.full((3508, 2480), 250, np.uint8), 300)
    assert not page.readable
    assert {w.code for w in page.warnings} == {"no-code", "no-marks"}
    assert not page.fields


@pytest.mark.release
def test_strips_of_marks_that_a_copier_left_help_where_two_are_whole_and_a_code_proves_the_place(
    sheet: Sheet,
) -> None:
    page = sheet({"5": "42", "18": "КОД", "40": "135"}, Damage(covered="mid_right", turn=1.0))
    page[:, : round(10.6 * 300 / 25.4)] = 250
    page[:, round(199.9 * 300 / 25.4) :] = 250
    found = read_page(page, 300)
    assert set(found.identity.marks) < {"top_left", "top_right", "bottom_left", "bottom_right"}
    assert [found.text(task) for task in ("5", "40")] == ["42", "135"]
    assert found.identity.code == FULL_CODE
    no_codes = page.copy()
    no_codes[: round(57 * 300 / 25.4), : round(72 * 300 / 25.4)] = 250
    no_codes[: round(57 * 300 / 25.4), round(190 * 300 / 25.4) :] = 250
    assert not read_page(no_codes, 300).readable, "nothing proves where the strips belong"


def test_two_marks_are_not_enough_to_guess_from(sheet: Sheet, form: Layout) -> None:
    page = sheet({"1": "5"})
    for mark in form.markers[2:]:
        x, y, side = (round(v * 300 / 25.4) for v in (mark.x, mark.y, mark.size))
        page[y - 5 : y + side + 5, x - 5 : x + side + 5] = 250
    reading = read_page(page, 300)
    assert not reading.readable
    assert reading.identity.code == FULL_CODE


def test_the_enlarged_sheet_is_told_by_its_scale_and_not_by_its_pixels(sheet: Sheet) -> None:
    enlarged = sheet({"3": "123"}, scale=2**0.5)
    assert identify(enlarged, 300).size == "A3"
    assert (
        identify(enlarged, 424).size == "A4"
    )  # the same pixels at another resolution are a standard sheet
    assert read_page(enlarged, 300).text("3") == "123"


def test_two_codes_that_agree_outvote_a_third_and_it_is_said(sheet: Sheet, form: Layout) -> None:
    page, other = sheet(), sheet(code="269999999990")
    x0, y0, x1, y1 = (round(v * 300 / 25.4) for v in form.barcodes[0].box)
    page[y0 - 9 : y1 + 9, x0 - 9 : x1 + 9] = other[y0 - 9 : y1 + 9, x0 - 9 : x1 + 9]
    found = identify(page, 300)  # one number on all three, as training sheets are printed
    assert found.code == FULL_CODE
    assert "codes-outvoted" in {w.code for w in found.warnings}


def scribble(page: np.ndarray, *barcodes: Barcode) -> None:
    for barcode in barcodes:
        x0, y0, x1, y1 = (round(v * 300 / 25.4) for v in barcode.box)
        page[y0:y1:2, x0:x1] = 30
        page[y0:y1, x0:x1:3] = 30


@pytest.mark.release
def test_the_number_of_a_square_code_counts_only_where_the_form_says_so(
    sheet: Sheet, form: Layout
) -> None:
    page = sheet()
    scribble(page, *form.barcodes)
    opaque, old = (
        identify(page, 300),
        identify(page, 300, {form.id: replace(form, qr_role="number")}),
    )
    assert (opaque.code, "no-code" in {w.code for w in opaque.warnings}) == (None, True)
    assert (old.code, "one-code" in {w.code for w in old.warnings}) == (FULL_CODE, True)


REAL = {
    "horizontal": "2610114090019",
    "vertical": "2630114090017",
    "qr": "0600B4CD9490EF40BBA0C5C5B10D4BC266565874256681160600B4CD9490EF40BBA0",
}


@pytest.mark.parametrize(
    "damage",
    [
        Damage(),
        Damage(quarters=2, turn=0.7),
        Damage(quarters=1),
        Damage(scale=0.94),
        Damage(keystone=0.02, light=0.3),
    ],
    ids=["flat", "upside down", "quarter", "94 %", "bent and dark"],
)
def test_two_bar_codes_that_differ_as_on_the_real_form_are_no_alarm(
    form: Layout, damage: Damage
) -> None:
    rng = np.random.default_rng(3)
    found = identify(spoil(blank(form, "261011409001", "02", codes=REAL), form, damage, rng), 300)
    assert found.code == REAL["horizontal"]
    assert not {w.code for w in found.warnings} & set(VERDICTS)


def test_a_partner_of_another_sheet_is_a_contradiction(form: Layout) -> None:
    found = identify(
        blank(form, "261011409001", "02", codes={**REAL, "vertical": ean("263011409002")}), 300
    )
    assert found.code is None
    assert "codes-differ" in {w.code for w in found.warnings}


def test_a_number_is_never_made_up_from_its_partner(form: Layout) -> None:
    page = blank(form, "261011409001", "02", codes=REAL)
    scribble(page, form.barcodes[0])
    found = identify(page, 300)
    assert found.code is None
    assert "partner-only" in {w.code for w in found.warnings}


def test_digits_in_a_square_code_that_mean_nothing_do_not_alarm(form: Layout) -> None:
    square = f"FF;{ean('269999999990')};AA"
    found = identify(blank(form, "261011409001", "02", codes={**REAL, "qr": square}), 300)
    assert (found.code, found.warnings) == (REAL["horizontal"], ())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("BO1;261234567890;01", FULL_CODE),
        (FULL_CODE, FULL_CODE),
        (FULL_CODE[:12] + str((int(FULL_CODE[12]) + 1) % 10), None),
        ("12345678901234", None),
        ("", None),
    ],
)
def test_a_sheet_number_has_a_right_check_digit(text: str, number: str | None) -> None:
    assert sheet_number(text) == number


def test_a_page_of_one_bit_says_how_far_its_squares_are_off_and_nothing_by_chance(
    sheet: Sheet,
) -> None:
    page = sheet({"1": "135"})
    dots_gone = np.where(page < 120, 0, 255).astype(np.uint8)
    reading = read_page(dots_gone, 300)
    assert reading.because == identify(dots_gone, 300).because == ()
    assert "cells-unseen" in [w.code for w in reading.warnings]
    assert reading.residual_mm is not None and reading.residual_mm < 0.3


@pytest.mark.parametrize("quarters", [0, 1])
def test_a_dirty_scanners_streak_is_no_answer_in_every_row(sheet: Sheet, quarters: int) -> None:
    page = np.ascontiguousarray(
        np.rot90(sheet({"1": "135", "21": "ЯДРО"}, Damage(turn=0.4)), quarters)
    )
    for at in (0.3, 0.62):
        start = int(at * page.shape[1 - quarters])
        page[
            (slice(None), slice(start, start + 4))
            if not quarters
            else (slice(start, start + 4), slice(None))
        ] = 45
    reading = read_page(page, 300)
    assert "streaks" in [w.code for w in reading.warnings]
    assert {n: f.text for n, f in reading.fields.items() if f.text and n.isdigit()} == {
        "1": "135",
        "21": "ЯДРО",
    }
    assert not [
        n for n, f in reading.fields.items() if n.startswith("replacement") and f.mark != "blank"
    ]


def test_a_clean_page_is_left_alone_with_all_its_rules(sheet: Sheet) -> None:
    page = sheet({"1": "135"}, scale=2**0.5)
    assert without_streaks(page)[0] is page
    cropped = page[:, 80:-80]
    assert without_streaks(cropped)[1] == 0, "printed rules end before the paper does"


@pytest.mark.parametrize(("size", "scale"), [("A4", 1.0), ("A3", 2**0.5)])
def test_a_print_that_a_copier_made_smaller_keeps_its_size(
    form: Layout, size: str, scale: float
) -> None:
    page = blank(form, "261234567890", "02", scale)
    high, wide = page.shape
    small = cv2.resize(page, None, fx=0.94, fy=0.94, interpolation=cv2.INTER_AREA)
    glass = np.full((high, wide), 245, np.uint8)
    glass[: small.shape[0], : small.shape[1]] = small
    seen = identify(glass, 300)
    assert (seen.size, seen.code) == (size, FULL_CODE)


def test_rows_that_cannot_be_seen_are_never_laid_on_their_neighbours() -> None:
    places = np.linspace(0, 1, 40)
    design = np.c_[np.ones(40), places, places**2]
    # px; known for the upper third only, so that the rest is foretold
    shifts = 2.0 - 9.0 * places**2
    known = places < 0.35
    laid = _surface(design, np.where(known, shifts, np.nan), known)
    assert np.abs(laid[known] - shifts[known]).max() < 0.01
    assert np.abs(laid).max() < 5.5


@pytest.mark.parametrize("lean", [0.0, -0.012])
def test_the_crease_of_a_folded_sheet_is_no_dash_in_the_rows_it_crosses(
    sheet: Sheet, lean: float
) -> None:
    page = creased(sheet({"7": "135", "28": "2413"}), lean, 70)
    reading = read_page(page, 300)
    assert "streaks" in [w.code for w in reading.warnings]
    assert reading.because == ()
    assert {n: f.text for n, f in reading.fields.items() if f.text and n.isdigit()} == {
        "7": "135",
        "28": "2413",
    }


def test_what_is_written_under_a_crease_stays(sheet: Sheet) -> None:
    plain = sheet({"7": "135", "28": "2413"})
    page = creased(plain, -0.012, 70)
    cleared, count = without_streaks(page)
    assert count == 1
    ink = plain < 90
    assert (cleared[ink] < 130).mean() > 0.999


def creased(page: np.ndarray, lean: float, depth: int) -> np.ndarray:
    """The page with a dark line from edge to edge, right through the row of task 7."""
    high, wide = page.shape
    _, top, _, bottom = field_boxes(read_page(page, 300))["7"]
    at = (top + bottom) / 2
    line = np.zeros(page.shape, np.float32)
    cv2.line(line, (0, round(at)), (wide - 1, round(at + lean * wide)), (1.0,), 2)
    shade = cv2.GaussianBlur(line, (0, 0), 1.2) * depth
    return np.clip(page - shade, 0, 255).astype(np.uint8)
