"""The sheets that a step must have: a step is reached when all of them are there."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from examday.domain.custody.kit import SHEET_NAMES
from examday.domain.transfer.answers import Values
from examday.domain.transfer.fields import is_header, is_long

REGISTRATION, FORM_1, EXTRA_FORM = "registration-form", "answer-form-1", "extra-answer-form"
FORM_2 = "answer-form-2"
"""Begins the names of all sheets of form № 2: each of its sheets has a layout of its own."""
FORM_OF_SHEET = {
    "registration": REGISTRATION,
    "form_1": FORM_1,
    "form_2_1": "answer-form-2-sheet-1",
    "form_2_2": "answer-form-2-sheet-2",
}
"""Sheet of a kit (`custody.kit`) → the form that is laid over its picture: kits and layouts grew
apart and name a sheet differently. Others have no layout and keep their names."""
FORM_NAMES = {form: SHEET_NAMES[sheet] for sheet, form in FORM_OF_SHEET.items()} | {
    EXTRA_FORM: SHEET_NAMES["extra"],
    **{sheet: SHEET_NAMES[sheet] for sheet in ("answer_form", "writing_form")},
}
BOTH_IN_ONE = frozenset({"answer_form", "writing_form"})
"""Sheets that hold short and long answers alike, or long ones alone: none of them may be awaited
beside form № 2."""

READING_ORDER = (
    REGISTRATION,
    FORM_1,
    *sorted(BOTH_IN_ONE),
    FORM_OF_SHEET["form_2_1"],
    FORM_OF_SHEET["form_2_2"],
    EXTRA_FORM,
)
"""A long answer goes on from sheet to sheet in this order, in whichever they were scanned."""


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


def same_sheet(one: tuple[str, str | None], other: tuple[str, str | None]) -> bool:
    """Whether two pictures may be of one sheet of a work. Each: layout and number, as far as known.

    >>> same_sheet(("answer-form-1.2022", "1"), ("answer-form-1.2023", "1"))
    True
    >>> same_sheet(("extra-answer-form.2022", "1"), ("extra-answer-form.2022", "2"))
    False
    """
    if not one[0] or not other[0]:
        return True
    form = form_of_layout(one[0])
    numbers = one[1], other[1]
    apart = form == EXTRA_FORM and all(numbers) and len(set(numbers)) > 1
    return form == form_of_layout(other[0]) and not apart


def reading_place(layout: str) -> int:
    """Where a sheet of this layout comes when its work is read.

    What is no form that is known comes last: pages of a notebook or print-out all alike.
    """
    form = form_of_layout(layout)
    return READING_ORDER.index(form) if form in READING_ORDER else len(READING_ORDER)


def extra_number(sheet: str) -> int:
    """The number that an additional form has in its kit ("extra_2" → 2)."""
    number = sheet.removeprefix("extra_")
    return int(number) if number.isdigit() else 0


def copy_sheets(kit: Iterable[str], long_answers: bool) -> tuple[str, ...]:
    """Return the forms that the copy must have, from the standard sheets of the kit.

    They are the short-answer form and, when a long answer is not empty, form № 2 with its
    additional sheets.
    """
    sheets = [sheet for sheet in kit if sheet != "registration"] or ["form_1"]
    short = [s for s in sheets if not s.startswith(("form_2", "extra"))]
    long = [s for s in sheets if s.startswith(("form_2", "extra"))]
    if long_answers and not long and not BOTH_IN_ONE & set(short):
        long = ["form_2_1"]
    return tuple(form_of_sheet(s) for s in (*short, *(long if long_answers else ())))


def fields_on(sheet: str, fields: Iterable[str]) -> frozenset[str]:
    """The fields that are read from a sheet of an original, or stand on that of a copy.

    `sheet`: the page's layout or name; "" where nobody knows what sheet it is. Long answers stand on
    form № 2 and go on over its additional sheets, so each of these holds all of them. Of a sheet that
    nobody knows, or that holds both kinds, everything may have been read.
    """
    form = form_of_layout(sheet)
    if form == REGISTRATION:
        return frozenset()
    if form == FORM_1:
        return frozenset(f for f in fields if not is_long(f))
    if form == EXTRA_FORM or form.startswith(FORM_2):
        return frozenset(f for f in fields if is_long(f))
    return frozenset(fields)


def says_the_same(sheet: str, before: Values, now: Values) -> bool:
    """Tell whether a sheet of a copy that was made of the values `before` says what was settled `now`.

    A sheet on which no field stands says nothing.
    """
    fields = fields_on(sheet, {*before, *now})
    return bool(fields) and all(before.get(f) == now.get(f) for f in fields)


def copied_onto(sheet: str, fields: Iterable[str]) -> frozenset[str]:
    """The fields that the copier writes onto a sheet: onto the registration form the head alone."""
    if form_of_layout(sheet) == REGISTRATION:
        return frozenset(f for f in fields if is_header(f))
    return fields_on(sheet, fields)


def stays_true(sheet: str, before: Values, now: Values) -> bool:
    """Tell whether a sheet of an earlier copy still says what is to be copied.

    The registration form holds no answer and nobody asks for another one: it goes by its head.
    """
    if form_of_layout(sheet) != REGISTRATION:
        return says_the_same(sheet, before, now)
    return all(before.get(f) == now.get(f) for f in copied_onto(sheet, {*before, *now}))


def missing_sheets(needed: Iterable[str], keys: Iterable[str]) -> tuple[str, ...]:
    """The needed forms that none of the attached pages is. `keys`: what `sheet_key` gives of each.

    Two pictures of one sheet are one sheet. A page whose form nobody has seen or stated is none:
    it may be a second picture of a sheet that is there.
    """
    have = Counter(form for form, _number in _sheets_in(keys))
    return tuple((Counter(needed) - have).elements())


def answer_sheets(pages: Iterable[tuple[str, str]], on_forms: bool) -> int:
    """How many sheets of an original hold answers.

    `pages`: sheet key and picture digest of each; `on_forms`: the answers stand on forms, not in a
    notebook or on print-outs.

    On forms a page of unknown form is no sheet. A page of a notebook or print-out lies under no
    form; the same picture twice is one page.
    """
    found = list(pages)
    if on_forms:
        forms = [form for form, _number in _sheets_in(key for key, _picture in found)]
        return sum(form != REGISTRATION for form in forms)
    return len({picture for key, picture in found if not key})


def _sheets_in(keys: Iterable[str]) -> set[tuple[str, str]]:
    """Form and own number of each sheet that the keys name, each once."""
    parts = [key.partition("#") for key in keys if key]
    return {(form_of_layout(layout), number) for layout, _sign, number in parts}


@dataclass(frozen=True)
class Sheet:
    """A sheet of a kit.

    It has its name there ("form_1", "extra_2") and its own number ("" when it bears that of the
    kit).
    """

    name: str
    number: str = ""

    @property
    def form(self) -> str:
        """The form it is."""
        return form_of_sheet(self.name)


def open_sheets(kit: Iterable[Sheet], keys: Iterable[str]) -> tuple[Sheet, ...]:
    """Return the sheets of a kit that no attached page is yet.

    They are what a person may say a page of unknown form is. Additional forms are told apart by
    their numbers.
    """
    known = _sheets_in(keys)
    return tuple(sheet for sheet in kit if (sheet.form, sheet.number) not in known)
