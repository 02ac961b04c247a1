"""A form lies right only where print that did not make the fit says so; else no frame is shown."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image
from sheet_feeder import KINDS, SLIP, faxed, fed, feed
from sheet_paper import Damage, blank, box, spoil
from sheet_photo import PX, photo, worst_mm

from examday.paper.layout import Layout, layouts
from examday.reading.decoding import plain
from examday.reading.evidence import (
    CELLS,
    CODE,
    END,
    FRAME,
    MARK,
    NUMBER,
    RULE,
    SPARE,
    Trace,
    places_of,
)
from examday.reading.fit import Bend, Fit, project
from examday.reading.identify import identify
from examday.reading.one_piece import in_one_piece
from examday.reading.page import read_page
from examday.reading.page_json import as_json
from examday.reading.placement import placement_of
from examday.reading.proof import _left_by, judge
from examday.reading.spare_marks import spare_marks, without_chance
from examday.services.training.demo_files import scan

Sheet = Callable[..., np.ndarray]
FOR_LONG_ANSWERS = (
    "answer-form-2-sheet-1.2022",
    "answer-form-2-sheet-2.2022",
    "extra-answer-form.2022",
)


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"tilt": 4.0}, marks=pytest.mark.release),
        {"tilt": 15.0, "turn": 6.0},
        {"tilt": -8.0, "side": 12.0, "turn": 90.0},
        {"tilt": 5.0, "bend_mm": 8.0},
        {"tilt": 4.0, "side": -3.0, "turn": 41.0},
        pytest.param({"tilt": -6.0, "turn": -28.0}, marks=pytest.mark.release),
    ],
    ids=[
        "mild",
        "15 degrees",
        "askew, lying",
        "bent",
        "turned by 41 degrees",
        "by 28 the other way",
    ],
)
def test_a_photo_is_laid_within_four_tenths_of_a_millimetre(
    sheet: Sheet, form: Layout, how: dict[str, float]
) -> None:
    page, truth = photo(sheet({"1": "135", "20": "КОД", "40": "24"}), **how)
    off = worst_mm(page, form, truth)
    assert off is not None and off < 0.4


@pytest.mark.release
def test_a_photo_with_a_mark_covered_is_as_good(sheet: Sheet, form: Layout) -> None:
    page, truth = photo(sheet({"1": "135"}, Damage(covered="bottom_left", noise=1.0)), 9.0, 3.0)
    off = worst_mm(page, form, truth)
    assert off is not None and off < 0.4


@pytest.mark.release
def test_what_is_left_of_a_covered_square_bends_no_sheet(sheet: Sheet, form: Layout) -> None:
    covered = Damage(covered="bottom_right", noise=1.0)
    answers = {str(task): "135" for task in range(1, 20)}
    page, truth = photo(sheet(answers, covered), -12.73, 0.29, 4.13, -4.97)
    off = worst_mm(page, form, truth)
    assert off is None or off < 0.4


@pytest.mark.parametrize(
    ("covered", "how"),
    [
        ("bottom_left", {"tilt": -10.5, "turn": 0.6, "bend_mm": 10.2, "side": 9.1}),
        pytest.param(
            "bottom_right",
            {"tilt": 3.7, "turn": -2.7, "bend_mm": 11.5, "side": 11.4},
            marks=pytest.mark.release,
        ),
    ],
)
@pytest.mark.release
def test_bent_paper_is_not_carried_on_into_a_corner_whose_mark_is_covered(
    sheet: Sheet, form: Layout, covered: str, how: dict[str, float]
) -> None:
    # The rows of that corner lay 2 to 6 mm off, and the zone's median did not tell.
    answers = {str(task): "135" for task in range(1, 20)}
    page, truth = photo(sheet(answers, Damage(covered=covered, noise=1.0)), **how)
    off = worst_mm(page, form, truth)
    assert off is None or off < 0.4


@pytest.mark.parametrize(
    "how",
    [
        {"tilt": 3.6, "side": 3.2, "wave_mm": -2.5},
        pytest.param(
            {"tilt": 3.3, "side": -1.8, "turn": 4.9, "wave_mm": -2.55}, marks=pytest.mark.release
        ),
        pytest.param({"tilt": 6.0, "side": 6.0, "wave_mm": 2.0}, marks=pytest.mark.release),
    ],
)
@pytest.mark.release
def test_no_frame_of_paper_that_lies_in_a_wave_lies_elsewhere(
    sheet: Sheet, form: Layout, how: dict[str, float]
) -> None:
    page, truth = photo(sheet({"1": "135", "20": "КОД", "40": "24"}), **how)
    off = worst_mm(page, form, truth)
    assert off is None or off < 0.4


def test_a_spot_of_a_sheet_that_lies_elsewhere_contradicts(form: Layout) -> None:
    places = places_of(form)
    print_seen = [Trace(CELLS, at, axis, 0.05) for at in places for axis in (0, 1)]
    anchors = [Trace(RULE, (100.0, y), 1, 0.0) for y in (60.0, 260.0)]
    assert judge([*print_seen, *anchors], [*print_seen, *anchors], form, still=False)
    corner = [
        replace(one, off=0.9) if one.at[0] > 150 and one.at[1] > 240 else one for one in print_seen
    ]
    assert not judge([*corner, *anchors], [*corner, *anchors], form, still=False)
    unseen = [one for one in print_seen if not (one.at[0] > 150 and one.at[1] > 190)]
    assert not judge([*unseen, *anchors], [*unseen, *anchors], form, still=False)
    # Writing hides the borders of its rows; print is seen on both sides of it.
    written = [one for one in print_seen if not (50 < one.at[0] < 100 and 100 < one.at[1] < 240)]
    assert judge([*written, *anchors], [*written, *anchors], form, still=False)


def test_borders_that_seem_off_to_both_sides_at_one_spot_contradict_nothing(form: Layout) -> None:
    places = places_of(form)
    print_seen = [Trace(CELLS, at, axis, 0.05) for at in places for axis in (0, 1)]
    anchors = [Trace(RULE, (100.0, y), 1, 0.0) for y in (60.0, 260.0)]

    def with_spot(*offs: float) -> bool:
        rest = [t for t in print_seen if not (100 < t.at[0] < 157 and t.at[1] > 248)]
        spot = [Trace(CELLS, (120.0, 251.0 + i), 0, off) for i, off in enumerate(offs)]
        return judge([*rest, *spot, *anchors], [*rest, *spot, *anchors], form, still=True)

    # Paper moves a spot as one piece: what a fax has left of the dots is no piece of it.
    assert with_spot(0.97, -1.05, 0.96)
    assert not with_spot(0.97, 1.05, 0.96)
    assert not with_spot(0.5, 0.5, 0.1)


def test_a_sheet_that_a_feeder_pulled_is_believed_only_where_print_is_near(form: Layout) -> None:
    places = places_of(form)
    cells = [Trace(CELLS, at, axis, 0.05) for at in places for axis in (0, 1)]
    ends = [
        *(Trace(RULE, (100.0, y), 1, 0.0) for y in (60.0, 270.0)),
        *(Trace(SPARE, mark.centre, axis, 0.0) for mark in form.markers for axis in (0, 1)),
        *(
            Trace(FRAME, (x, y), axis, 0.0)
            for x in (118.0, 160.0)
            for y in (27.0, 284.0)
            for axis in (0, 1)
        ),
    ]

    def holds(seen: list[Trace]) -> bool:
        return judge([*seen, *ends], [*seen, *ends], form, still=True)

    assert holds(cells)
    # A stretch of three rows that was skipped and caught up again lies off, its two ends do not.
    assert not holds([replace(t, off=0.5) if 120 < t.at[1] < 140 else t for t in cells])
    # A column likewise, where the sheet went in sideways.
    assert not holds([replace(t, off=0.5) if 120 < t.at[0] < 140 else t for t in cells])
    # What begins to lie askew in the middle is off at the edges alone, to either side.
    assert not holds(
        [replace(t, off=(t.at[0] - 105) / 200) if 150 < t.at[1] < 165 else t for t in cells]
    )
    # Writing pulls single pieces of rows: what stands around each of them contradicts it.
    rows = (95, 105), (180, 190), (245, 300)
    few = [t for t in cells if t.at[0] > 40 or any(a < t.at[1] < b for a, b in rows)]
    pulled = [replace(t, off=1.1) if t.at[0] < 40 and t.at[1] < 105 else t for t in few]
    assert sum(t.off == 1.1 for t in pulled) == 2
    assert holds(pulled)
    # The foot of a word is taken for one piece of a window; a window that lies elsewhere shows it with two.
    foot = Trace(FRAME, (147.0, 21.0), 1, -1.5)
    assert holds([*cells, foot])
    assert not holds([*cells, foot, replace(foot, at=(119.0, 21.0), off=-1.4)])
    # What moves the ends of the rows alone, or the square beside them, is seen by nothing else.
    assert holds([*cells, Trace(END, (200.0, 92.0), 0, 0.2)])
    assert not holds([*cells, Trace(END, (200.0, 92.0), 0, 0.5)])
    assert not holds([*cells, Trace(MARK, (199.6, 242.4), 0, 0.5)])
    # Of a middle that shows no print, the ends say nothing; the rules beside its rows are enough.
    upper_and_lower = [t for t in cells if not 100 < t.at[1] < 190]
    assert not holds(upper_and_lower)
    rules = [((x0 + x1) / 2, (y0 + y1) / 2) for x0, y0, x1, y1 in form.number_rules]
    assert holds(
        [*upper_and_lower, *(Trace(NUMBER, at, axis, 0.1) for at in rules for axis in (0, 1))]
    )


@pytest.mark.release
@pytest.mark.parametrize("kind", KINDS)
def test_no_frame_of_a_sheet_that_a_feeder_pulled_lies_elsewhere(
    sheet: Sheet, form: Layout, kind: str
) -> None:
    page, rng = sheet({"1": "135", "22": "8"}), np.random.default_rng(KINDS.index(kind))
    assert not identify(faxed(page), 300).because
    for _ in range(2):
        picture, truth = fed(page, feed(kind, len(page), rng))
        for seen in (picture, faxed(picture)):
            off = worst_mm(seen, form, truth)
            assert off is None or off < 0.4


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("answer-form-2-sheet-2.2022", SLIP),
        *(
            pytest.param(name, kind, marks=pytest.mark.release)
            for name in FOR_LONG_ANSWERS
            for kind in KINDS
        ),
    ],
)
@pytest.mark.release
def test_a_pulled_sheet_for_long_answers_shows_no_frame_that_lies_elsewhere(
    name: str, kind: str
) -> None:
    long, rng = layouts()[name], np.random.default_rng(KINDS.index(kind))
    page = spoil(blank(long, "260000000017", "01"), long, Damage(noise=1.0), rng)
    assert not identify(page, 300).because
    for _ in range(2):
        picture, truth = fed(page, feed(kind, len(page), rng))
        for seen in (picture, faxed(picture)):
            off = worst_mm(seen, long, truth)
            assert off is None or off < 0.4


def test_squares_and_frame_say_together_that_a_sheet_went_through_in_one_piece() -> None:
    long = layouts()["answer-form-2-sheet-2.2022"]
    x0, y0, x1, y1 = next(area.box for area in long.areas)
    # Askew, sheared and a little tall, as any scanner gives a sheet: that much a fit may have missed.
    fit = Fit(long, np.array([[12.0, 0.3, 5.0], [-0.3, 12.1, 9.0], [0, 0, 1.0]]), (), 0.0, 12.0)
    sides = [(x, y, axis) for x, axis in ((x0, 0), (x1, 0)) for y in np.linspace(y0, y1, 9)]
    sides += [(x, y, axis) for y, axis in ((y0, 1), (y1, 1)) for x in np.linspace(x0, x1, 9)]
    squares = [(*mark.centre, axis) for mark in long.markers for axis in (0, 1)]

    def holds(off: Callable[[float, float, int], float]) -> bool:
        seen = [Trace(FRAME, (x, y), axis, off(x, y, axis)) for x, y, axis in sides]
        seen += [Trace(MARK, (x, y), axis, off(x, y, axis)) for x, y, axis in squares]
        return in_one_piece(fit, seen)

    assert holds(lambda x, y, axis: 0.002 * y - 0.001 * x + 0.1)
    # From the fields of the head on downwards it was skipped, or drawn out, or began to go askew.
    assert not holds(lambda x, y, axis: 0.4 * (y > 47 and axis == 1))
    assert not holds(lambda x, y, axis: 0.01 * max(0.0, y - 150) * (axis == 1))
    assert not holds(lambda x, y, axis: 0.00005 * max(0.0, y - 150) ** 2 * (axis == 0))
    # The foot of a written word pulls a piece of the frame, which says nothing.
    assert holds(lambda x, y, axis: 0.9 * (y == y1 and x == x0))


def test_the_grey_ground_of_a_header_tells_that_a_stretch_with_it_alone_was_pulled(
    form: Layout,
) -> None:
    page = blank(form, "260000000017", "01")
    assert not identify(page, 300).because
    first = next(comb for comb in form.combs if comb.role == "header")
    x0, y0, x1, y1 = (round(mm * PX) for mm in first.box)
    stretch = page[y0 - 14 : y1 + 14, x0 - 14 : x1 + 14]
    stretch[:] = np.roll(stretch, round(0.5 * PX), axis=1)
    assert identify(page, 300).because == ("fit-unproven",)
    # Its picture in black and white alone has lost the ground, which then speaks neither way.
    assert not identify(faxed(page), 300).because


@pytest.mark.parametrize("slant", [0.0, 6e-5], ids=["flat", "slanted"])
def test_on_a_fax_without_dots_a_square_speaks_for_its_corner(form: Layout, slant: float) -> None:
    matrix = np.array([[12.0, 0.3, 5.0], [-0.3, 12.0, 9.0], [0.0, slant, 1.0]])
    fit = Fit(form, matrix, (), 0.0, 12.0)
    squares = [Trace(MARK, mark.centre, axis, 0.0) for mark in form.markers for axis in (0, 1)]
    rules = [Trace(RULE, (x, 270.0), 1, 0.1) for x in (20.0, 60.0, 120.0, 180.0)]
    codes = [Trace(CODE, (45.0, 50.0), axis, 0.0) for axis in (0, 1, 0)]
    numbers = [
        Trace(NUMBER, ((x0 + x1) / 2, (y0 + y1) / 2), axis, 0.1)
        for x0, y0, x1, y1 in form.number_rules
        for axis in (0, 1)
    ]
    print_seen = [*rules, *codes, *numbers]
    # In the upper right corner nothing is left but two squares.
    assert not judge(print_seen, [*print_seen, *squares], form, still=True)
    spare = spare_marks(fit, squares)
    assert len(spare) == 10 if not slant else len(spare) >= 4
    assert judge([*print_seen, *spare], print_seen, form, still=True)
    # Without other print below, or with a square elsewhere or unseen, they speak for nothing.
    assert not judge([*codes, *numbers, *spare], [*codes, *numbers], form, still=True)
    assert not judge([*rules, *codes, *spare], [*rules, *codes], form, still=True)
    assert not spare_marks(fit, squares[2:])
    moved = [replace(one, off=2.0) if one.at == squares[2].at else one for one in squares]
    upper = [one for one in spare_marks(fit, moved) if one.at[0] > 150 and one.at[1] < 60]
    assert not upper


def test_of_a_fax_the_borders_off_by_chance_are_left_out_while_most_are_right() -> None:
    right = [Trace(CELLS, (20.0, y), 1, 0.05) for y in (80.0, 90.0, 100.0)]
    chance = [Trace(CELLS, (30.0, y), 0, off) for y, off in ((80.0, 0.97), (90.0, 1.05))]
    fax = np.repeat(np.uint8([[0, 255]]), 70, axis=0).repeat(35, axis=1)
    assert without_chance(fax, [*right, *chance]) == right
    assert without_chance(fax, [*right[1:], *chance, *chance]) == [*right[1:], *chance, *chance]
    grey = np.arange(70 * 70, dtype=np.uint16).reshape(70, 70).astype(np.uint8)
    assert without_chance(grey, [*right, *chance]) == [*right, *chance]


def test_a_page_on_which_no_print_is_left_to_measure_stops_nothing() -> None:
    assert _left_by(Bend(np.zeros((2, 10))), []) == 0.0


def test_between_two_squares_writing_may_hide_the_rows(form: Layout) -> None:
    """Answers begin on the left: a full column hides the borders of its cells down the whole edge."""
    squares = [Trace(MARK, mark.centre, axis, 0.0) for mark in form.markers for axis in (0, 1)]
    rules = [Trace(RULE, (100.0, y), 1, 0.0) for y in (60.0, 280.0)]
    hidden = [at for at in places_of(form) if at[0] < 52 and 50 < at[1] < 149]
    cells = [
        Trace(CELLS, at, axis, 0.0) for at in places_of(form) for axis in (0, 1) if at not in hidden
    ]
    proof = [*rules, *cells]
    assert len(hidden) > 6
    assert judge(proof, [*proof, *squares], form, still=False)
    covered = [one for one in squares if one.at[0] > 60 or one.at[1] > 60]
    assert not judge(proof, [*proof, *covered], form, still=False)


def test_a_sheet_whose_top_was_cut_off_is_a_part(sheet: Sheet) -> None:
    page = sheet({"1": "135"})
    assert "part-of-sheet" in identify(np.ascontiguousarray(page[round(25.4 * PX) :]), 300).because
    assert not identify(np.ascontiguousarray(page[round(5 * PX) :]), 300).because


def test_a_fit_that_only_its_squares_speak_for_shows_no_frame(sheet: Sheet, form: Layout) -> None:
    page = np.full_like(sheet(), 250)
    for mark in form.markers:
        box(page, (mark.x, mark.y, mark.x + mark.size, mark.y + mark.size), PX, 20)
    full = sheet({"1": "135"})
    # codes and header and nothing below them, which is too little
    page[: round(57 * PX)] = full[: round(57 * PX)]
    told = as_json(read_page(page, 300))
    assert (told["attach"], told["frames"]) == (False, {})
    assert "fit-unproven" in told["because"]


def test_a_good_scan_attaches_with_a_frame_for_every_field(sheet: Sheet, form: Layout) -> None:
    told = as_json(read_page(sheet({"1": "135"}, Damage(turn=1.0)), 300))
    assert (told["attach"], told["because"]) == (True, [])
    assert set(told["frames"]) >= {comb.field for comb in form.combs}
    assert all(len(corners) == 4 for corners in told["frames"].values())


def test_a_frame_of_a_single_pixel_is_seen_on_an_enlarged_sheet() -> None:
    page = blank(layouts()[FOR_LONG_ANSWERS[1]], "260000000017", "01", scale=2**0.5)
    assert not identify(page, 300).because


def test_a_part_of_a_sheet_is_a_part(sheet: Sheet) -> None:
    whole = sheet({"1": "135"}, scale=2**0.5)
    upper = identify(whole[: round(0.55 * len(whole))], 300)
    assert "part-of-sheet" in upper.because
    assert not upper.proven
    assert plain(upper)["layout"] is None, "the station attaches no part by itself"


def test_two_sheets_on_one_glass_are_both_named(sheet: Sheet) -> None:
    both = np.hstack([sheet(code="261234567890"), sheet(code="269999999990")])
    found = identify(both, 300)
    (note,) = [w for w in found.warnings if w.code == "two-sheets"]
    assert "261234567890" in str(note.params["codes"])
    assert "269999999990" in str(note.params["codes"])


@pytest.mark.release
def test_mirror_and_negative_are_named(sheet: Sheet) -> None:
    page = sheet({"1": "135"})
    upside_down = np.ascontiguousarray(page[::-1])  # turned by half and mirrored: both must be told
    assert "mirror" in identify(upside_down, 300).because
    assert "negative" in identify(255 - page, 300).because


@pytest.mark.release
def test_blur_darkness_and_lost_contrast_are_said(sheet: Sheet) -> None:
    page = sheet({"1": "135"})
    soft = cv2.GaussianBlur(page, (0, 0), 5.0)
    assert "blurred" in identify(soft, 300).because
    assert "low-contrast" in identify((page * 0.15 + 200).astype(np.uint8), 300).because
    assert not identify((page * 0.5).astype(np.uint8), 300).because
    # 0.19: nearly as much from print to paper as a sheet may have, and no light all the same.
    for light in (0.15, 0.19):
        assert "too-dark" in identify((page * light).astype(np.uint8), 300).because


def test_a_few_lines_of_black_type_are_no_washed_out_page() -> None:
    page = np.asarray(Image.open(scan("У-12", "print-out-1")).convert("L"))
    assert "low-contrast" not in identify(page, 150).because
    assert "low-contrast" in identify((page * 0.15 + 200).astype(np.uint8), 150).because


@pytest.mark.release
def test_rows_that_are_blurred_or_washed_out_are_named_though_the_squares_are_sharp(
    sheet: Sheet,
) -> None:
    page = sheet({str(task): "135" for task in range(1, 20)})
    third = page.shape[0] // 3
    soft = page.copy()
    soft[third : 2 * third] = cv2.GaussianBlur(page, (0, 0), 4.0)[third : 2 * third]
    down, across = np.mgrid[: page.shape[0], : page.shape[1]]
    off = (down - 0.6 * page.shape[0]) ** 2 + (across - 0.5 * page.shape[1]) ** 2
    shine = np.clip(page + 255 * np.exp(-off / (2 * 350**2)), 0, 255).astype(np.uint8)
    for picture in (soft, shine):
        [note] = [note for note in identify(picture, 300).warnings if note.code == "rows-unseen"]
        assert "9" in str(note.params["where"]).split(", ")
        assert "20" not in str(note.params["where"]).split(", ")
    black = ((page > 170) * 255).astype(np.uint8)  # a fax has lost its fine dots: nothing is said
    assert "rows-unseen" not in identify(black, 300).because


@pytest.mark.parametrize(
    ("covers", "named"),
    [
        ({(0, 156, 210, 165): 248, (165, 253, 210, 297): 252}, "11, 31, replacements"),
        pytest.param({(60, 121, 86, 139): 245}, "7, 8", marks=pytest.mark.release),
        pytest.param({(0, 156, 210, 173): 20}, "11, 12, 31, 32", marks=pytest.mark.release),
        pytest.param({(16, 105, 24, 111): 20}, "", marks=pytest.mark.release),
        ({(60, 155.5, 90, 164): 160}, "11"),
        ({(0, 252, 17, 297): 250}, "replacements"),
    ],
    ids=[
        "a strip and a folded corner",
        "a scrap on two rows",
        "a black band",
        "a blot",
        "a grey strip as high as a row",
        "a corner folded over the numbers of two corrections",
    ],
)
def test_rows_that_something_lies_on_are_named_however_few_they_are(
    sheet: Sheet, covers: dict[tuple[float, ...], int], named: str
) -> None:
    page = sheet({str(task): "135" for task in range(1, 20)})
    for place, grey in covers.items():
        x0, y0, x1, y1 = (round(value * PX) for value in place)
        page[y0:y1, x0:x1] = grey
    notes = [note for note in identify(page, 300).warnings if note.code == "rows-unseen"]
    assert ", ".join(str(note.params["where"]) for note in notes) == named


@pytest.mark.parametrize(
    "share",
    [
        0.45,
        pytest.param(0.4, marks=pytest.mark.release),
        pytest.param(0.5, marks=pytest.mark.release),
    ],
)
@pytest.mark.release
def test_the_lower_half_of_a_sheet_is_a_part_and_no_other_form(sheet: Sheet, share: float) -> None:
    page = sheet({str(task): "135" for task in range(1, 20)}, scale=2**0.5, seed=4)
    lower = np.ascontiguousarray(page[int(share * page.shape[0]) :])
    assert "part-of-sheet" in identify(lower, 300).because


def test_a_fit_stored_before_there_was_proof_counts_by_its_spare_marks(form: Layout) -> None:
    old = {"layout": form.id, "matrix": np.eye(3).tolist()}
    assert placement_of({**old, "residual_mm": 0.0}, layouts()) is None
    assert placement_of({**old, "residual_mm": 0.1}, layouts()) is not None
    assert placement_of({**old, "residual_mm": 0.1, "proven": False}, layouts()) is None


def test_the_matrix_of_an_identity_takes_places_without_a_bend(sheet: Sheet, form: Layout) -> None:
    found = identify(sheet({"1": "135"}), 300)
    assert found.bend is None and found.matrix is not None
    placed = placement_of(plain(found), layouts())
    assert placed is not None
    mark = np.array([form.markers[0].centre])
    assert np.allclose(placed.points(mark), project(found.matrix, mark))
