"""Which sheet is this: form, number, way up, enlarged or standard. Refuses with a reason instead of guessing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from examday.domain.messages import N_
from examday.paper.layout import Layout, layouts
from examday.reading.codes import Code, read_codes, subject_in
from examday.reading.fit import ENOUGH, NEAR_MM, Fit, lay, project
from examday.reading.printed import form_named, number_in, read_header
from examday.reading.squares import cut_squares, find_squares

STANDARD_DPI = (100, 150, 200, 240, 300, 400, 600)
A3_SCALE = 2**0.5
STATED_WELL, STATED_BADLY = 0.055, 0.12  # share a sheet may be off the stated resolution: copier and paper; a driver
KEYSTONE = 0.02  # share by which far things are smaller than near ones, from which a camera took the picture


@dataclass(frozen=True)
class Warning_:
    """Something a person should know: a stable code, an English msgid with %(name)s places, and their values."""

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Identity:
    """What a page says of itself. `code`: 13 digits or None; `codes`: every code text read; `size`: "A3", "A4" or None;
    `turned`: degrees clockwise; `layout`: layout id; `residual_mm`; `matrix`: 3x3, mm of the layout to px, or None when
    the page could not be registered; `subject`: from the QR text, if it names one; `marks`: ids of squares found."""

    code: str | None
    codes: tuple[str, ...]
    size: str | None
    turned: int
    layout: str | None
    residual_mm: float | None
    matrix: np.ndarray | None
    warnings: tuple[Warning_, ...]
    subject: str | None = None
    px_per_mm: float | None = None
    marks: tuple[str, ...] = ()


def identify(grey: np.ndarray, dpi: float | None = None,
             forms: Mapping[str, Layout] | None = None) -> Identity:
    """Identify one page. `grey` uint8 H x W; `dpi` as the file states it. Never raises on a readable image."""
    known = layouts() if forms is None else forms
    squares = find_squares(grey)
    codes, fit = read_codes(grey, lay(known.values(), squares))
    if fit is None and len(squares) > 1:  # perhaps the margin was lost that holds the others
        codes, fit = read_codes(grey, lay(known.values(), np.concatenate([squares, cut_squares(grey)])), proven=True)
        fit = fit and _with_whole_marks(fit, squares)
    number, warnings = _one_number(codes)
    subject = next((s for c in codes if c.kind == "qr" and (s := subject_in(c.text))), None)
    header = read_header(grey, fit) if fit is not None and not codes else ""
    if fit is None or not (codes or _whole(fit) or form_named(header, known)):
        warnings.append(Warning_("no-marks", N_("Fewer than three of the form's black squares were found: the sheet "
                                                "cannot be laid under a form.")))
        return Identity(number, _texts(codes), None, 0, None, None, None, tuple(warnings), subject)
    if not codes:
        number, warnings = _from_print(header, fit.layout, known, warnings)
    size, note = tell_size(fit.px_per_mm, dpi, _on_glass(fit, grey.shape))
    warnings += [note] if note else []
    missing = [mark.id for mark in fit.layout.markers if mark.id not in fit.marks]
    if missing:
        warnings.append(Warning_("marks-missing", N_("Black squares not found: %(marks)s."),
                                 {"marks": ", ".join(missing)}))
    return Identity(number, _texts(codes), size, fit.turned, fit.layout.id, round(fit.residual_mm, 3), fit.matrix,
                    tuple(warnings), subject, fit.px_per_mm, fit.marks)


def _whole(fit: Fit) -> bool:
    """Whether the marks alone prove the form: three of more lie on many things, a wrong form among them."""
    return len(fit.marks) > ENOUGH or len(fit.marks) == len(fit.layout.markers)


def _with_whole_marks(fit: Fit, squares: np.ndarray) -> Fit:
    """Only the marks seen whole count as found: where a cut one ends is a guess, which the rows' borders correct."""
    places = project(fit.matrix, np.array([mark.centre for mark in fit.layout.markers]))
    apart = np.hypot(*(places[:, None] - squares[None, :, :2]).transpose(2, 0, 1)).min(axis=1)
    whole = {mark.id for mark, off in zip(fit.layout.markers, apart, strict=True) if off < NEAR_MM * fit.px_per_mm}
    return replace(fit, marks=tuple(mark for mark in fit.marks if mark in whole))


