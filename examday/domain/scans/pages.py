"""Scanned files and pages: where they stand, original or copy, and why a page waits for a person."""

from enum import StrEnum

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.messages import N_


class ScanState(StrEnum):
    """Where a file stands that came in."""

    QUEUED = "queued"
    POSTPONED = "postponed"
    """This computer could not open it: no fault of the file, so it is worth another try."""
    DONE = "done"
    DUPLICATE = "duplicate"
    """Known by its digest and shown: taken in again it would double every page."""
    QUARANTINED = "quarantined"


class PageState(StrEnum):
    """Where a scanned page stands."""

    ATTACHED = "attached"
    EXCEPTION = "exception"
    """Whatever does not fit is shown to a person: nothing is guessed."""
    REJECTED = "rejected"
    """By a person or by the program, always with a reason; the picture stays to be seen."""


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

HALF_OF_SHEET = N_("A half of a sheet; it was joined with the other half.")
TWO_SHEETS = N_("Two sheets on one picture; it was cut in two.")
COVER_SHEET = N_("A cover sheet for scanning: it says to which work the pages behind it belong.")
COVER_BACK = N_("The blank back of a cover sheet.")
SHEET_BACK = N_("The blank back of a sheet: the scanner takes both sides.")
AS_BEFORE = N_("It belongs to the same work as the page before it.")
BY_EYE = N_("It bears neither a code nor a known form; a person said whose it is.")
SIZE_REASONS = {
    "A3": N_("A person said that this is the enlarged sheet, A3."),
    "A4": N_("A person said that this is the standard sheet, A4."),
}
PROGRAM_REASONS = (
    HALF_OF_SHEET,
    TWO_SHEETS,
    COVER_SHEET,
    COVER_BACK,
    SHEET_BACK,
    AS_BEFORE,
    BY_EYE,
    *SIZE_REASONS.values(),
)
"""Listed, because they are translated where they are shown: what people type as a reason stays as
typed."""

ORIGINAL, COPY = "original", "copy"
ROLE_NAMES = {ORIGINAL: N_("original"), COPY: N_("copy"), "": N_("not known")}

ARROWS = {ORIGINAL: (State.COLLECTED, "scan_original"), COPY: (State.COPIED, "scan_copy")}
"""Role → the step that waits for such pages, and the step taken when they are all there: the
last page takes it, no button."""

TAKEN_BACK = "taken-back"

PROBLEMS: dict[str, tuple[str, str]] = {
    "no-code": (
        N_("No code could be read on the page."),
        N_("Look at the page, find its number and attach it by hand, or scan it again."),
    ),
    "codes-differ": (
        N_(
            "The codes on the page name different numbers: which of them is the sheet's cannot be told."
        ),
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
    "no-layout": (
        N_("The places on this form were not measured: the program cannot tell which sheet it is."),
        N_(
            "Say which sheet it is. It is read from the whole page, without frames round the fields."
        ),
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
    TAKEN_BACK: (
        N_("Somebody said that this page was attached wrongly."),
        N_("Attach it where it belongs, or reject it."),
    ),
    "too-many": (
        N_("More sheets came in than were counted when the work was collected."),
        N_(
            "Count the sheets of the work: behind a cover sheet they may be those of the next work, whose own "
            "cover sheet was not scanned. Attach the page with the reason, or reject it."
        ),
    ),
    "not-enlarged": (
        N_("By the record of the room no enlarged sheet was made of this form."),
        N_(
            "Look whether the sheet belongs to this work and which sheets were enlarged. Attach the page "
            "with the reason, or reject it."
        ),
    ),
    "cover-differs": (
        N_("The page lies behind the cover sheet of another work than the one it speaks for."),
        N_(
            "Look which sheets lay behind the cover sheet, and attach the page to its own work. "
            "The pages behind it wait too: a cover sheet may have been lost."
        ),
    ),
    "cover-interrupted": (
        N_("Between the cover sheet and this page lies a page that speaks for another work."),
        N_("Look whether a cover sheet was not scanned, and attach the page by hand."),
    ),
    "cover-unknown": (
        N_("No work with this cover sheet is registered here."),
        N_("Perhaps the cover sheet belongs to another station. Attach the pages by hand."),
    ),
    "cover-on-sheet": (
        N_("A cover sheet and something else are on one picture."),
        N_(
            "Scan the cover sheet by itself, with the pages behind it. "
            "What lies behind it waits for a person."
        ),
    ),
    "file-before": (
        N_("The file before this one was not read; the cover sheet may be in it."),
        N_("Look at the file before, or attach the page by hand."),
    ),
    "order-by-time": (
        N_("The files are named by the time: whether one between them was lost cannot be seen."),
        N_("Count the sheets behind the cover sheet, and say that the stack is whole."),
    ),
    # Not found by today's rules. Kept, because pages of earlier versions may still wait with it.
    "not-this-exam": (
        N_("The sheet belongs to another subject or another exam."),
        N_("Check the kit. Give a stray sheet to the head of the point."),
    ),
    "low-quality": (
        N_("The picture is too poor to work with."),
        N_("Scan the sheet again at 300 dpi, flat and whole, with all four corners."),
    ),
}
"""Reasons a page waits for a person: code → what is wrong and what to do, since a reason alone
leaves people standing."""

NOTHING_SEEN = (
    N_("Neither a form nor a code is seen on the page."),
    N_(
        "If it is a page of a print-out, a notebook or a protocol, or a form that was not measured, say "
        "whose it is. Any other form is scanned again: the side with the answers, flat and whole."
    ),
)
"""What is told of a page on which neither was found: the two things are one."""

WITHOUT_FORM = frozenset({"no-code", "no-layout"})
"""All that is wrong with a page of paper that bears neither code nor measured form. A person says
whose it is, day after day, so there is nothing unusual to give a reason for."""

UNREADABLE = frozenset({"mirror", "negative", "two-sheets", "part-of-sheet"})
"""Doubts of the reader behind which a form, or the code of another cover sheet, may be hidden."""

COMES_RIGHT = frozenset(
    {
        *("unknown-code", "wrong-step", "wrong-size", "codes-differ", "partner-only"),
        *("no-code", "file-before"),
    }
)
"""Reasons that become other ones without anybody touching the page: a kit is registered later, a
step is entered, the file with the cover sheet is read after the one behind it. A page that came before its step goes on needing a person («early»); only a page
that came in time, whose number could not be told, may be attached once the plan tells it."""


def already_decided() -> Conflict:
    """Return the refusal of a decision about a page that somebody has decided about."""
    return Conflict(
        N_("Somebody has already decided about this page."),
        code="page-decided",
        advice=N_("Go on with the next page that waits; this one is named where it was put."),
    )
