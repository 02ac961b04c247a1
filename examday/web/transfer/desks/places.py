"""Places of a long answer on the pages of settling: the words around, the lines, and what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from examday.domain.messages import N_
from examday.domain.transfer.answers import MARK_NAMES, WITHOUT_TEXT, Mark, Value
from examday.domain.transfer.text_places import AROUND, AS_ENTERED, Place, words
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.braille.opinion.place_lines import Stretch
from examday.services.scans.page_images import DeskPage
from examday.services.transfer.desks.settle import Table
from examday.web.braille.shown_pages import shown_box

UNSEEN = {" ": N_("a blank"), "\n": N_("a new line"), "\t": N_("a tab"), "": N_("nothing")}
"""Signs that cannot be seen or heard are named; «nothing» is what one entry leaves out."""
DRAWN = str.maketrans({" ": "␣", "\n": "¶", "\t": "⇥"})
"""A blank or a line end that two people read otherwise must be seen to be decided on."""
Code = tuple[str, int, int, int, int]
"""What `SequenceMatcher` says: kind, range of the text, range of the other."""
MOST_TOLD = 3
"""Differences of one place that are told sign by sign; more would not be listened to, so their
number is said."""


class Run(NamedTuple):
    """A stretch of a variant that is the same in the other one, or differs."""

    text: str
    differs: bool


@dataclass(frozen=True)
class PlaceShown:
    """A place: its number of how many, the agreed words around it, and its lines in a notebook."""

    number: int
    of: int
    before: str
    after: str
    of_mark: bool
    where: str = ""
    """Page and lines in words, as a finger finds them; "" where nobody knows, or where the original
    is no notebook."""
    page: int = 0
    box: str = ""
    """Its lines on the picture as shown, for data-box: the eye need not look for them."""


def shown_places(
    shown: Table,
    found: Mapping[str, Stretch],
    pages: Sequence[DeskPage],
) -> dict[str, PlaceShown]:
    """Return the places by their id. `found`: where they stand in a notebook."""
    return {
        place.id: _shown(place, len(one.places), found.get(place.id), pages)
        for one in shown.asked.cuts.values()
        for place in one.places
    }


def _shown(
    place: Place,
    of: int,
    stretch: Stretch | None,
    pages: Sequence[DeskPage],
) -> PlaceShown:
    around = _one_line(words(place.before, -AROUND)), _one_line(words(place.after, AROUND))
    if stretch is None:
        return PlaceShown(place.number, of, *around, place.of_mark)
    box = shown_box(pages[stretch.page - 1], stretch.box) if stretch.box else []
    return PlaceShown(
        place.number,
        of,
        *around,
        place.of_mark,
        where_words(stretch),
        stretch.page,
        ",".join(map(str, box)),
    )


def _one_line(text: str) -> str:
    """Return words as they are read on: line ends are of no help for finding a place."""
    return " ".join(text.split())


def where_words(stretch: Stretch) -> str:
    """Return the page and the lines of a place in words."""
    (page, line), (to_page, to_line) = stretch.lines[0], stretch.lines[-1]
    if page != to_page:
        return _(
            "from page %(page)s, line %(line)s to page %(to_page)s, line %(to_line)s",
            page=page,
            line=line,
            to_page=to_page,
            to_line=to_line,
        )
    if line == to_line:
        return _("page %(page)s, line %(line)s", page=page, line=line)
    return _("page %(page)s, lines %(line)s to %(to_line)s", page=page, line=line, to_line=to_line)


def told(place: Place) -> list[str]:
    """Return in words where the two entries differ at a place, sign by sign while they are few."""
    if place.of_mark:
        return []
    first, second = place.first.text, place.second.text
    edits = [code for code in _codes(first, second) if code[0] != "equal"]
    said = [
        _(
            "Sign %(n)s: in the first %(first)s, in the second %(second)s.",
            n=a + 1,
            first=_named(first[a:b]),
            second=_named(second[c:d]),
        )
        for _kind, a, b, c, d in edits[:MOST_TOLD]
    ]
    more = len(edits) - MOST_TOLD
    if more > 0:
        said.append(ngettext("And at %(n)s more.", "And at %(n)s more.", more, n=more))
    return said


def _named(text: str) -> str:
    if text in UNSEEN:
        return _(UNSEEN[text])
    return f"«{text.translate(DRAWN)}»"


def runs(text: str, other: str) -> list[Run]:
    """Return a variant in stretches that are the same as in the other, or differ.

    Line ends are drawn everywhere, blanks where they differ or nobody would see them.
    """
    found = []
    for kind, a, b, _c, _d in _codes(text, other):
        if a < b:
            same = kind == "equal"
            found.append(Run(_drawn(text[a:b]) if same else text[a:b].translate(DRAWN), not same))
    return found


def _drawn(text: str) -> str:
    return text.replace("\n", "¶").replace("¶ ", "¶␣").replace("  ", "␣␣")


def _codes(text: str, other: str) -> list[Code]:
    """Return what is the same and what differs: sign by sign where both are of one length.

    «1941» and «1914» differ in two signs; by insertion and removal nobody would see that they are
    exchanged.
    """
    codes: list[Code] = [*SequenceMatcher(None, text, other, autojunk=False).get_opcodes()]
    unlike = sum(a != b for a, b in zip(text, other, strict=False))
    moved = sum(max(b - a, d - c) for kind, a, b, c, d in codes if kind != "equal")
    return _by_sign(text, other) if len(text) == len(other) and unlike <= moved else codes


def _by_sign(text: str, other: str) -> list[Code]:
    """Return stretches of two texts of one length that are the same or differ throughout."""
    alike = [a == b for a, b in zip(text, other, strict=True)]
    edges = [n for n in range(1, len(alike)) if alike[n] != alike[n - 1]]
    spans = pairwise([0, *edges, len(alike)]) if alike else ()
    return [("equal" if alike[a] else "replace", a, b, a, b) for a, b in spans]


def marks_here() -> list[tuple[str, str]]:
    """Return what can be seen at one place: its text, or that it cannot be read."""
    return [("", _("as entered")), (Mark.ILLEGIBLE.value, f"{_(MARK_NAMES[Mark.ILLEGIBLE])} (F4)")]


def marks_of_answer() -> list[tuple[str, str]]:
    """Return what can be seen of an answer that has text."""
    with_text = [mark for mark in Mark if mark not in WITHOUT_TEXT]
    return [(AS_ENTERED, _("as entered")), *((str(m), _(MARK_NAMES[m])) for m in with_text)]


def mark_said(value: Value) -> str:
    """Return the value of a place that asks for the mark of the answer, in words."""
    return dict(marks_of_answer()).get(value.text, value.text)
