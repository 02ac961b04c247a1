"""Would a page be attached on form, size and side alone?

Every doubt about the picture, in one catalogue.

A doubt is a warning whose code stands in `STOPS`. What the reader could not see is a doubt, never a
guess: a person looks, or the sheet is scanned again while the paper is still at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypedDict

from examday.domain.messages import N_


class NoteJson(TypedDict):
    """A warning as JSON."""

    code: str
    message: str
    """A msgid and no sentence: it is stored, and people read in different languages."""
    params: dict[str, object]


@dataclass(frozen=True)
class PageWarning:
    """Something a person should know.

    A stable code, an English msgid with %(name)s places, and their values.
    """

    code: str
    """Stable, because it is stored with the page and asked for by name."""
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> NoteJson:
        """The warning as JSON-ready values."""
        return {"code": self.code, "message": self.message, "params": dict(self.params)}


STOPS: Mapping[str, str] = MappingProxyType(
    {
        "no-code": N_("Find the number on the page and attach it by hand, or scan it again."),
        "codes-differ": N_("Compare the bar code and the printed digits by eye."),
        "partner-only": N_("Attach the page by the printed digits, or scan it again."),
        "no-marks": N_("Scan the side with the answers, flat and whole, with all four corners."),
        "mirror": N_("Switch off mirroring at the scanner or the phone and scan the sheet again."),
        "negative": N_("Switch off inverting at the scanner and scan the sheet again."),
        "two-sheets": N_("Scan each sheet by itself."),
        "part-of-sheet": N_(
            "Scan the whole sheet, with all four corners, or scan both halves so that they overlap and "
            "join them."
        ),
        "fit-unproven": N_("Take the picture again: flat, from straight above, in even light."),
        "blurred": N_("Take the picture again; hold the phone still and wait until it is sharp."),
        "rows-unseen": N_(
            "Take the picture again, sharp, in even light and with nothing on the sheet; a scanner's glass may "
            "need cleaning."
        ),
        "too-dark": N_("Take the picture again with more light."),
        "low-contrast": N_("Scan the sheet again with more contrast, in shades of grey."),
        "low-resolution": N_("Scan the sheet again at 300 dpi."),
        "size-unknown": N_("Scan the sheet with a scanner, or say whether it is A3 or A4."),
    }
)
"""By code. Each keeps a page from being attached by itself, so each says what to do about it."""


OF_PICTURE = frozenset(STOPS) - {
    "no-code",
    "codes-differ",
    "partner-only",
    "size-unknown",
    "low-resolution",
}
"""Doubts on what the picture shows at all: with one of them no form counts as seen."""


def because(codes: Iterable[str]) -> tuple[str, ...]:
    """The doubts among the codes of a page's warnings, in the order in which they matter."""
    found = set(codes)
    return tuple(code for code in STOPS if code in found)
