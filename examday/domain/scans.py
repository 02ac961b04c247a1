"""What a scanned page is and where it belongs: original or copy, attached or an exception with its
reasons.

Rules of the trade (domain.md 3 and 6): an enlarged A3 sheet carries the same barcode as the
standard one, so the code alone never says which of the two a page is; size and the booklet's step
do. The same sheet twice in one role is an alarm. Nothing is guessed: whatever does not fit is
shown to a person. A page is attached without a person only when form, size, side, step and
booklet were all seen; and a step is reached when all the sheets that the work must have are there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.custody.kit import SHEET_NAMES
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.messages import N_


class ScanState(StrEnum):
    """Where a file stands that came in."""

    QUEUED = "queued"
    POSTPONED = "postponed"
    DONE = "done"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


class PageState(StrEnum):
    """Where a scanned page stands."""

    ATTACHED = "attached"
    EXCEPTION = "exception"
    REJECTED = "rejected"


SCAN_STATE_NAMES: dict[str, str] = {
    ScanState.QUEUED: N_("in the queue"),
    ScanState.DONE: N_("read"),
    ScanState.QUARANTINED: N_("set aside"),
    ScanState.DUPLICATE: N_("came twice"),
    ScanState.POSTPONED: N_("waits for another try"),
}
PAGE_STATE_NAMES: dict[str, str] = {
    PageState.ATTACHED: N_("attached"),
    PageState.EXCEPTION: N_("waits for a person"),
    PageState.REJECTED: N_("does not count"),
}

ORIGINAL, COPY = "original", "copy"
ROLE_NAMES = {ORIGINAL: N_("original"), COPY: N_("copy"), "": N_("not known")}

ARROWS = {ORIGINAL: (State.COLLECTED, "scan_original"), COPY: (State.COPIED, "scan_copy")}
"""Role → the step that waits for such pages, and the step taken when they are all there."""

PROBLEMS: dict[str, tuple[str, str]] = {
    "no-code": (
        N_("No code could be read on the page."),
        N_("Look at the page, find its number and attach it by hand, or scan it again."),
    ),
    "codes-differ": (
        N_("The codes on the page contradict each other."),
        N_("Compare the bar code and the printed digits by eye, then attach the page by hand."),
    ),
    "partner-only": (
        N_(
            "The code that bears the sheet's number could not be read, and the other code fits no "
            "single kit of the plan."
        ),
        N_("Look at the page and attach it by hand by the printed digits, or scan it again."),
    ),
    "unknown-code": (
        N_("No kit with this code is registered here."),
        N_("Register the kit, then attach the page here. Or it belongs to another point."),
    ),
    "duplicate": (
        N_("This sheet has been scanned in this role already."),
        N_("Compare the two pages. Reject the one that does not count, with a reason."),
    ),
    "wrong-size": (
        N_("The size of the sheet does not fit the step: expected was the other one, A3 or A4."),
        N_(
            "Check that the right sheet was scanned, and at full size. A copy that came before its "
            "step is decided about here."
        ),
    ),
    "wrong-side": (
        N_(
            "The code was read, but no form fits the page: its other side, another form, or a cut edge."
        ),
        N_("Scan the side with the answers, flat and whole, with all four corners."),
    ),
    "wrong-step": (
        N_("The booklet does not wait for this page now."),
        N_("Bring the booklet to the step it is really in, then attach the page here."),
    ),
    "early": (
        N_("The page came in before the step it would belong to was entered."),
        N_(
            "It may be another sheet, or a sheet that was not finished yet. Look at the picture: "
            "attach it, or have the finished sheet scanned."
        ),
    ),
    "size-unknown": (
        N_("Whether this is the enlarged or the standard sheet cannot be told from the picture."),
        N_(
            "Look at the sheet itself and say which it is. A scan at a stated resolution needs no "
            "question; a photo always does."
        ),
    ),
    "same-ink": (
        N_("The handwriting is that of the original: this is a second picture of the original."),
        N_(
            "Scan the standard form that was written by hand. If it is the copy all the same, say why."
        ),
    ),
    "taken-back": (
        N_("Somebody said that this page was attached wrongly."),
        N_("Attach it where it belongs, or reject it."),
    ),
    "too-many": (
        N_("More sheets came in than were counted when the work was collected."),
        N_("Count the sheets of the work. Attach the page with the reason, or reject it."),
    ),
    # Not found by today's rules; pages of earlier versions may still wait with it.
    "not-this-exam": (
        N_("The sheet belongs to another subject or another exam."),
        N_("Check the kit. Give a stray sheet to the head of the point."),
    ),
    "low-quality": (
        N_("The picture is too poor to work with."),
        N_("Scan the sheet again at 300 dpi, flat and whole, with all four corners."),
    ),
}
"""Reasons a page waits for a person: code → what is wrong, what to do."""

COMES_RIGHT = frozenset(
    {"unknown-code", "wrong-step", "wrong-size", "codes-differ", "partner-only"}
)
"""Reasons that become other ones without anybody touching the page: a kit is registered later, a
step is entered. A page that came before its step goes on needing a person («early»); only a page
that came in time, whose number could not be told, may be attached once the plan tells it."""

LEAST_PX_PER_MM = 5.5
"""Resolution below which hand-printed cells cannot be judged by eye either: about 140 dpi of the
standard sheet."""
WORST_RESIDUAL_MM = 1.5
"""A form that lies worse than this under its layout would show the wrong cell beside a field."""


@dataclass(frozen=True)
class Seen:
    """What the reader saw on a page. `size` "A3", "A4" or None; `layout` None when no form could be laid over it;
    `number`: the form number, if one was told, and `note` what is to be known of it (`custody.sheet_codes`);
    `labelled` when the code is that of a label (notebook, print-out), not of a form."""

    code: str | None
    size: str | None = None
    layout: str | None = None
    px_per_mm: float | None = None
    residual_mm: float | None = None
    note: str = ""
    labelled: bool = False
    number: str | None = None


@dataclass(frozen=True)
class Waiting:
    """The booklet that the code names: its step, medium and the (role, sheet) pages it has
    already. `early`: roles whose step was entered after the page came in; `full`: as many
    originals are there as were counted."""

    state: State
    medium: Medium
    pages: frozenset[tuple[str, str]] = frozenset()
    early: frozenset[str] = frozenset()
    full: bool = False


@dataclass(frozen=True)
class Verdict:
    """Where a page goes: its role, and why it cannot be attached (no problems: attach it)."""

    role: str
    problems: tuple[str, ...] = ()


def judge(seen: Seen, booklet: Waiting | None) -> Verdict:
    """Decide on one page. Every problem that applies is named, the first is the main one."""
    if seen.code is None:
        return Verdict(
            "", (seen.note if seen.note in ("codes-differ", "partner-only") else "no-code",)
        )
    if booklet is None:
        return Verdict(_role_by_size(seen), ("unknown-code",))
    role = _role(seen, booklet)
    problems = [code for code, applies in _checks(seen, booklet, role).items() if applies]
    return Verdict(role, tuple(problems))


def _checks(seen: Seen, booklet: Waiting, role: str) -> Mapping[str, bool]:
    """All reasons, in the order in which they matter."""
    key = sheet_key(seen.layout or "", seen.number)
    double = (role, key) in booklet.pages and not (seen.labelled and role == ORIGINAL)
    odd = not double and _wrong_size(seen, booklet)
    awaited = any(_awaited(booklet, one, seen) for one in ([role] if role else ARROWS))
    return {
        "wrong-side": seen.layout is None and not seen.labelled,
        "duplicate": double,
        "wrong-size": odd,
        "size-unknown": seen.layout is not None and seen.size is None and not seen.labelled,
        "wrong-step": not double and not odd and not awaited,
        "too-many": not double and awaited and role == ORIGINAL and _over(seen, booklet),
        "early": awaited and role in booklet.early,
        "low-quality": not seen.labelled and _poor(seen),
    }


def _over(seen: Seen, booklet: Waiting) -> bool:
    """One answer sheet more than were counted; a registration form holds no answers."""
    return booklet.full and form_of_layout(seen.layout or "") != REGISTRATION


def _role_by_size(seen: Seen) -> str:
    return {"A3": ORIGINAL, "A4": COPY}.get(seen.size or "", "")


def _role(seen: Seen, booklet: Waiting) -> str:
    """Original or copy: a label means an original; a form is the copy of a notebook or print-out;
    for enlarged forms size decides. Where it cannot be told, nothing is proposed: the step says
    what is awaited, not what came."""
    if seen.labelled:
        return ORIGINAL
    if booklet.medium in (Medium.BRAILLE, Medium.TYPED):
        return COPY
    return _role_by_size(seen)


def _awaited(booklet: Waiting, role: str, seen: Seen) -> bool:
    if role == ORIGINAL:
        more_pages = seen.labelled and booklet.state == State.SCANNED  # a notebook has many
        return booklet.state == State.COLLECTED or more_pages
    return role == COPY and booklet.state == State.COPIED


def _wrong_size(seen: Seen, booklet: Waiting) -> bool:
    """An enlarged form is awaited and a standard one came, or the reverse (commissioning text: the
    A3 sheet is evidence, the A4 sheet is what is certified)."""
    if booklet.medium != Medium.ENLARGED:
        return seen.size == "A3" and not seen.labelled
    return (booklet.state, seen.size) in {(State.COLLECTED, "A4"), (State.COPIED, "A3")}


def _poor(seen: Seen) -> bool:
    return seen.layout is not None and (
        (seen.px_per_mm or 0) < LEAST_PX_PER_MM or (seen.residual_mm or 0) > WORST_RESIDUAL_MM
    )


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
