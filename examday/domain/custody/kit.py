"""What an individual kit consists of.

It depends on medium, subject and rule set (R14, R36, R37; domain section 6.1).

An A3 sheet mirrors one A4 sheet and carries the same bar code; it is evidence and never scanner
input.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.custody.lifecycle import Medium
from examday.domain.messages import N_


class Kind(StrEnum):
    """Things of paper that are counted."""

    STANDARD_SHEET = "standard_sheet"
    """The only kind a scanner of the processing centre reads, so kept apart from all others."""
    ENLARGED_SHEET = "enlarged_sheet"
    """Bears the live number of the form it was made of, so must never reach a scanner there."""
    NOTEBOOK = "braille_notebook"
    """Counted apart from extra sheets: the envelope bears both numbers [2]."""
    BRAILLE_SHEET = "braille_sheet"
    PRINT_OUT = "print_out"
    """Page by page: nobody knows before the end how many there will be."""
    PROTOCOL = "oral_protocol"
    """Page by page as well: the spoken answer, written down word for word."""
    RECORDING = "recording"
    """The carrier, one for each work, so that recordings of two candidates never mix."""
    ENVELOPE = "envelope"
    """One for each work, so that originals of two candidates never mix."""
    PACKET = "packet"
    """The only thing that leaves the point, so the only one that is sealed."""


class ThingState(StrEnum):
    """Where a thing stands by itself; what it lies in is told by its parent.

    SEALED, EMPTIED: only packets.
    """

    IN_USE = "in_use"
    SEALED = "sealed"
    """The count at the sealing holds until the seal is broken."""
    HANDED_OVER = "handed_over"
    EMPTIED = "emptied"
    """Opened by the commission it was made for: what lay in it has its own place again, so it is no
    gap."""
    SPOILED = "spoiled"
    """Kept and counted: a form number that is nowhere to be found has to be explained."""
    NOT_USED = "not_used"


OUT_OF_USE = (ThingState.SPOILED, ThingState.NOT_USED)
"""Things that will not be used any more; they go into a packet of their own, so that nobody
scans them."""

KIND_NAMES: dict[Kind, str] = {
    Kind.STANDARD_SHEET: N_("standard forms (A4)"),
    Kind.ENLARGED_SHEET: N_("enlarged sheets (A3)"),
    Kind.NOTEBOOK: N_("Braille notebooks"),
    Kind.BRAILLE_SHEET: N_("extra Braille sheets"),
    Kind.PRINT_OUT: N_("print-out pages"),
    Kind.PROTOCOL: N_("pages of the oral protocol"),
    Kind.RECORDING: N_("carriers with the recording"),
    Kind.ENVELOPE: N_("envelopes"),
    Kind.PACKET: N_("packets"),
}
"""Many of them, for heads of columns; one thing is named by THING_NAMES."""
THING_NAMES: dict[Kind, str] = {
    Kind.STANDARD_SHEET: N_("standard form (A4)"),
    Kind.ENLARGED_SHEET: N_("enlarged sheet (A3)"),
    Kind.NOTEBOOK: N_("Braille notebook"),
    Kind.BRAILLE_SHEET: N_("extra Braille sheet"),
    Kind.PRINT_OUT: N_("print-out page"),
    Kind.PROTOCOL: N_("page of the oral protocol"),
    Kind.RECORDING: N_("carrier with the recording"),
    Kind.ENVELOPE: N_("envelope"),
    Kind.PACKET: N_("packet"),
}
ORIGINALS: dict[Medium, tuple[Kind, ...]] = {
    Medium.ENLARGED: (Kind.ENLARGED_SHEET,),
    Medium.BRAILLE: (Kind.NOTEBOOK, Kind.BRAILLE_SHEET),
    Medium.TYPED: (Kind.PRINT_OUT,),
    Medium.ORAL: (Kind.PROTOCOL, Kind.RECORDING),
    Medium.STANDARD: (),
}
"""On what a candidate's own answers stand: the evidence, kept apart from the standard forms."""
FOR_THE_EAR = frozenset({Kind.RECORDING})
"""Originals that no scanner sees: they are counted, and no page is awaited of them."""

