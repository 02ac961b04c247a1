"""Identify a sheet: its form, number, way up and size. Refuses with a reason instead of guessing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from examday.domain.custody.sheet_codes import NUMBER, PARTNER, VERDICTS, Verdict, Witness, settle
from examday.domain.messages import N_
from examday.paper.layout import Layout, layouts
from examday.reading.codes import Code, other_form
from examday.reading.cutting import PixelBox, other_sheet
from examday.reading.doubts import doubts_of, part_note, why_unlaid
from examday.reading.fit import ENOUGH, Bend, Fit
from examday.reading.flatten import Flat
from examday.reading.judgement import NoteJson, PageWarning, because
from examday.reading.laying import Laid, lay_page, may_be_scanned
from examday.reading.printed import form_named, number_in, read_header
from examday.reading.sheet_size import tell_size
from examday.reading.solid import are_solid


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
    sheets: tuple[PixelBox, ...] = ()
    """Of a picture of two sheets the part that holds each, px; empty where it cannot be cut."""

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
    spoken_for = bool(codes or form_named(header, known))
    if fit is None or _by_chance(grey, known, laid, told, spoken_for):
        return _unlaid(grey, known, laid, told), None
    number, warnings = told.number, verdict_notes(told)
    if silent:
        number, warnings = _from_print(header, fit.layout, known, witnesses, warnings)
    stated = dpi if may_be_scanned(fit, grey.shape) else None
    size, note = tell_size(fit.px_per_mm, stated, grey.shape)
    notes = [*_other_form_note(codes), *([note] if note else []), *_missing_marks_note(fit)]
    beside = other_sheet(grey, known, laid)
    notes += [beside.note] if beside else []
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
        (beside and beside.parts) or (),
    )
    return identity, laid.flat if fit.proven else None


def _by_chance(
    grey: np.ndarray,
    known: Mapping[str, Layout],
    laid: Laid,
    told: Verdict,
    spoken_for: bool,
) -> bool:
    """Tell whether the page may lie under its form by chance.

    `spoken_for`: a code was read, or the header names a form. Three squares alone prove no form;
    letters of a typed page lie like four, also beside the code of a label.
    """
    fit = laid.fit
    if fit is None or not (spoken_for or _whole(fit)):
        return True
    if fit.proven:
        return False
    solid = told.number is not None or are_solid(grey, fit)
    return not solid or _perhaps_another(grey, known, laid)


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
    # A partner that does not go with the printed number contradicts it, and then no number is told.
    if number is None or not all(w.agrees(number) for w in partners):
        return None, [*notes, *differs]
    # Dropped are the notes why no code gave the number, since it is known now. That the header
    # names another form stays true.
    return number, [
        *differs,
        PageWarning(
            "code-from-print",
            N_("No code could be read; the number was taken from the printed digits. Check it."),
        ),
    ]


__all__ = ["Identity", "NoteJson", "PageWarning", "identify"]
