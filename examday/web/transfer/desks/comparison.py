"""Copy and settled values as the verification desk shows them.

There is a card for each field, and the pages of original and copy for the viewer.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

from flask import url_for
from werkzeug.datastructures import MultiDict

from examday.domain.messages import N_
from examday.domain.transfer.answers import Check, Mark, Seen, Value
from examday.domain.transfer.fields import FieldId
from examday.i18n import decimal
from examday.i18n import gettext as _
from examday.services.recognition.doubts import Presort
from examday.services.scans import page_images
from examday.services.scans.showing.places import Place
from examday.services.transfer.desks.verification import Desk
from examday.services.unit_of_work import UnitOfWork
from examday.web.transfer import entry, page_view
from examday.web.words import NOT_MEASURED, field_name

FOLDED = "together"
"""The tick that answers for all fields in which the machine sees no difference."""
LIKELY = 0.5
"""An agreement below which the page says that the machine is not sure, also where nothing may be
folded."""


class Role(NamedTuple):
    """Original or copy: its sign in the program, and what its pages are called."""

    name: str
    source: str
    title: str


ROLES = (
    Role("original", "A", N_("Original, page %(n)s")),
    Role("copy", "B", N_("Copy, page %(n)s")),
)
"""The original first: it is what the copy is held against."""
BothSheets = Mapping[str, page_images.Sheets]
"""Role → pages and places, "original" and "copy": the two are never mixed, as nobody may compare a
sheet with itself."""


@dataclass(frozen=True)
class FilmPage:
    """A page for the viewer: address, size, name, and where its fields are.

    `boxes`: the fields in px as shown; `marks`: those to be looked at one by one. `nth` counts the
    pages of its role, `number` those of the film; `key` shows the page.
    """

    url: str
    width: int
    height: int
    id: str
    name: str
    role: str
    source: str
    nth: int
    number: int
    key: str
    boxes: dict[str, list[int]]
    marks: list[str]


@dataclass(frozen=True)
class Hint:
    """What the machine thinks of one field: how sure it is, what it reads on the copy."""

    differs: bool
    unsure: bool
    text: str
    sure: str
    copy: str


@dataclass(frozen=True)
class Card:
    """One field: its settled value, where it lies, what the person said, what the machine thinks.

    The machine's opinion is shown after the person's own answer.
    """

    id: str
    field: str
    label: str
    kind: str
    value: Value
    crops: dict[str, Place]
    places: str
    hint: Hint | None
    unmeasured: str
    seen: str
    instead: Value | None
    error: str
    unseen: bool = False
    pictured: "Card | None" = None
    """An earlier card with the very same pictures, which are then not drawn twice; None where this
    one shows its own."""

    @property
    def doubt(self) -> bool:
        """Whether the machine sees a difference."""
        return self.hint is not None and self.hint.differs


class Block(NamedTuple):
    """A picture of several fields that lie side by side on one sheet.

    `url`: "" where their places are not known, so that only the whole page can be shown.
    """

    source: str
    role: str
    page_id: str
    url: str


@dataclass(frozen=True)
class BlankRows:
    """The replacement rows that must be blank, as one question.

    `rows`: their numbers; `pictures`: the block on original and copy; `places` as of a card.
    """

    cards: list[Card]
    rows: str
    pictures: list[Block]
    places: str


@dataclass(frozen=True)
class Comparison:
    """All that the desk shows of the copy."""

    cards: dict[str, Card]
    film: list[FilmPage]
    blank_rows: BlankRows | None

    @property
    def opened(self) -> FilmPage | None:
        """The page that lies open at first: the first one of the copy."""
        return next((page for page in self.film if page.role == "copy"), None)


@dataclass(frozen=True)
class Measured:
    """What the bound did on test sheets, in words."""

    found: str
    flagged: str
    missed: str


@dataclass(frozen=True)
class Machine:
    """The machine's comparison as a whole, in words.

    `bound`: above it fields are folded; `measured`: what the comparison did on test sheets (None
    where nobody measured); `patterns`: slips over several fields.
    """

    bound: str
    measured: Measured | None
    patterns: list[str]


def compare(
    uow: UnitOfWork,
    shown: Desk,
    checks: Mapping[str, Check],
    bad: Mapping[str, str],
) -> Comparison:
    """Return the cards of all fields and the film. `bad`: field → what is wrong with what was sent."""
    both = {role.name: page_images.sheets(uow, shown.booklet, role.name) for role in ROLES}
    film = _film(both, shown.first)
    cards = {
        f: _card(shown, f, checks.get(f), both, film, bad.get(f, "")) for f in shown.fields.ids
    }
    pictured = _pictured_before([cards[f] for f in (*shown.first, *shown.folded)])
    cards |= {f: replace(cards[f], pictured=before) for f, before in pictured.items()}
    rows = [cards[f] for f in shown.blank_rows]
    return Comparison(cards, film, _blank_rows(rows, both, film) if rows else None)


BLOCK_MARGIN = 0.4
"""Of a row's height: so much of what lies around the block is shown, or the border would be cut."""


