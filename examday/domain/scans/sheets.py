"""The sheets that a step must have: a step is reached when all of them are there."""

from collections import Counter
from collections.abc import Iterable

from examday.domain.custody.kit import SHEET_NAMES

REGISTRATION, FORM_1, EXTRA_FORM = "registration-form", "answer-form-1", "extra-answer-form"
FORM_OF_SHEET = {
    "registration": REGISTRATION,
    "form_1": FORM_1,
    "form_2_1": "answer-form-2-sheet-1",
    "form_2_2": "answer-form-2-sheet-2",
}
"""Sheet of a kit (`custody.kit`) → the form that is laid over its picture."""
FORM_NAMES = {form: SHEET_NAMES[sheet] for sheet, form in FORM_OF_SHEET.items()} | {
    EXTRA_FORM: SHEET_NAMES["extra"],
    **{sheet: SHEET_NAMES[sheet] for sheet in ("answer_form", "writing_form")},
}
"""Form → its name."""
BOTH_IN_ONE = frozenset({"answer_form", "writing_form"})
"""Sheets that hold short and long answers alike, or long ones alone."""


def form_of_sheet(sheet: str) -> str:
    """The form of a kit's sheet; a sheet that no layout is known of stays under its own name."""
    return EXTRA_FORM if sheet.startswith("extra") else FORM_OF_SHEET.get(sheet, sheet)


def form_of_layout(layout: str) -> str:
    """The form a layout is a year's edition of: "answer-form-1.2022" → "answer-form-1"."""
    return layout.rpartition(".")[0] or layout


def sheet_key(layout: str, number: str | None) -> str:
    """What tells two sheets of one work apart: the form, and of additional forms the number."""
    extra = form_of_layout(layout) == EXTRA_FORM
    return f"{layout}#{number or ''}" if extra else layout


def copy_sheets(kit: Iterable[str], long_answers: bool) -> tuple[str, ...]:
    """The forms that the copy must have, from the standard sheets of the kit: the short-answer
    form, and form № 2 with its additional sheets when a long answer is not empty."""
    sheets = [sheet for sheet in kit if sheet != "registration"] or ["form_1"]
    short = [s for s in sheets if not s.startswith(("form_2", "extra"))]
    long = [s for s in sheets if s.startswith(("form_2", "extra"))]
    if long_answers and not long and not BOTH_IN_ONE & set(short):
        long = ["form_2_1"]
    return tuple(form_of_sheet(s) for s in (*short, *(long if long_answers else ())))


def missing_sheets(needed: Iterable[str], layouts: Iterable[str]) -> tuple[str, ...]:
    """The needed forms that none of the attached pages is. A page without a known form was
    attached by a person and stands for one of them."""
    pages = [form_of_layout(layout) for layout in layouts]
    wanted, have = Counter(needed), Counter(page for page in pages if page)
    left = list((wanted - have).elements())
    unknown = sum(not page for page in pages)
    return tuple(left[unknown:])


def answer_pages(layouts: Iterable[str]) -> int:
    """Pages of originals that hold answers: the registration form holds none."""
    return sum(form_of_layout(layout) != REGISTRATION for layout in layouts)
