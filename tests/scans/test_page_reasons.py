"""A person reads why a page waits: what the reader saw of the picture before what follows from it."""

import pytest

from examday.domain.scans.pages import NOTHING_SEEN, PROBLEMS, PageState
from examday.i18n import spoken
from examday.reading.judgement import STOPS
from examday.reading.note_words import in_words
from examday.services.scans.page_reasons import CAN_BE_CUT, reasons_of
from examday.storage.tables import Page

MIRRORED = {
    "because": ["mirror"],
    "warnings": [{"code": "mirror", "message": "The picture is mirrored.", "params": {}}],
}


def test_a_mirrored_picture_is_called_so_and_not_another_form() -> None:
    [reason] = reasons_of(Page(problems=["wrong-side"], identity=MIRRORED))
    assert (reason.message, reason.advice) == ("The picture is mirrored.", STOPS["mirror"])


@pytest.mark.parametrize("boxes", [[], [[0, 0, 10, 10], [10, 0, 20, 10]]])
def test_two_sheets_are_scanned_anew_only_where_the_picture_cannot_be_cut(
    boxes: list[list[int]],
) -> None:
    doubt = {"code": "two-sheets", "message": "Two sheets.", "params": {}}
    told = {"because": ["two-sheets"], "warnings": [doubt], "sheets": boxes}
    [reason] = reasons_of(Page(state=PageState.EXCEPTION, problems=["wrong-side"], identity=told))
    assert reason.advice == (CAN_BE_CUT if boxes else STOPS["two-sheets"])


def test_other_reasons_stay_beside_what_is_wrong_with_the_picture() -> None:
    found = reasons_of(Page(problems=["unknown-code", "wrong-side"], identity=MIRRORED))
    assert [reason.advice for reason in found] == [STOPS["mirror"], PROBLEMS["unknown-code"][1]]


def test_without_a_doubt_of_the_reader_the_general_reason_is_said() -> None:
    [reason] = reasons_of(Page(problems=["wrong-side"], identity={}))
    assert (reason.message, reason.advice) == PROBLEMS["wrong-side"]


def test_sides_and_squares_are_named_in_the_reader_s_language() -> None:
    stored = {"where": "bottom_left, top_right"}, {"where": "below"}
    soft, cut = (spoken(in_words(params))["where"] for params in stored)
    assert (soft, cut) == ("левый нижний, правый верхний", "снизу")
    assert in_words({"where": "m7", "code": "261234567890"}) == {
        "where": "m7",
        "code": "261234567890",
    }


def test_a_page_of_a_print_out_is_not_told_that_a_form_does_not_fit() -> None:
    seen = {"code": "no-marks", "message": "Fewer than three squares.", "params": {}}
    identity = {"because": ["no-marks"], "warnings": [seen]}
    [reason] = reasons_of(Page(problems=["too-many"], identity=identity))
    assert (reason.message, reason.advice) == PROBLEMS["too-many"]
    [nothing] = reasons_of(Page(problems=["no-code"], identity=identity))
    assert (nothing.message, nothing.advice) == NOTHING_SEEN, "one thing is said once"


def test_tasks_in_a_row_are_named_as_one_span() -> None:
    where = spoken(in_words({"where": "1, 2, 6, 7, 8, 9, 26, 27, 28, replacements"}))["where"]
    assert where == "1, 2, 6–9, 26–28, замена ошибочных ответов"
