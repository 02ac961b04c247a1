"""An A3 sheet scanned in two halves: joined where the seam proves it, refused with a reason else."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from sheet_paper import Damage

from examday.paper.layout import layouts
from examday.reading.doubts import why_unlaid
from examday.reading.halves import Half, Joined, Unjoined, join_halves
from examday.reading.identify import identify
from examday.reading.page import read_page
from examday.reading.part import lay_part

Sheet = Callable[..., np.ndarray]
A3 = 2**0.5
PX = 300 / 25.4
ANSWERS = {str(task): text for task, text in enumerate(["135", "КОД", "24", "9041", "7,5"] * 5, 1)}
OTHERS = {str(task): text for task, text in enumerate(["82", "ЛЕС", "6107", "3", "-4,1"] * 5, 1)}


def turned(page: np.ndarray, degrees: float) -> np.ndarray:
    """A half laid askew on the glass."""
    high, wide = page.shape
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(page, matrix, (wide, high), borderValue=(250,)))


def halves_of(
    upper: np.ndarray, lower: np.ndarray, overlap_mm: float, cut: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    """The upper part of one sheet and the lower part of another, cut so that they overlap."""
    middle, more = cut * len(upper), overlap_mm / 2 * PX
    return upper[: round(middle + more)], lower[round(middle - more) :]


def told(first: Half, second: Half, chosen: bool = False) -> str:
    """ "joined", or the code of the refusal."""
    result = join_halves(first, second, chosen=chosen)
    return "joined" if isinstance(result, Joined) else result.reason.code


@pytest.fixture(scope="module")
def whole(sheet: Sheet) -> np.ndarray:
    return sheet(ANSWERS, scale=A3)


@pytest.mark.parametrize(
    ("overlap", "cut", "askew", "finer", "way"),
    [
        pytest.param(15.0, 0.5, (0.0, 0.0), 1.0, 0, marks=pytest.mark.release),
        pytest.param(22.0, 0.45, (0.8, -0.7), 1.0, 2, marks=pytest.mark.release),
        pytest.param(50.0, 0.6, (-1.5, 1.0), 2 / 3, 1, marks=pytest.mark.release),
        (12.0, 0.5, (0.2, -0.2), 2 / 3, 1),
    ],
    ids=[
        "wider than an A4 glass",
        "askew, upside down",
        "lower half at 200 dpi, lying",
        "as narrow a strip as an A4 glass leaves",
    ],
)
def test_halves_become_the_sheet_that_they_were(
    whole: np.ndarray,
    overlap: float,
    cut: float,
    askew: tuple[float, float],
    finer: float,
    way: int,
) -> None:
    upper, lower = halves_of(whole, whole, overlap, cut)
    upper, lower = turned(upper, askew[0]), turned(lower, askew[1])
    lower = cv2.resize(lower, None, fx=finer, fy=finer, interpolation=cv2.INTER_AREA)
    lower = np.ascontiguousarray(np.rot90(lower, way))
    joined = join_halves(Half(lower, 300 * finer), Half(upper, 300))
    assert isinstance(joined, Joined)
    assert joined.seam.one_sheet and joined.seam.off_mm <= 0.3 and joined.upside == 1
    found = identify(joined.image, joined.dpi)
    assert (found.because, found.size, found.code) == ((), "A3", "2612345678905")
    page = read_page(joined.image, joined.dpi, subject="01")
    assert all(bool(page.text(task)) for task in ANSWERS)


@pytest.mark.release
def test_a_lower_half_held_a_little_askew_lies_right_by_its_rules(whole: np.ndarray) -> None:
    _, lower = halves_of(whole, whole, 22.0, 0.5)
    high, wide = lower.shape
    corners = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    seen = corners + np.array([(0, 0), (0, 0), (-wide, 0), (wide, 0)], np.float32) * 0.015
    matrix = cv2.getPerspectiveTransform(corners, seen)
    slanted = cv2.warpPerspective(lower, matrix, (wide, high), borderValue=240)
    flat, part = lay_part(lower, layouts()), lay_part(slanted, layouts())
    assert flat is not None and part is not None
    places = np.array([(20.0, 170.0), (190.0, 170.0), (20.0, 265.0), (190.0, 265.0)])
    there = cv2.perspectiveTransform(flat.fit.project(places)[None], matrix)[0]
    off = np.hypot(*(part.fit.project(places) - there).T) / flat.fit.px_per_mm
    assert part.missing == "above" and off.max() < 0.4


def test_halves_of_two_sheets_are_refused(sheet: Sheet, whole: np.ndarray) -> None:
    upper, lower = halves_of(whole, sheet(OTHERS, scale=A3, code="269999999990"), 15.0)
    assert told(Half(upper, 300), Half(lower, 300)) == "halves-differ"
    assert told(Half(upper, 300), Half(lower, 300), chosen=True) == "halves-differ"


def test_the_same_answers_of_another_hand_are_no_writing_in_common(
    sheet: Sheet, whole: np.ndarray
) -> None:
    upper, lower = halves_of(whole, sheet(ANSWERS, scale=A3, seed=7, code="269999999990"), 6.0)
    assert told(Half(upper, 300), Half(lower, 300)) in ("halves-unwritten", "halves-differ")


def test_half_of_a_sheet_seen_from_a_slant_is_called_a_part(whole: np.ndarray) -> None:
    high, wide = whole.shape
    seen = np.array([(0, 0.015 * high), (wide, 0), (wide, high), (0, 0.985 * high)], np.float32)
    straight = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    slanted = cv2.warpPerspective(
        whole, cv2.getPerspectiveTransform(straight, seen), (wide, high), borderValue=200
    )
    found = identify(np.ascontiguousarray(slanted[:, : wide * 55 // 100]))
    assert "part-of-sheet" in found.because
    assert [w.params["where"] for w in found.warnings if w.code == "part-of-sheet"] == [
        "to the right"
    ]


@pytest.mark.release
def test_print_alone_does_not_say_that_two_halves_are_of_one_sheet(sheet: Sheet) -> None:
    empty = sheet({"1": "135", "20": "КОД"}, scale=A3)
    upper, lower = halves_of(empty, empty, 15.0)
    assert told(Half(upper, 300), Half(lower, 300)) == "halves-unwritten"
    assert told(Half(upper, 300), Half(lower, 300), chosen=True) == "joined"


def test_halves_that_meet_are_joined_when_a_person_says_so(
    whole: np.ndarray,
) -> None:
    upper, lower = (Half(half, 300) for half in halves_of(whole, whole, 0.0))
    assert told(upper, lower) == "halves-unwritten"
    assert told(upper, lower, chosen=True) == "joined"


@pytest.mark.parametrize(
    ("strip", "cut", "askew"),
    [
        (0.8, 0.5, 0.3),
        *(
            pytest.param(strip, cut, askew, marks=pytest.mark.release)
            for strip, cut, askew in [(0.7, 0.43, 0.0), (1.4, 0.47, 0.0), (2.2, 0.56, 0.8)]
        ),
    ],
)
def test_a_strip_between_the_halves_as_wide_as_a_stroke_is_missed_wherever_it_lies(
    whole: np.ndarray, strip: float, cut: float, askew: float
) -> None:
    page = turned(whole, askew)
    upper, lower = (Half(half, 300) for half in halves_of(page, page, -strip, cut))
    refused = join_halves(upper, lower, chosen=True)
    assert isinstance(refused, Unjoined) and refused.reason.code == "halves-gap"
    # as a person would measure it on the enlarged sheet: half a millimetre goes to laying both
    assert abs(float(str(refused.reason.params["mm"])) - strip) <= 0.5


def test_a_half_that_lay_too_far_to_the_side_of_the_glass_is_named(whole: np.ndarray) -> None:
    upper, lower = halves_of(whole, whole, 12.0)
    cut = np.ascontiguousarray(upper[:, round(20 * PX) :])
    refused = join_halves(Half(lower, 300), Half(cut, 300), chosen=True)
    assert isinstance(refused, Unjoined)
    assert (refused.reason.code, refused.reason.params) == ("halves-cut", {"which": 2})


@pytest.mark.release
def test_pictures_that_are_no_two_halves_are_refused_by_name(
    sheet: Sheet, whole: np.ndarray
) -> None:
    upper, lower = (Half(half, 300) for half in halves_of(whole, whole, 15.0))
    assert told(upper, Half(upper.grey, 300)) == "same-half"
    assert told(Half(sheet(ANSWERS), 300), lower) == "half-is-whole"
    assert told(upper, Half(np.full((1700, 2400), 240, np.uint8), 300)) == "half-unproven"
    standard = halves_of(sheet(ANSWERS), sheet(ANSWERS), 10.0)[1]
    assert told(upper, Half(standard, 300)) == "halves-of-sizes"


def test_a_sheet_stretched_between_its_halves_shows_at_the_seam(whole: np.ndarray) -> None:
    upper, lower = halves_of(whole, whole, 22.0)
    band = lower[: round(22 * PX)].copy()
    lower = lower.copy()
    lower[: len(band)] = np.roll(band, round(1.3 * PX), axis=1)
    refused = join_halves(Half(upper, 300), Half(lower, 300))
    assert isinstance(refused, Unjoined)
    assert refused.reason.code in ("halves-apart", "halves-differ")


@pytest.mark.release
def test_each_half_alone_is_a_part_of_a_sheet(whole: np.ndarray) -> None:
    upper, lower = halves_of(whole, whole, 15.0)
    for half, ways in ((upper, (0, 1)), (lower, (2, 3))):
        for way in ways:
            found = identify(np.ascontiguousarray(np.rot90(half, way)), 300)
            assert "part-of-sheet" in found.because
            assert not found.proven


@pytest.mark.release
def test_a_leaning_half_that_nothing_proves_is_still_called_a_part(sheet: Sheet) -> None:
    leaning = sheet({"1": "135"}, Damage(keystone=0.05, fold=120.0), scale=A3)
    left = np.ascontiguousarray(leaning[:, : leaning.shape[1] // 2 + 120])
    assert lay_part(left, layouts()) is None, "no frame is shown on it"
    assert identify(left, 300).because == ("part-of-sheet",)


def test_a_page_without_a_form_is_no_part_of_one() -> None:
    page = np.full((3508, 2480), 250, np.uint8)
    for x in (200, 1800):
        page[3000:3060, x : x + 60] = 20  # two squares alone, which prove no form
    assert why_unlaid(page, layouts()).code == "no-marks"
