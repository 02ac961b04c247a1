"""Where a scanned page belongs, decided on plain values."""

import pytest

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.scans import (
    COMES_RIGHT,
    COPY,
    ORIGINAL,
    PROBLEMS,
    Seen,
    Verdict,
    Waiting,
    judge,
)

FORM = "answer-form-1.2022"


def seen(size: str | None = "A3", **more: object) -> Seen:
    values: dict[str, object] = {
        "code": "2990000000057",
        "size": size,
        "layout": FORM,
        "px_per_mm": 11.8,
        "residual_mm": 0.2,
        **more,
    }
    return Seen(**values)  # type: ignore[arg-type]


def booklet(
    state: State = State.COLLECTED, medium: Medium = Medium.ENLARGED, *pages: tuple[str, str]
) -> Waiting:
    return Waiting(state, medium, frozenset(pages))


def test_an_enlarged_sheet_of_a_collected_booklet_is_its_original() -> None:
    assert judge(seen("A3"), booklet()) == Verdict(ORIGINAL)


def test_a_standard_sheet_of_a_copied_booklet_is_its_copy() -> None:
    assert judge(seen("A4"), booklet(State.COPIED, Medium.ENLARGED, (ORIGINAL, FORM))) == Verdict(
        COPY
    )


@pytest.mark.parametrize(("state", "role"), [(State.COLLECTED, ORIGINAL), (State.COPIED, COPY)])
def test_where_size_cannot_be_told_the_step_decides(state: State, role: str) -> None:
    assert judge(seen(None), booklet(state)) == Verdict(role)


@pytest.mark.parametrize(
    ("page", "waiting", "problem"),
    [
        (seen(code=None), None, "no-code"),
        (seen(code=None, note="codes-differ"), None, "codes-differ"),
        (seen(code=None, note="partner-only"), None, "partner-only"),
        (seen(), None, "unknown-code"),
        (seen("A4"), booklet(State.COLLECTED), "wrong-size"),
        (seen("A3"), booklet(State.COPIED), "wrong-size"),
        (seen("A3"), booklet(State.COPIED, Medium.ENLARGED, (ORIGINAL, FORM)), "duplicate"),
        (seen("A3"), booklet(State.KEYED, Medium.ENLARGED, (ORIGINAL, FORM)), "duplicate"),
        (seen("A4"), booklet(State.KEYED), "wrong-step"),
        (seen("A3"), booklet(State.ISSUED), "wrong-step"),
        (seen("A4"), booklet(State.CERTIFIED), "wrong-step"),
        (seen(None), booklet(State.KEYED), "wrong-step"),
        (seen(layout=None), booklet(), "wrong-side"),
        (seen(px_per_mm=4.0), booklet(), "low-quality"),
        (seen(residual_mm=3.0), booklet(), "low-quality"),
        (seen("A3"), booklet(State.COPIED, Medium.BRAILLE), "wrong-size"),
    ],
)
def test_what_does_not_fit_is_shown_to_a_person_with_the_reason(
    page: Seen, waiting: Waiting | None, problem: str
) -> None:
    assert judge(page, waiting).problems[0] == problem
    assert problem in PROBLEMS


def test_every_reason_that_applies_is_named() -> None:
    assert judge(seen("A4", px_per_mm=3.0), booklet()).problems == ("wrong-size", "low-quality")


def test_a_labelled_notebook_page_is_an_original_and_may_have_further_pages() -> None:
    page = seen(None, labelled=True, layout=None, px_per_mm=None, residual_mm=None)
    assert judge(page, booklet(State.COLLECTED, Medium.BRAILLE)) == Verdict(ORIGINAL)
    assert judge(page, booklet(State.SCANNED, Medium.BRAILLE, (ORIGINAL, ""))) == Verdict(ORIGINAL)
    assert judge(page, booklet(State.COPIED, Medium.BRAILLE, (ORIGINAL, ""))).problems == (
        "wrong-step",
    )


def test_the_standard_form_of_a_notebook_is_its_copy_whatever_the_size_says() -> None:
    assert judge(seen("A4"), booklet(State.COPIED, Medium.BRAILLE)) == Verdict(COPY)
    assert judge(seen(None), booklet(State.COPIED, Medium.TYPED)) == Verdict(COPY)


def test_only_reasons_that_may_vanish_by_themselves_are_tried_again() -> None:
    assert set(PROBLEMS) > COMES_RIGHT
    assert "duplicate" not in COMES_RIGHT