def _blank_rows(cards: list[Card], both: BothSheets, film: Sequence[FilmPage]) -> BlankRows:
    pictures = [
        block
        for role in ROLES
        if (block := _block([c.crops.get(role.name) for c in cards], role, both[role.name].pages))
    ]
    where = {
        str(page.number): _around([page.boxes[c.field] for c in cards if c.field in page.boxes])
        for page in film
        if any(c.field in page.boxes for c in cards)
    }
    return BlankRows(
        cards,
        _numbers([FieldId.parse(c.field).number for c in cards]),
        pictures,
        json.dumps(where) if where else cards[0].places,
    )


def _numbers(rows: Sequence[int]) -> str:
    """Return the numbers as people write them: «1–6» or «1, 4, 5»."""
    if rows[-1] - rows[0] == len(rows) - 1 > 1:
        return f"{rows[0]}–{rows[-1]}"
    return ", ".join(map(str, rows))


def _block(
    places: Sequence[Place | None], role: Role, pages: Sequence[page_images.DeskPage]
) -> Block | None:
    """Return the picture of fields on one page of this role; None where their page is not there."""
    found = [place for place in places if place is not None]
    boxes = [place.box for place in found if place.box is not None]
    page = next((page for page in pages if found and page.id == found[0].page_id), None)
    if page is None:
        return None
    if len(boxes) < len(places):
        return Block(role.source, role.name, page.id, "")
    x0, y0, x1, y1 = _around(boxes)
    room = round(BLOCK_MARGIN * (boxes[0][3] - boxes[0][1]))
    x0, y0 = max(0, x0 - room), max(0, y0 - room)
    x1, y1 = min(page.width, x1 + room), min(page.height, y1 + room)
    scale = page_view.view_scale(page)
    url = url_for("images.page", page_id=page.id, box=f"{x0},{y0},{x1},{y1}", scale=f"{scale:.4f}")
    return Block(role.source, role.name, page.id, url)


def _around(boxes: Sequence[Sequence[int]]) -> list[int]:
    """Return the smallest box with all of these in it."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return [min(left), min(top), max(right), max(bottom)]


def _pictured_before(cards: Sequence[Card]) -> dict[str, Card]:
    """Return blank long answers whose pictures an earlier card shows: field → that card.

    All long answers lie in the same areas: the same empty sheets once more for each task that was
    left out are screens to scroll, and nothing to look at. `cards` in the order of the page.
    """
    found: dict[str, Card] = {}
    shown: dict[str, Card] = {}
    for card in cards:
        sheets = str(card.crops)
        if card.kind == "long" and sheets in shown and card.value.mark is Mark.BLANK:
            found[card.field] = shown[sheets]
        shown.setdefault(sheets, card)
    return found


def as_json(film: Sequence[FilmPage]) -> str:
    """Return the film as the viewer takes it."""
    return json.dumps([asdict(page) for page in film], ensure_ascii=False)


def in_words(presort: Presort) -> Machine:
    """Return what the desk says of the machine's comparison as a whole."""
    measured = None
    if known := presort.measured:
        # A decimal comma, as it is written in Russian.
        missed = str(known.missed).replace(".", ",")
        measured = Measured(_percent(known.found), _percent(known.flagged), missed)
    patterns = [_(pattern.message, **pattern.params) for pattern in presort.patterns]
    return Machine(_percent(presort.bound), measured, patterns)


def _percent(part: float) -> str:
    """Return a share in per cent, as it is written in Russian."""
    return f"{decimal(100 * part)} %"


def _film(both: BothSheets, first: Sequence[str]) -> list[FilmPage]:
    shown = [
        (role, nth, page)
        for role in ROLES
        for nth, page in enumerate(_spoken_of(both[role.name]), 1)
    ]
    return [
        _film_page(page, role, nth, number, page_view.edges_on(page, both[role.name].places), first)
        for number, (role, nth, page) in enumerate(shown, 1)
    ]


def _spoken_of(sheets: page_images.Sheets) -> list[page_images.DeskPage]:
    """Return the pages on which fields are; of a notebook the others would only be leafed through."""
    ids = {part.page_id for place in sheets.places.values() for part in _parts(place)}
    return [page for page in sheets.pages if page.id in ids]


