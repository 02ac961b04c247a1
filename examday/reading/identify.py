"""Identify a sheet: its form, number, way up and size. Refuses with a reason instead of guessing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from examday.domain.custody.sheet_codes import NUMBER, PARTNER, VERDICTS, Verdict, Witness, settle
from examday.domain.messages import N_
from examday.paper.layout import Layout, layouts
from examday.reading.bad_files import BY_CAMERA
from examday.reading.codes import Code, other_form
from examday.reading.doubts import doubts_of, part_note, why_unlaid
from examday.reading.fit import ENOUGH, Bend, Fit
from examday.reading.flatten import Flat
from examday.reading.judgement import NoteJson, PageWarning, because
from examday.reading.laying import Laid, lay_page, on_glass
from examday.reading.printed import form_named, number_in, read_header

STANDARD_DPI = (100, 150, 200, 240, 300, 400, 600)
"""What scanners offer: an A3 sheet would need a resolution between two of these to pass for A4."""
A3_SCALE = 2**0.5
"""Of lengths: A3 has twice the area of A4, and the enlarged form twice that of the form."""
SCALES = {"A4": 1.0, "A3": A3_SCALE}
PAPERS = (210.0, 297.0), (297.0, 420.0)
STATED_WELL, STATED_BADLY = (
    0.055,
    0.12,
)  # share a sheet may be off the stated resolution: copier and paper; a driver


@dataclass(frozen=True)
class Identity:
    """What a page says of itself.

    `code`: the sheet's number or None; `codes`: every code text read; `size`: "A3", "A4" or None;
    `turned`: degrees clockwise; `layout`: layout id; `residual_mm`; `matrix`: 3x3, mm of the layout
    to px, or None when the page could not be registered; `marks`: ids of squares found;
    `witnesses`: the codes read, each with what the form says it is; `voting`: how many codes of the
    form could speak for its number; `bend`: how the paper is bent; `proven`: whether print that did
    not make the fit lies where it says.
    """

    code: str | None
    codes: tuple[str, ...]
    size: str | None
    """None where the picture cannot tell, as on a photo; the step of the work decides then."""
    turned: int
    layout: str | None
    residual_mm: float | None
    matrix: np.ndarray | None
    warnings: tuple[PageWarning, ...]
    px_per_mm: float | None = None
    marks: tuple[str, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    voting: int = 2
    bend: Bend | None = None
    proven: bool = False

    @property
    def because(self) -> tuple[str, ...]:
        """Return codes of what keeps the page from being attached.

        It is judged on form, size and side alone; none: attach it.
        """
        return because(note.code for note in self.warnings)


def identify(
    grey: np.ndarray, dpi: float | None = None, forms: Mapping[str, Layout] | None = None
) -> Identity:
    """Identify one page.

    `grey` uint8 H x W; `dpi` as the file states it. Never raises on a readable image.
    """
    return identify_page(grey, dpi, forms)[0]


def identify_page(
    grey: np.ndarray, dpi: float | None = None, forms: Mapping[str, Layout] | None = None
) -> tuple[Identity, Flat | None]:
    """Identify one page, and give it straightened where the form is proven to lie right."""
    known = layouts() if forms is None else forms
    laid = lay_page(grey, known)
    codes, fit = laid.codes, laid.fit
    witnesses, voting = tuple(code.witness() for code in codes), _voting(fit)
    told = settle(witnesses, voting)
    # Print is read only where codes are silent: a header takes 60 ms, all the rest 60 to 90.
    silent = not codes or told.note in ("no-code", "partner-only")
    header = read_header(grey, fit) if fit is not None and silent else ""
    # Three squares alone prove no form: a code or the header must speak for it.
    by_chance = fit is None or not (codes or _whole(fit) or form_named(header, known))
    if fit is None or by_chance or (not fit.proven and _perhaps_another(grey, known, laid)):
        return _unlaid(grey, known, laid, told), None
    number, warnings = told.number, verdict_notes(told)
    if silent:
        number, warnings = _from_print(header, fit.layout, known, witnesses, warnings)
    size, note = tell_size(
        fit.px_per_mm, dpi, on_glass(fit, grey.shape), _of_paper(grey.shape, dpi)
    )
    notes = [*_other_form_note(codes), *([note] if note else []), *_missing_marks_note(fit)]
    identity = Identity(
        number,
        _texts(codes),
        size,
        fit.turned,
        fit.layout.id,
        round(fit.residual_mm, 3),
        fit.matrix,
        (*warnings, *notes, *doubts_of(grey, laid)),
        fit.px_per_mm,
        fit.marks,
        witnesses,
        voting,
        fit.bend,
        fit.proven,
    )
    return identity, laid.flat if fit.proven else None


def _perhaps_another(grey: np.ndarray, known: Mapping[str, Layout], laid: Laid) -> bool:
    """Tell whether squares may lie under this form by chance, which its print does not confirm."""
    # Ours are the codes of cover sheets and checkpoints; no form carries them alone. The squares in
    # them lay under a form in one cover sheet of five.
    if laid.codes:
        return all(code.ours for code in laid.codes)
    # Squares of a part may lie like those of another form.
    return part_note(grey, known) is not None


def _unlaid(
    grey: np.ndarray,
    known: Mapping[str, Layout],
    laid: Laid,
    told: Verdict,
) -> Identity:
    """What is known of a page that lies under no form."""
    note = why_unlaid(grey, known)
    witnesses = tuple(code.witness() for code in laid.codes)
    return Identity(
        told.number,
        _texts(laid.codes),
        None,
        0,
        None,
        None,
        None,
        (*verdict_notes(told), note),
        witnesses=witnesses,
        voting=_voting(laid.fit),
    )


def _other_form_note(codes: tuple[Code, ...]) -> list[PageWarning]:
    text = other_form(codes)
    if not text:
        return []
    return [
        PageWarning(
            "form-code-differs",
            N_(
                "The code that is the same on every sheet of this form reads otherwise here: %(code)s. It may be another "
                "form or another year."
            ),
            # A square code may hold hundreds of characters; its beginning tells the form.
            {"code": text[:60]},
        )
    ]


def _missing_marks_note(fit: Fit) -> list[PageWarning]:
    missing = [mark.id for mark in fit.layout.markers if mark.id not in fit.marks]
    if not missing:
        return []
    return [
        PageWarning(
            "marks-missing",
            N_("Black squares not found: %(marks)s."),
            {"marks": ", ".join(missing)},
        )
    ]


def _whole(fit: Fit) -> bool:
    """Tell whether the marks alone prove the form.

    Three marks of a form that has more lie on many things, a wrong form among them.
    """
    return len(fit.marks) > ENOUGH or len(fit.marks) == len(fit.layout.markers)


def _of_paper(shape: tuple[int, ...], dpi: float | None) -> bool:
    """Tell whether the picture is as large as a scanner's glass for A4 or A3.

    Its size is taken at the resolution the file states.
    """
    # Below 100 dpi stands a camera's 72, which says nothing of the size.
    sides = [side / dpi * 25.4 for side in sorted(shape[:2])] if dpi and dpi >= 100 else []
    return any(
        all(abs(side / mm - 1) < 0.015 for side, mm in zip(sides, paper, strict=True))
        for paper in PAPERS
        if sides
    )


def tell_size(
    px_per_mm: float,
    dpi: float | None,
    flat: bool = True,
    paper: bool = False,
) -> tuple[str | None, PageWarning | None]:
    """Tell "A3" from "A4" by the px that one layout millimetre takes and the stated resolution.

    A file that states none, or a camera's 72, is judged by standard scanner resolutions: an A4
    sheet at 300 dpi has 11.8 px/mm, and an A3 one would need 212 dpi for it, which no scanner
    offers. That holds for a sheet that lay on a scanner's glass only (`flat`): a camera stands at
    any distance, and what it took (BY_CAMERA) tells no size. A stated resolution that fits badly where a usual one says the other size decides
    nothing, unless the whole picture is as large as `paper` at that resolution: then a copier made
    the sheet smaller. Otherwise the answer is None.
    """
    own = px_per_mm * 25.4
    fitting = _usual_sizes(own) if flat and dpi != BY_CAMERA else []
    if dpi and dpi >= 100:
        size, off = min(
            ((size, abs(own / (dpi * scale) - 1)) for size, scale in SCALES.items()),
            key=lambda s: s[1],
        )
        undisputed = paper or fitting in ([], [size])
        if off < STATED_WELL or (off < STATED_BADLY and undisputed):
            return size, None
        # It fits badly and a usual resolution says otherwise: then neither decides.
        if off < STATED_BADLY:
            fitting = []
    if len(fitting) == 1:
        return fitting[0], PageWarning(
            "size-by-resolution",
            N_(
                "The file does not state a believable resolution; %(size)s was concluded from the usual ones."
            ),
            {"size": fitting[0]},
        )
    return None, PageWarning(
        "size-unknown",
        N_(
            "Whether this is the enlarged or the standard sheet cannot be told from "
            "the picture; the step it was scanned in decides."
        ),
    )


def _usual_sizes(px_per_inch: float) -> list[str]:
    """The sizes that a usual scanner resolution would explain."""
    return [
        size
        for size, scale in SCALES.items()
        if any(abs(px_per_inch / scale / standard - 1) < 0.028 for standard in STANDARD_DPI)
    ]


def _texts(codes: tuple[Code, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code.text for code in codes))


def _voting(fit: Fit | None) -> int:
    """How many codes of the form speak for the sheet's number.

    With no form the usual two are expected.
    """
    return (
        sum(place.role in (NUMBER, PARTNER) for place in fit.layout.codes) if fit is not None else 2
    )


def verdict_notes(told: Verdict) -> list[PageWarning]:
    """What the verdict on the codes has to tell a person."""
    if not told.note:
        return []
    return [
        PageWarning(
            told.note,
            VERDICTS[told.note],
            {"codes": ", ".join(told.numbers)} if told.numbers else {},
        )
    ]


def _from_print(
    header: str,
    layout: Layout,
    forms: Mapping[str, Layout],
    witnesses: Sequence[Witness],
    notes: list[PageWarning],
) -> tuple[str | None, list[PageWarning]]:
    """Read number and doubts from the printed header of a sheet.

    For a sheet whose own number could not be read from a code.
    """
    named, number = form_named(header, forms), number_in(header)
    differs = []
    if named is not None and forms[named].form != layout.form:
        differs = [
            PageWarning(
                "form-differs",
                N_("The header names another form: %(name)s."),
                {"name": forms[named].name},
            )
        ]
    partners = [w for w in witnesses if w.role == PARTNER]
    # A partner that does not go with the printed number contradicts it.
    if number is None or not all(w.agrees(number) for w in partners):
        return None, [*notes, *differs]
    # The notes told why no code gave the number; that the header names another form stays true.
    return number, [
        *differs,
        PageWarning(
            "code-from-print",
            N_("No code could be read; the number was taken from the printed digits. Check it."),
        ),
    ]


__all__ = ["Identity", "NoteJson", "PageWarning", "identify", "tell_size"]