EXTRAS: dict[Medium, tuple[Kind, ...]] = {
    Medium.ENLARGED: (Kind.STANDARD_SHEET,),
    Medium.BRAILLE: (Kind.NOTEBOOK, Kind.BRAILLE_SHEET, Kind.STANDARD_SHEET),
    Medium.TYPED: (Kind.PRINT_OUT, Kind.STANDARD_SHEET),
    Medium.ORAL: (Kind.PROTOCOL, Kind.STANDARD_SHEET),
    Medium.STANDARD: (Kind.STANDARD_SHEET,),
}
"""What may be issued on demand during the exam (or comes at its end: print-outs, further pages of a
protocol)."""

COUNTED_PAGES = frozenset({Kind.PRINT_OUT, Kind.PROTOCOL})
"""Pages that came out of a printer or a pen: how many is counted, never taken for one."""

SHEET_NAMES: dict[str, str] = {
    "registration": N_("registration form"),
    "form_1": N_("answer form 1"),
    "form_2_1": N_("answer form 2, sheet 1"),
    "form_2_2": N_("answer form 2, sheet 2"),
    "answer_form": N_("answer form"),
    "writing_form": N_("writing form"),
    "extra": N_("additional answer form 2"),
}
REGISTRATION_ONLY = frozenset({"25", "29", "30", "31", "33", "34"})
"""These exams have no answers on paper (source 28b): awaited forms would look lost."""
WITHOUT_LONG_ANSWERS = frozenset({"22"})
"""Mathematics at base level: no task is answered in words."""
WRITING = frozenset({"20", "21"})
"""Essay and exposition: custom of the trade, no text names the form."""


@dataclass(frozen=True)
class Piece:
    """One thing of a kit: kind, which sheet it is ("" for things without one) and paper size."""

    kind: Kind
    sheet: str = ""
    size: str = ""
    """Paper size: an A3 sheet is evidence, an A4 sheet goes to the scanners."""


def standard_sheets(exam_kind: str, subject: str, form_set: str) -> tuple[str, ...]:
    """Return the standard forms of one kit.

    `form_set` is R37 ("1+1+2": registration, form 1, sheets of form 2).

    Maths at base level (22) has no form 2; computer exams and speaking use the registration form
    only (source 28b); ГВЭ kits have one answer form (source 40); an essay (20, 21) has a writing
    form (custom of the trade, no text).
    """
    if exam_kind == "gve":
        return "registration", "answer_form"
    if subject in REGISTRATION_ONLY:
        return ("registration",)
    if subject in WRITING:
        return "registration", "writing_form"
    if subject in WITHOUT_LONG_ANSWERS:
        return "registration", "form_1"
    return (
        "registration",
        "form_1",
        *(f"form_2_{n}" for n in range(1, int(form_set.split("+")[2]) + 1)),
    )


def has_oral_form(exam_kind: str, subject: str) -> bool:
    """Return whether an exam may be taken by word of mouth.

    On request: ГВЭ in any subject (R24), essay and exposition (domain.md 9.1).
    """
    return exam_kind == "gve" or subject in WRITING


def has_short_form(exam_kind: str, subject: str) -> bool:
    """Return whether the kits of an exam have answer form № 1.

    It is the only form with a zone for the replacement of wrong answers.
    """
    return "form_1" in standard_sheets(exam_kind, subject, "1+1+0")


def has_short_answers(exam_kind: str, subject: str) -> bool:
    """Return whether an exam may have short answers: an essay or exposition has none by its nature.

    The one form of ГВЭ takes them (source 40); of other exams without form № 1 nothing is known.
    """
    return exam_kind == "gve" or subject not in WRITING


def kit(medium: Medium, sheets: Iterable[str], notebooks: int) -> tuple[Piece, ...]:
    """Return what is issued to a candidate of this medium.

    That is the standard forms and, for Braille, the notebooks (R14).
    """
    paper = tuple(Piece(Kind.STANDARD_SHEET, sheet, "A4") for sheet in sheets)
    return paper + (Piece(Kind.NOTEBOOK),) * (notebooks if medium is Medium.BRAILLE else 0)


def enlarged(sheets: Iterable[str]) -> tuple[Piece, ...]:
    """Return the A3 sheets that mirror these A4 sheets, one each."""
    return tuple(Piece(Kind.ENLARGED_SHEET, sheet, "A3") for sheet in sheets)


def sheet_name(sheet: str) -> str:
    """Return the msgid of a sheet's name; additional forms are "extra_1", "extra_2" …"""
    return SHEET_NAMES["extra"] if sheet.startswith("extra") else SHEET_NAMES.get(sheet, "")
