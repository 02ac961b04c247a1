"""The pages of a Braille work.

What each scanned page is, in which order the answers stand, and what does not add up.

Rules of the trade (domain.md 4.1): the assistant writes the title page in print; on the first
Braille page after it the candidate embosses name and document, each on a new line; the answers
follow, on one side of the sheet. Drafts travel with the envelope and are no answers. Slates are
written from the back of the sheet, so pages in the wrong order or from the wrong side are real
errors (16.1). A back that was written on all the same is an answer page with a number of its own;
a back without writing is none. What a page is, a person says; the place in the pile and the
machine's first look (Braille, empty, something else) only propose, and never propose to leave out
a page that may hold an answer.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.custody.counts import Counts, differences
from examday.domain.custody.kit import KIND_NAMES
from examday.domain.errors import Invalid
from examday.domain.messages import N_


class Part(StrEnum):
    """What a scanned page is."""

    TITLE = "title"
    """Written in print by the assistant [30], so no Braille is to be expected on it."""
    DATA = "data"
    """The first Braille page after the title: name and document, each on a new line [30]."""
    ANSWER = "answer"
    """From the second sheet after the title on (2024), earlier from page 3 (2010) [30][32]."""
    BACK = "back"
    """Without writing, so neither read nor missed. A back that was written on is an answer page
    with a number of its own."""
    DRAFT = "draft"
    """Travels with the envelope and is never an answer, whatever stands on it."""
    NOT_PART = "not_part"
    """A stray sheet or a page scanned twice; it stays with the work, so that nobody wonders where
    it went."""


PART_NAMES: dict[Part, str] = {
    Part.TITLE: N_("title page"),
    Part.DATA: N_("candidate's data"),
    Part.ANSWER: N_("answer page"),
    Part.BACK: N_("back without writing"),
    Part.DRAFT: N_("draft: no answers"),
    Part.NOT_PART: N_("not a part of the work"),
}
UNCOUNTED = frozenset({Part.DRAFT, Part.NOT_PART})
"""Pages that the count of sheets leaves out: drafts travel apart, and strays are no part of the
work."""
MOST_PAGES = 200
"""A bound against slips of the keyboard, not a rule: a work has 6 to 12 pages (domain.md 13)."""


@dataclass(frozen=True)
class Leaf:
    """One scanned page as it was stated."""

    page: str
    part: Part
    number: int = 0
    """Of an answer page; of a back: the page whose back it is, 0 for the back of title or data;
    else 0."""


@dataclass(frozen=True)
class Look:
    """What the machine says of a page without telling what it read."""

    page: str
    kind: str = ""
    """«braille», «empty», «not braille», «no picture»; empty when it has not looked yet, which is
    not «empty»."""
    mirrored: bool = False
    """Written on a slate and scanned from the wrong side: the text would read backwards."""
    warnings: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    """Msgids of places where the machine saw dots and read none of them: a reader must look
    there, for the text shows no gap."""
    lines: int = 0
    """Lines of Braille that it saw: whoever reads by finger finds the page by their number."""


@dataclass(frozen=True)
class Pile:
    """What was counted by hand."""

    sheets: int
    """That carry the scanned pages: counted on the table, so that a sheet the scanner took together
    with another is noticed."""
    sides: int
    """1 or 2: a back that was not scanned is no empty page."""


@dataclass(frozen=True)
class Oddity:
    """Something that does not add up. It may be so, but then a reason is kept."""

    code: str
    message: str
    """A msgid, as people read in different languages; a string among its figures is a msgid too."""
    params: Mapping[str, object]


def sides_of(looks: Sequence[Look]) -> int:
    """Return how many sides were probably scanned: two when most pages at even places are empty."""
    backs = [look.kind == "empty" for look in looks[1::2]]
    # One empty page alone proves nothing: a notebook may end with one.
    return 2 if len(backs) > 1 and 2 * sum(backs) > len(backs) else 1


def propose(looks: Sequence[Look]) -> dict[str, Leaf]:
    """Return page → what it probably is, in scan order.

    Where place and look disagree, or no machine has looked, nothing is proposed: a person looks.
    Behind such a page answers have no number (0), because it may have been one of them.
    """
    found: dict[str, Leaf] = {}
    both = sides_of(looks) == 2
    number, data, sure = 0, False, True
    for place, look in enumerate(looks):
        part = _probable(look, place == 0, data, both)
        # A first page is the title, and a mirrored back shows its front through: neither is counted.
        sure = sure and (part is not None or place == 0 or (look.mirrored and both))
        # An open page before it may have been the data page, or the front of this back.
        if part is None or (part in (Part.DATA, Part.BACK) and not sure):
            continue
        data = data or part is Part.DATA
        number += part is Part.ANSWER
        counted = sure and part in (Part.ANSWER, Part.BACK)
        found[look.page] = Leaf(look.page, part, number if counted else 0)
    return found


def _probable(look: Look, first: bool, data: bool, both: bool) -> Part | None:
    """Return what a page is by its place and look; None where only a person can tell."""
    # Dots that the machine could not read are no empty page.
    if look.unread and look.kind == "empty":
        return None
    # The title page is in print, and a few printed lines may look like an empty page.
    if first and look.kind in ("not braille", "empty"):
        return Part.TITLE
    if look.kind == "empty":
        return Part.BACK if both else Part.NOT_PART
    if look.kind != "braille" or look.mirrored:
        return None
    return Part.ANSWER if data else Part.DATA


def in_order(leaves: Iterable[Leaf]) -> list[Leaf]:
    """Return the pages in the order of reading.

    Title page, data, the answers by number, each before its back, then what is no answer.
    """
    heads = {Part.TITLE: 0, Part.DATA: 1, Part.DRAFT: 3, Part.NOT_PART: 4}
    return sorted(
        leaves,
        key=lambda leaf: (
            heads.get(leaf.part, 2 if leaf.number else 1),
            leaf.number,
            leaf.part is Part.BACK,
        ),
    )


def answers(leaves: Iterable[Leaf]) -> list[Leaf]:
    """Return the pages that are transcribed, in the order of reading."""
    return [leaf for leaf in in_order(leaves) if leaf.part is Part.ANSWER]


def check_stated(leaves: Sequence[Leaf], pages: Iterable[str], pile: Pile) -> None:
    """Invalid unless every scanned page is stated once, numbered and counted.

    No reason excuses these: without them the work cannot be read in order.
    """
    if sorted(leaf.page for leaf in leaves) != sorted(pages):
        raise Invalid(
            N_("Not every page was stated."),
            code="page-open",
            field="part",
            advice=N_("Say of every page what it is; nothing is left out in silence."),
        )
    if any(not (leaf.part is Part.ANSWER) <= leaf.number <= MOST_PAGES for leaf in leaves):
        raise Invalid(
            N_("An answer page needs its number."),
            code="page-number",
            field="number",
            advice=N_("Number the answer pages in the order in which they are to be read, from 1."),
        )
    if not 1 <= pile.sheets <= MOST_PAGES or pile.sides not in (1, 2):
        raise Invalid(
            N_("The sheets were not counted."),
            code="sheets",
            field="sheets",
            advice=N_("Count the sheets by hand, and say whether one side or both were scanned."),
        )


def oddities(
    leaves: Sequence[Leaf],
    looks: Sequence[Look],
    pile: Pile,
    expected: Counts,
    counted: Counts,
) -> tuple[Oddity, ...]:
    """Return everything that does not add up.

    `looks`: in scan order; `expected`: notebooks and extra sheets by the journal, `counted`: those
    found in the envelope now.
    """
    return (
        *_heads(leaves),
        *_numbers(leaves),
        *_sheets(leaves, pile),
        *_left_out(leaves, looks),
        *(
            Oddity(
                "count",
                N_("%(thing)s: by the journal %(expected)s, in the envelope %(counted)s."),
                {"thing": KIND_NAMES[d.kind], "expected": d.expected, "counted": d.counted},
            )
            for d in differences(expected, counted)
        ),
    )


def _heads(leaves: Sequence[Leaf]) -> Iterable[Oddity]:
    """Find a work without title, data or answers, or with two titles."""
    parts = Counter(leaf.part for leaf in leaves)
    if not parts[Part.TITLE]:
        yield Oddity("no-title", N_("No page is the title page."), {})
    if not parts[Part.DATA]:
        yield Oddity("no-data", N_("No page has the candidate's data."), {})
    if not parts[Part.ANSWER]:
        yield Oddity("no-answers", N_("No page has answers."), {})
    if parts[Part.TITLE] > 1:
        yield Oddity(
            "titles", N_("More than one page is the title page: %(n)s."), {"n": parts[Part.TITLE]}
        )


def _numbers(leaves: Sequence[Leaf]) -> Iterable[Oddity]:
    """Find gaps and doubles among answer pages and their backs."""
    faces = Counter(leaf.number for leaf in leaves if leaf.part is Part.ANSWER)
    backs = Counter(leaf.number for leaf in leaves if leaf.part is Part.BACK)
    for number in range(1, max(faces, default=0) + 1):
        if not faces[number]:
            yield Oddity("gap", N_("Answer page %(n)s is missing."), {"n": number})
        if faces[number] > 1:
            yield Oddity("twice", N_("Two pages are answer page %(n)s."), {"n": number})
    for number in sorted(backs.keys() - {0}):
        if not faces[number]:
            yield Oddity(
                "back-alone",
                N_("There is a back of page %(n)s, but no answer page %(n)s."),
                {"n": number},
            )
        if backs[number] > 1:
            yield Oddity("backs", N_("Two pages are the back of page %(n)s."), {"n": number})


def _sheets(leaves: Sequence[Leaf], pile: Pile) -> Iterable[Oddity]:
    """Find a count of sheets that does not fit the pages of the work."""
    pages = sum(leaf.part not in UNCOUNTED for leaf in leaves)
    if pages != pile.sheets * pile.sides:
        yield Oddity(
            "pages",
            N_(
                "The sheets make %(wanted)s pages (sheets: %(sheets)s, sides: %(sides)s), but there "
                "are %(pages)s pages of the work."
            ),
            {
                "wanted": pile.sheets * pile.sides,
                "sheets": pile.sheets,
                "sides": pile.sides,
                "pages": pages,
            },
        )
    if pile.sides == 1 and any(leaf.part is Part.BACK for leaf in leaves):
        yield Oddity(
            "one-sided", N_("One side was scanned, but a page is stated to be a back."), {}
        )


def _left_out(leaves: Sequence[Leaf], looks: Sequence[Look]) -> Iterable[Oddity]:
    """Find pages with Braille that were stated to have none."""
    said = {leaf.page: leaf.part for leaf in leaves}
    for scan, look in enumerate(looks, 1):
        part = said.get(look.page)
        # No wonder, so not asked about: drafts are written on, and a mirrored page is the
        # show-through of its front.
        if look.kind == "braille" and not look.mirrored and part in (Part.BACK, Part.NOT_PART):
            yield Oddity(
                "left-out",
                N_("Scan %(scan)s is stated as «%(part)s», but the machine sees Braille on it."),
                {"scan": scan, "part": PART_NAMES[part]},
            )
