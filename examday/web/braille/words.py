"""Words of the Braille desk: what is heard of a cell, what the machine says of an answer."""

from collections.abc import Mapping, Sequence

from examday.domain.braille.notebook import Look
from examday.domain.custody.kit import KIND_NAMES
from examday.domain.custody.lifecycle import STATE_NAMES
from examday.domain.messages import N_
from examday.domain.transfer.duties import PART_NAMES
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.braille.cells.strips import Spot
from examday.services.braille.commission import NOTE_NAMES
from examday.services.braille.opinion.essays import Place
from examday.services.braille.opinion.short_answers import CellEdit, Verdict

ROLE_NAMES = {
    "blank": N_("blank cell"),
    "number": N_("number sign"),
    "deletion": N_("deletion mark"),
    "capital": N_("capital sign"),
    "ru-capital": N_("Russian capital sign"),
    "ru-small": N_("Russian small sign"),
    "la-capital": N_("Latin capital sign"),
    "la-small": N_("Latin small sign"),
    "el-capital": N_("Greek capital sign"),
    "el-small": N_("Greek small sign"),
    "comma": N_("comma"),
    "full stop": N_("full stop"),
    "hyphen": N_("hyphen"),
    "question mark": N_("question mark"),
    "colon": N_("colon"),
    "semicolon": N_("semicolon"),
    "exclamation mark or plus": N_("exclamation mark or plus"),
    "opening quotation mark": N_("opening quotation mark"),
    "closing quotation mark": N_("closing quotation mark"),
    "opening bracket": N_("opening bracket"),
    "closing bracket": N_("closing bracket"),
}
"""Cells that stand for no character: they are named, or a listener would hear nothing."""
LOOK_NAMES = {
    "braille": N_("Braille"),
    "empty": N_("empty"),
    "not braille": N_("something else than Braille"),
    "no picture": N_("no picture"),
    "": N_("not looked at yet"),
}
"""What the machine says of a page: «not looked at yet» is not «empty»."""
DOTS_UNREAD = N_("dots not read")
THING_NAMES = {str(kind): name for kind, name in KIND_NAMES.items()}
COMMISSION_WORDS: dict[str, Mapping[str, str]] = {
    "states": {str(state): name for state, name in STATE_NAMES.items()},
    "parts": PART_NAMES,
    "note_names": NOTE_NAMES,
}
"""Stored code → msgid: the page of the commission says codes with these alone."""
BREAK_WORDS = {
    "word": N_("one word: %(word)s"),
    "hyphen": N_("with a hyphen: %(word)s"),
    "dash": N_("with a dash: %(word)s"),
}
"""What a hyphen at a line end can be, in the order of likelihood: the first is mostly one key
press."""
VERDICT_NAMES = {
    "agree": N_("gives the cells that the machine saw"),
    "differs": N_("gives other cells"),
    "machine unsure": N_("the machine is unsure here"),
    "unreadable": N_("the machine could not read it"),
}
"""Said from the side of the entry: the person is asked to look again, the machine does not correct.
"""


def look_words(look: Look) -> str:
    """Return what the machine says of a page, with the number of its lines."""
    # Dots that could not be told are no proof that the page is something else.
    faint = look.kind == "not braille" and (look.warnings or look.unread)
    said = [_(DOTS_UNREAD if faint else LOOK_NAMES.get(look.kind, ""))]
    if look.lines:
        said.append(ngettext("%(n)s line", "%(n)s lines", look.lines, n=look.lines))
    if look.mirrored:
        said.append(_("mirrored"))
    return ", ".join(said)


def cell_heard(spot: Spot) -> str:
    """Return the whole sentence of one cell: place, dots, reading, doubt."""
    said = [
        _("dots %(dots)s", dots=spot.heard) if spot.heard else "",
        _meaning(spot),
        _("doubtful") if spot.doubt else "",
    ]
    return _(
        "line %(line)s, cell %(cell)s: %(said)s",
        line=spot.line,
        cell=spot.cell,
        said=", ".join(part for part in said if part),
    )


def _meaning(spot: Spot) -> str:
    """Return what the cell stands for, with what else it may be."""
    piece = spot.piece
    named = piece.text or (_(ROLE_NAMES[piece.role]) if piece.role else "")
    return " ".join([named, *(_("or %(other)s", other=other) for other in piece.others)]).strip()


def verdict_words(verdict: Verdict) -> str:
    """Return what the machine says of one reading: verdict and the first differing cell."""
    said = _(VERDICT_NAMES[verdict.name])
    if verdict.untypable:
        return f"{said}: {_('«%(characters)s» has no Braille', characters=verdict.untypable)}"
    return f"{said}: {edit_words(verdict.edits[0])}" if verdict.edits else said


def long_words(places: Sequence[Place]) -> str:
    """Return at how many places of a long answer other cells were seen, and where first."""
    if not places:
        return _(VERDICT_NAMES["agree"])
    first = places[0]
    return ngettext(
        "gives other cells at %(n)s place: page %(page)s, line %(line)s, cell %(cell)s",
        "gives other cells at %(n)s places, first on page %(page)s, line %(line)s, cell %(cell)s",
        len(places),
        n=len(places),
        page=first.page,
        line=first.line,
        cell=first.cell,
    )


def edit_words(edit: CellEdit) -> str:
    """Return one difference: which cell, what was typed, what was read."""
    return _(
        "cell %(n)s: entered %(typed)s, read %(read)s",
        n=edit.at + 1,
        typed=_dots(edit.typed),
        read=_dots(edit.read),
    )


def _dots(numbers: str | None) -> str:
    """Return dots in words; no dots at all are «no cell»."""
    return _("no cell") if numbers is None else _("dots %(dots)s", dots=numbers)