def _film_page(
    page: page_images.DeskPage,
    role: Role,
    nth: int,
    number: int,
    boxes: dict[str, list[int]],
    first: Sequence[str],
) -> FilmPage:
    scale = page_view.view_scale(page)
    return FilmPage(
        url=page_view.address(page),
        width=round(page.width * scale),
        height=round(page.height * scale),
        id=page.id,
        name=_(role.title, n=nth),
        role=role.name,
        source=role.source,
        nth=nth,
        number=number,
        # Keys A and B show the first page of each; more keys nobody would remember.
        key=role.source.lower() if nth == 1 else "",
        boxes=boxes,
        marks=[f for f in first if f in boxes],
    )


def _parts(place: Place) -> tuple[Place, ...]:
    return (place, *place.further)


def _on_film(f: str, crops: Mapping[str, Place], film: Sequence[FilmPage]) -> str:
    """Return where the field is on either sheet, as JSON.

    Number of the page → the field's box there; null for «somewhere on the page».
    """
    ids = {part.page_id for place in crops.values() for part in _parts(place)}
    found = {page.number: page.boxes.get(f) for page in film if page.id in ids}
    # Null and missing differ: «somewhere on the page» still opens that page.
    return json.dumps(found) if found else ""


def _card(
    shown: Desk,
    f: str,
    check: Check | None,
    both: BothSheets,
    film: Sequence[FilmPage],
    error: str,
) -> Card:
    crops = {role: sheets.places[f] for role, sheets in both.items() if f in sheets.places}
    return Card(
        id=entry.html_id(f),
        field=f,
        label=field_name(f),
        kind=entry.kind_of(f),
        value=shown.values[f],
        crops=crops,
        places=_on_film(f, crops, film),
        hint=_hint(shown.presort, f),
        unmeasured=_doubt(both, crops),
        # Confirmed together is not said of this field: opened again, the card asks anew.
        seen="" if check is None or check.bulk else check.seen.value,
        instead=check.value if check else None,
        error=error,
        unseen=f in shown.unseen,
    )


def _doubt(both: BothSheets, crops: Mapping[str, Place]) -> str:
    """Say why the places of a field are not to be trusted, or not there; "" when they are."""
    ids = {part.page_id for place in crops.values() for part in _parts(place)}
    doubts = (
        page_view.doubt(page) for sheets in both.values() for page in sheets.pages if page.id in ids
    )
    return next(filter(None, doubts), "") or (
        # Places that were only reckoned may show the neighbouring row.
        "" if all(place.measured for place in crops.values()) else _(NOT_MEASURED)
    )


def _hint(presort: Presort, f: str) -> Hint | None:
    """Return what the machine thinks of a field, in words; None where it has no opinion."""
    view = presort.fields.get(f)
    if view is None:
        return None
    return Hint(
        differs=not view.same,
        unsure=view.confidence < min(presort.bound, LIKELY),
        text=_(view.kind, **view.params) if view.kind else "",
        sure=_percent(view.confidence),
        copy=view.copy,
    )


def read_checks(shown: Desk, form: MultiDict[str, str]) -> dict[str, Check]:
    """Return what was said of each field.

    A tick over several fields says «seen, right» of all of them that were not opened.
    """
    values = entry.read_values(form, shown.fields.ids)
    # Only what the desk put together: a tick must not speak for a field that was open.
    # That over blank rows names those it stood under: since then the machine may have sorted others there.
    ticked = set(shown.folded) if FOLDED in form else set[str]()
    ticked |= set(form.get(entry.BLANK_ROWS, "").split()) & set(shown.looked_over)
    found: dict[str, Check] = {}
    for f in shown.fields.ids:
        said = form.get(f"s:{f}", "")
        if said in set(Seen):
            found[f] = Check(Seen(said), values.get(f) if said == Seen.DIFFERS else None)
        elif f in ticked:
            found[f] = Check(Seen.OK, bulk=True)
    return found


def ticks(shown: Desk) -> dict[str, tuple[str, ...]]:
    """Return the ticks of the desk that answer for several fields: name → its fields."""
    return {FOLDED: shown.folded, entry.BLANK_ROWS: shown.blank_rows}


def ticked(shown: Desk, checks: Mapping[str, Check]) -> set[str]:
    """Return the ticks that were set: those of whose fields none is open.

    One field confirmed together says nothing of the group: the machine may have sorted anew since.
    """
    return {
        tick
        for tick, group in ticks(shown).items()
        if all(f in checks for f in group) and any(checks[f].bulk for f in group)
    }
