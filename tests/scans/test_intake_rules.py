"""Where a scanned page belongs, decided on plain values."""

from dataclasses import replace

import pytest

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.scans.judging import Seen, Verdict, Waiting, judge
from examday.domain.scans.pages import COMES_RIGHT, COPY, ORIGINAL, PROBLEMS
from examday.domain.scans.sheets import (
    Sheet,
    answer_sheets,
    copy_sheets,
    missing_sheets,
    open_sheets,
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


@pytest.mark.parametrize("state", [State.COLLECTED, State.COPIED])
@pytest.mark.parametrize("medium", [Medium.ENLARGED, Medium.BRAILLE, Medium.TYPED])
def test_a_form_of_unknown_size_is_never_attached_without_a_person(
    state: State, medium: Medium
) -> None:
    assert "size-unknown" in judge(seen(None), booklet(state, medium)).problems


def test_where_size_cannot_be_told_no_role_is_proposed_by_the_step() -> None:
    assert judge(seen(None), booklet(State.COPIED)) == Verdict("", ("size-unknown",))


@pytest.mark.parametrize(("size", "state"), [("A3", State.COLLECTED), ("A4", State.COPIED)])
def test_a_page_that_came_before_its_step_is_asked_about(size: str, state: State) -> None:
    role = {"A3": ORIGINAL, "A4": COPY}[size]
    waiting = Waiting(state, Medium.ENLARGED, early=frozenset({role}))
    assert judge(seen(size), waiting) == Verdict(role, ("early",))


def test_a_label_received_before_the_work_was_collected_is_asked_about() -> None:
    page = seen(None, labelled=True, layout=None)
    waiting = Waiting(State.COLLECTED, Medium.BRAILLE, early=frozenset({ORIGINAL}))
    assert judge(page, waiting).problems == ("early",)


def test_one_sheet_more_than_was_counted_is_asked_about() -> None:
    counted = Waiting(
        State.COLLECTED,
        Medium.ENLARGED,
        frozenset({(ORIGINAL, "answer-form-2-sheet-1.2022")}),
        full=True,
    )
    assert judge(seen("A3"), counted).problems == ("too-many",)
    assert judge(seen("A3", layout="registration-form.2022"), counted) == Verdict(ORIGINAL)
    after = replace(counted, state=State.SCANNED)
    assert judge(seen("A3"), after).problems == ("too-many",), "and nobody is told of a wrong step"
    assert judge(seen("A3"), replace(counted, state=State.KEYED)).problems == ("wrong-step",)
    print_out = Waiting(State.SCANNED, Medium.TYPED, frozenset({(ORIGINAL, "")}), full=True)
    assert judge(seen(None, labelled=True, layout=None), print_out).problems == ("too-many",)


def test_an_original_on_a_form_that_was_not_enlarged_is_asked_about() -> None:
    waiting = Waiting(State.COLLECTED, Medium.ENLARGED, forms=frozenset({"answer-form-1"}))
    second = "answer-form-2-sheet-1.2022"
    assert judge(seen("A3"), waiting) == Verdict(ORIGINAL)
    assert judge(seen("A3", layout=second), waiting) == Verdict(ORIGINAL, ("not-enlarged",))
    for form in ("registration-form.2022", "own-form.2026"):
        assert judge(seen("A3", layout=form), waiting) == Verdict(ORIGINAL), "no record tells of it"
    full = replace(waiting, full=True)
    assert judge(seen("A3", layout=second), full).problems == ("too-many",)
    copied = replace(waiting, state=State.COPIED)
    assert judge(seen("A4", layout=second), copied) == Verdict(COPY), (
        "each form of the kit is copied"
    )


@pytest.mark.parametrize(
    ("size", "role", "step", "later"),
    [
        ("A3", ORIGINAL, State.SCANNED, State.KEYED),
        ("A4", COPY, State.COPY_SCANNED, State.VERIFIED),
    ],
)
def test_a_registration_form_may_come_right_after_the_step_that_was_taken_without_it(
    size: str, role: str, step: State, later: State
) -> None:
    form = seen(size, layout="registration-form.2022")
    have = frozenset({(role, "answer-form-1.2022")})
    assert judge(form, Waiting(step, Medium.ENLARGED, have, full=True)) == Verdict(role)
    assert judge(form, Waiting(later, Medium.ENLARGED, have)).problems == ("wrong-step",)
    twice = have | {(role, "registration-form.2022")}
    assert judge(form, Waiting(step, Medium.ENLARGED, twice)).problems == ("duplicate",)
    early = Waiting(step, Medium.ENLARGED, have, early=frozenset({role}))
    assert judge(form, early).problems == ("early",)


def test_two_additional_forms_are_two_sheets_and_one_twice_is_a_duplicate() -> None:
    extra = "extra-answer-form.2022"
    have = booklet(State.COLLECTED, Medium.ENLARGED, (ORIGINAL, f"{extra}#2990000000057"))
    other = seen("A3", layout=extra, code="2990000000064", number="2990000000064")
    again = seen("A3", layout=extra, number="2990000000057")
    assert judge(other, have) == Verdict(ORIGINAL)
    assert judge(again, have).problems == ("duplicate",)


KIT = ("registration", "form_1", "form_2_1", "form_2_2", "extra_1")


def test_a_copy_with_a_long_answer_needs_form_2_and_its_additional_sheets() -> None:
    assert copy_sheets(KIT, long_answers=False) == ("answer-form-1",)
    needed = copy_sheets(KIT, long_answers=True)
    assert needed == (
        "answer-form-1",
        "answer-form-2-sheet-1",
        "answer-form-2-sheet-2",
        "extra-answer-form",
    )
    assert missing_sheets(needed, [FORM, "answer-form-2-sheet-1.2022"]) == needed[2:]
    assert missing_sheets(needed, [FORM, *(f"{form}.2022" for form in needed[1:])]) == ()


def test_a_copy_without_a_known_kit_needs_form_1_and_for_an_essay_form_2() -> None:
    assert copy_sheets((), long_answers=False) == ("answer-form-1",)
    assert copy_sheets((), long_answers=True) == ("answer-form-1", "answer-form-2-sheet-1")
    assert copy_sheets(("registration", "writing_form"), long_answers=True) == ("writing_form",)


NEEDED = ("answer-form-1", "answer-form-2-sheet-1")


def test_a_page_of_unknown_form_stands_for_no_sheet() -> None:
    assert missing_sheets(NEEDED, ["", FORM]) == NEEDED[1:]
    assert missing_sheets(NEEDED, ["", ""]) == NEEDED
    assert missing_sheets(NEEDED, ["registration-form.2022"]) == NEEDED


def test_two_pictures_of_one_sheet_are_one_sheet() -> None:
    assert missing_sheets(NEEDED, [FORM, FORM]) == NEEDED[1:]
    extras = ("extra-answer-form", "extra-answer-form")
    key = "extra-answer-form.2022#"
    assert missing_sheets(extras, [key + "1", key + "1"]) == extras[1:]
    assert missing_sheets(extras, [key + "1", key + "2"]) == ()


def test_originals_on_forms_are_counted_by_sheets_that_are_known() -> None:
    pages = [("registration-form.2022", "a"), (FORM, "b"), (FORM, "c"), ("", "d")]
    assert answer_sheets(pages, on_forms=True) == 1
    extras = [("extra-answer-form.2022#1", "e"), ("extra-answer-form.2022#2", "f")]
    assert answer_sheets([*pages, *extras], on_forms=True) == 3


def test_pages_of_a_print_out_are_counted_once_each_and_no_form_among_them() -> None:
    pages = [("", "a"), ("", "b"), ("", "b"), (FORM, "c")]
    assert answer_sheets(pages, on_forms=False) == 2


def test_a_person_may_name_only_sheets_that_are_not_there() -> None:
    kit = [Sheet("form_1"), Sheet("form_2_1"), Sheet("extra_1", "11"), Sheet("extra_2", "22")]
    there = [FORM, "extra-answer-form.2022#11", ""]
    assert open_sheets(kit, there) == (kit[1], kit[3])


def test_the_very_same_picture_is_a_duplicate_even_of_a_notebook() -> None:
    page = seen(None, labelled=True, layout=None, picture="ab")
    have = Waiting(State.SCANNED, Medium.BRAILLE, frozenset(), pictures=frozenset({"ab"}))
    assert judge(page, have).problems == ("duplicate",)


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
        (seen(None), booklet(State.KEYED), "size-unknown"),
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


def test_the_standard_form_of_a_notebook_is_its_copy() -> None:
    assert judge(seen("A4"), booklet(State.COPIED, Medium.BRAILLE)) == Verdict(COPY)
    assert judge(seen("A4"), booklet(State.COPIED, Medium.TYPED)) == Verdict(COPY)


@pytest.mark.parametrize("medium", [Medium.BRAILLE, Medium.TYPED])
def test_without_a_form_on_the_picture_no_role_is_proposed(medium: Medium) -> None:
    verdict = judge(seen(None, layout=None), booklet(State.COPIED, medium))
    assert verdict == Verdict("", ("wrong-side",))


def test_only_reasons_that_may_vanish_by_themselves_are_tried_again() -> None:
    assert set(PROBLEMS) > COMES_RIGHT
    assert "duplicate" not in COMES_RIGHT
