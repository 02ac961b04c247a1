"""Scanned pages as a desk shows them: address, size, and where the fields lie, in px as shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from examday.i18n import gettext as _
from examday.services.scans.page_images import DeskPage, Sheets
from examday.services.scans.showing.places import Place
from examday.web.words import NOT_MEASURED, NOT_PROVEN

VIEW_SIDE = 2480
"""px, the longer side of a page on the desk: an A3 sheet at 150 dpi, at which pencil can be read."""


@dataclass(frozen=True)
class Picture:
    """The page on the left: its address and size in px as shown, its number, all pages.

    `note` says what must be known before its places are trusted.
    """

    url: str
    width: int
    height: int
    number: int
    numbers: tuple[int, ...] = ()
    note: str = ""
    """Warns where the places were not measured on this very picture: the frame beside an answer may
    be the neighbour's."""


def address(page: DeskPage) -> str:
    """Return the address of the page's picture in the size in which it is shown."""
    return url_for("images.page", page_id=page.id, scale=f"{view_scale(page):.4f}")


def picture(pages: Sequence[DeskPage], number: int) -> Picture | None:
    """Return page `number` (from 1) as it is shown on a desk; None when nothing has been scanned."""
    if not pages:
        return None
    # A page may have been set aside since the link was made: the nearest one is shown.
    number = min(max(1, number), len(pages))
    page = pages[number - 1]
    scale = view_scale(page)
    return Picture(
        address(page),
        round(page.width * scale),
        round(page.height * scale),
        number,
        tuple(range(1, len(pages) + 1)),
        doubt(page),
    )


def doubt(page: DeskPage) -> str:
    """What must be known before places on a page are trusted, or missed; "" when nothing."""
    if not page.proven:
        return _(NOT_PROVEN)
    return "" if page.measured else _(NOT_MEASURED)


def first_with(sheets: Sheets, fields: Iterable[str]) -> int:
    """Return the page (from 1) with the first of these fields.

    It is the first page where none of them has a place.
    """
    wanted = next((sheets.places[f].page_id for f in fields if f in sheets.places), "")
    return next((n for n, page in enumerate(sheets.pages, 1) if page.id == wanted), 1)


def view_scale(page: DeskPage) -> float:
    """Return how much smaller than its pixels a page is shown."""
    return min(1.0, VIEW_SIDE / max(1, page.width, page.height))


def boxes_on(page: DeskPage, places: Mapping[str, Place]) -> dict[str, str]:
    """data-box of the fields that lie on this page, px of the picture as shown."""
    return {f: ",".join(map(str, edges)) for f, edges in edges_on(page, places).items()}


def edges_on(page: DeskPage, places: Mapping[str, Place]) -> dict[str, list[int]]:
    """Return the edges of the fields on this page, px of the picture as shown.

    Edges come as left, top, right, bottom.
    """
    scale = view_scale(page)
    parts = [(f, part) for f, place in places.items() for part in (place, *place.further)]
    return {
        f: [round(edge * scale) for edge in part.box]
        for f, part in parts
        if part.page_id == page.id and part.box is not None
    }


@dataclass(frozen=True)
class Turned:
    """The page a desk is turned to, and data-box of the fields that lie on it."""

    picture: Picture | None
    boxes: dict[str, str]


def turn(sheets: Sheets, number: int) -> Turned:
    """Return page `number` (from 1, the last when there are fewer) of a work."""
    shown = picture(sheets.pages, number)
    if shown is None:
        return Turned(None, {})
    return Turned(shown, boxes_on(sheets.pages[shown.number - 1], sheets.places))
