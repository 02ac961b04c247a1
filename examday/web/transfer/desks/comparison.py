"""Copy and settled values as the verification desk shows them.

There is a card for each field, and the pages of original and copy for the viewer.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from examday.domain.messages import N_
from examday.domain.transfer.answers import Check, Mark, Seen, Value
from examday.i18n import decimal
from examday.i18n import gettext as _
from examday.services.recognition.doubts import Presort
from examday.services.scans import page_images
from examday.services.scans.showing.places import Place
from examday.services.transfer.desks.verification import Desk
from examday.services.unit_of_work import UnitOfWork
from examday.web.transfer import entry, page_view
from examday.web.words import NOT_MEASURED, field_name

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


@dataclass(frozen=True)
class Comparison:
    """All that the desk shows of the copy."""

    cards: dict[str, Card]
    film: list[FilmPage]

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
    return Comparison(cards, film)


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

    The tick over the folded fields says «seen, right» of all of them that were not opened.
    """
    values, together = entry.read_values(form, shown.fields.ids), "together" in form
    found: dict[str, Check] = {}
    for f in shown.fields.ids:
        said = form.get(f"s:{f}", "")
        if said in set(Seen):
            found[f] = Check(Seen(said), values.get(f) if said == Seen.DIFFERS else None)
        # Only what the desk folded: a tick must not speak for a field that was open.
        elif together and shown.presort.may_fold(f):
            found[f] = Check(Seen.OK, bulk=True)
    return found