def fit_of(identity: Identity, forms: Mapping[str, Layout] | None = None) -> Fit | None:
    """The fit an identity was made from, for cutting cells; None when the page was not registered."""
    if identity.layout is None or identity.matrix is None or identity.px_per_mm is None:
        return None
    layout = (layouts() if forms is None else forms)[identity.layout]
    return Fit(layout, identity.matrix, identity.marks, identity.residual_mm or 0.0, identity.px_per_mm)


def _on_glass(fit: Fit, shape: tuple[int, ...]) -> bool:
    """Whether the picture looks like a scanner's: no keystone to speak of, and the sheet fills it."""
    bent = float(np.abs(fit.matrix[2, :2] * (fit.layout.width, fit.layout.height)).max() / abs(fit.matrix[2, 2]))
    sheet = fit.layout.width * fit.layout.height * fit.px_per_mm**2
    return bent < KEYSTONE and 0.85 < sheet / (shape[0] * shape[1]) < 1.18


def tell_size(px_per_mm: float, dpi: float | None, flat: bool = True) -> tuple[str | None, Warning_ | None]:
    """"A3" or "A4" from how many px one layout millimetre takes and the resolution the file states.

    A file that states none, or a camera's 72, is judged by standard scanner resolutions: an A4 sheet at 300 dpi has
    11.8 px/mm, and an A3 one would need 212 dpi for it, which no scanner offers. That holds for a sheet that lay on a
    scanner's glass only (`flat`): a camera stands at any distance. A stated resolution that fits badly where a usual
    one says the other size decides nothing. Otherwise the answer is None.
    """
    own = px_per_mm * 25.4
    scales = {"A4": 1.0, "A3": A3_SCALE}
    fitting = [size for size, scale in scales.items()
               if flat and any(abs(own / scale / standard - 1) < 0.028 for standard in STANDARD_DPI)]
    if dpi and dpi >= 100:
        size, off = min(((size, abs(own / (dpi * scale) - 1)) for size, scale in scales.items()), key=lambda s: s[1])
        if off < STATED_WELL or (off < STATED_BADLY and fitting in ([], [size])):
            return size, None
        if off < STATED_BADLY:
            fitting = []
    if len(fitting) == 1:
        return fitting[0], Warning_("size-by-resolution", N_(
            "The file does not state a believable resolution; %(size)s was concluded from the usual ones."),
            {"size": fitting[0]})
    return None, Warning_("size-unknown", N_("Whether this is the enlarged or the standard sheet cannot be told from "
                                             "the picture; the step it was scanned in decides."))


def _texts(codes: tuple[Code, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code.text for code in codes))


def _one_number(codes: tuple[Code, ...]) -> tuple[str | None, list[Warning_]]:
    """The sheet's number and what is wrong with the codes. Codes that contradict each other give no number."""
    votes = Counter(code.number for code in codes if code.number)
    if not votes:
        return None, [Warning_("no-code", N_("No code of the sheet could be read; enter its number by hand."))]
    if len(votes) > 1:
        return None, [Warning_("codes-differ", N_("The codes on the sheet contradict each other: %(codes)s."),
                               {"codes": ", ".join(sorted(votes))})]
    number, times = votes.most_common(1)[0]
    notes = []
    if times < 2:
        notes.append(Warning_("one-code", N_("Only one of the sheet's codes could be read; there was nothing to check "
                                             "it against.")))
    return number, notes


def _from_print(header: str, layout: Layout, forms: Mapping[str, Layout],
                notes: list[Warning_]) -> tuple[str | None, list[Warning_]]:
    """Number and doubts from the printed header of a sheet whose codes could not be read."""
    named, number = form_named(header, forms), number_in(header)
    if named is not None and forms[named].form != layout.form:
        notes = [*notes, Warning_("form-differs", N_("The header names another form: %(name)s."),
                                  {"name": forms[named].name})]
    if number is None:
        return None, notes
    return number, [Warning_("code-from-print", N_("No code could be read; the number was taken from the printed "
                                                   "digits. Check it."))]
