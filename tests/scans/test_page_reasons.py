"""A person reads why a page waits: what the reader saw of the picture before what follows from it."""

from examday.domain.scans.pages import PROBLEMS
from examday.reading.judgement import STOPS
from examday.services.scans.page_reasons import reasons_of
from examday.storage.tables import Page

MIRRORED = {
    "because": ["mirror"],
    "warnings": [{"code": "mirror", "message": "The picture is mirrored.", "params": {}}],
}


def test_a_mirrored_picture_is_called_so_and_not_another_form() -> None:
    [reason] = reasons_of(Page(problems=["wrong-side"], identity=MIRRORED))
    assert (reason.message, reason.advice) == ("The picture is mirrored.", STOPS["mirror"])


def test_other_reasons_stay_beside_what_is_wrong_with_the_picture() -> None:
    found = reasons_of(Page(problems=["unknown-code", "wrong-side"], identity=MIRRORED))
    assert [reason.advice for reason in found] == [STOPS["mirror"], PROBLEMS["unknown-code"][1]]


def test_without_a_doubt_of_the_reader_the_general_reason_is_said() -> None:
    [reason] = reasons_of(Page(problems=["wrong-side"], identity={}))
    assert (reason.message, reason.advice) == PROBLEMS["wrong-side"]
