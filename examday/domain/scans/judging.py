"""Where a scanned page belongs: attached without a person, or an exception with its reasons.

Rules of the trade (domain.md 3 and 6): an enlarged A3 sheet carries the same barcode as the
standard one, so the code alone never says which of the two a page is; size and the booklet's step
do. The same sheet twice in one role is an alarm. Nothing is guessed: whatever does not fit is
shown to a person. A page is attached without a person only when form, size, side, step and
booklet were all seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from examday.domain.custody.lifecycle import BY_PAGES, Medium, State
from examday.domain.scans.pages import ARROWS, COPY, ORIGINAL
from examday.domain.scans.sheets import FORM_NAMES, REGISTRATION, form_of_layout, sheet_key

LEAST_PX_PER_MM = 5.5
"""Resolution below which hand-printed cells cannot be judged by eye either: about 140 dpi of the
standard sheet."""
WORST_RESIDUAL_MM = 1.5
"""A form that lies worse than this under its layout would show the wrong cell beside a field."""


@dataclass(frozen=True)
class Seen:
    """What the reader saw on a page.

    `size` "A3", "A4" or None; `layout` None when no form could be laid over it; `number`: the form
    number, if one was told, and `note` what is to be known of it (`custody.sheet_codes`);
    `labelled` when the code is that of a label (notebook, print-out) or of the cover sheet before
    it, not of a form; `picture`: digest of the pixels; `cover_doubt`: what is wrong with the cover
    sheet before the page, "" when nothing is.
    """

    code: str | None
    size: str | None = None
    layout: str | None = None
    px_per_mm: float | None = None
    """None where no form was laid over the page, so that nothing measures it."""
    residual_mm: float | None = None
    """How far the marks of the form lie beside where they should, since a form laid badly shows
    wrong cells; None without a form."""
    note: str = ""
    labelled: bool = False
    number: str | None = None
    picture: str = ""
    cover_doubt: str = ""


@dataclass(frozen=True)
class Waiting:
    """The booklet that the code names: its step, medium and the (role, sheet) pages it has already.

    `early`: roles whose step was entered after the page came in; `full`: as many originals are
    there as were counted; `pictures`: digests of the pages it has; `bare`: its forms were not measured,
    so that none can be laid over its pages; `forms`: those that were enlarged, empty where that is not
    known.
    """

    state: State
    medium: Medium
    pages: frozenset[tuple[str, str]] = frozenset()
    early: frozenset[str] = frozenset()
    full: bool = False
    pictures: frozenset[str] = frozenset()
    bare: bool = False
    forms: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """Where a page goes: its role, and why it cannot be attached (no problems: attach it)."""

    role: str
    """Empty where nothing tells original from copy: what the step awaits is no proof of what
    came."""
    problems: tuple[str, ...] = ()


def judge(seen: Seen, booklet: Waiting | None) -> Verdict:
    """Decide on one page. Every problem that applies is named, the first is the main one."""
    verdict = _without_cover(seen, booklet)
    if not seen.cover_doubt:
        return verdict
    others = [code for code in verdict.problems if code != "no-code"]
    return Verdict(verdict.role, (seen.cover_doubt, *others))


def _without_cover(seen: Seen, booklet: Waiting | None) -> Verdict:
    """Decide on a page whose cover sheet, if there is one, raises no doubt."""
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
    double = _is_double(seen, booklet, role)
    odd = not double and _wrong_size(seen, booklet)
    awaited = any(_awaited(booklet, one, seen) for one in ([role] if role else ARROWS))
    over = not double and _over(seen, booklet, role)
    # A labelled page is of a notebook or a print-out: it has no form to be measured on.
    form = not seen.labelled
    unlaid = form and seen.layout is None
    return {
        "wrong-side": unlaid and not booklet.bare,
        "no-layout": unlaid and booklet.bare,
        "duplicate": double,
        "wrong-size": odd,
        "size-unknown": form and seen.layout is not None and seen.size is None,
        "wrong-step": not (double or odd or awaited or over),
        "too-many": over,
        "not-enlarged": not (double or over) and _not_enlarged(seen, booklet, role),
        "early": awaited and role in booklet.early,
        "low-quality": form and _poor(seen),
    }


def _is_double(seen: Seen, booklet: Waiting, role: str) -> bool:
    """Tell whether this page of the work is there already."""
    # A notebook has many pages under one label, so the label proves nothing; a picture alike to the
    # last pixel does.
    if seen.picture in booklet.pictures:
        return True
    key = sheet_key(seen.layout or "", seen.number)
    return (role, key) in booklet.pages and not (seen.labelled and role == ORIGINAL)


def _over(seen: Seen, booklet: Waiting, role: str) -> bool:
    """One original answer sheet more than were counted, also right after the last of them came."""
    here = booklet.state in (State.COLLECTED, State.SCANNED)
    return role == ORIGINAL and here and booklet.full and not _without_answers(seen)


def _not_enlarged(seen: Seen, booklet: Waiting, role: str) -> bool:
    """An original on a form of which no enlarged sheet is on record: it would stand for one that is.

    Forms that a station measured for itself have names that no record knows.
    """
    form = form_of_layout(seen.layout or "")
    known = role == ORIGINAL and booklet.forms and form in FORM_NAMES
    return bool(known) and form not in {*booklet.forms, REGISTRATION}


def _without_answers(seen: Seen) -> bool:
    return form_of_layout(seen.layout or "") == REGISTRATION


def _role_by_size(seen: Seen) -> str:
    return {"A3": ORIGINAL, "A4": COPY}.get(seen.size or "", "")


def _role(seen: Seen, booklet: Waiting) -> str:
    """Return whether an original or a copy came.

    A label means an original; a form is the copy of a notebook or print-out; for enlarged forms
    size decides. Where it cannot be told, nothing is proposed: the step says what is awaited, not
    what came. Where no form was seen, the page may be either.
    """
    if seen.labelled:
        return ORIGINAL
    if seen.layout is None:
        return ""
    if booklet.medium in BY_PAGES:
        return COPY
    return _role_by_size(seen)


def _awaited(booklet: Waiting, role: str, seen: Seen) -> bool:
    """Whether the step waits for such a page.

    A step is taken without the registration form, which holds no answers: it may come right after.
    """
    late = _without_answers(seen)
    if role == ORIGINAL:
        # A notebook has many pages, so a further one is no second picture of the first.
        after = seen.labelled or late
        return booklet.state == State.COLLECTED or (after and booklet.state == State.SCANNED)
    after_copy = late and booklet.state == State.COPY_SCANNED
    return role == COPY and (booklet.state == State.COPIED or after_copy)


def _wrong_size(seen: Seen, booklet: Waiting) -> bool:
    """Tell whether an enlarged form is awaited and a standard one came, or the reverse.

    Commissioning text: the A3 sheet is evidence, the A4 sheet is what is certified.
    """
    if booklet.medium != Medium.ENLARGED:
        return seen.size == "A3" and not seen.labelled
    return (booklet.state, seen.size) in {(State.COLLECTED, "A4"), (State.COPIED, "A3")}


def _poor(seen: Seen) -> bool:
    return seen.layout is not None and (
        (seen.px_per_mm or 0) < LEAST_PX_PER_MM or (seen.residual_mm or 0) > WORST_RESIDUAL_MM
    )
