"""Pages, lines and cells where they lie on the pictures as they are shown."""

import json
from collections.abc import Sequence

from flask import url_for

from examday.i18n import gettext as _
from examday.services.braille.cells import strips
from examday.services.scans.page_images import DeskPage
from examday.web.transfer import page_view

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in px of the upright picture: pages show it turned and smaller, so it is
scaled last."""
SIDE = 640
"""px, the longer side of a page in the list: enough to tell what a page is, and little enough for
forty of them."""


def pages_for_viewer(
    pages: Sequence[DeskPage], lines: Sequence[Sequence[Box]] | None = None
) -> str:
    """Return all pages for the viewer as JSON: address, size, and places of the lines, px as shown."""
    shown = []
    for number, page in enumerate(pages, 1):
        picture = page_view.picture(pages, number)
        assert picture is not None
        places = [shown_box(page, box) for box in lines[number - 1]] if lines else []
        shown.append(
            {
                "url": picture.url,
                "width": picture.width,
                "height": picture.height,
                "lines": places,
                "name": _("Notebook, page %(n)s", n=number),
            }
        )
    return json.dumps(shown, ensure_ascii=False)


def place(rows: Sequence[strips.Strip], pages: Sequence[DeskPage]) -> tuple[int, list[int]] | None:
    """Return the first page of an answer and the box of its cells there, px as shown.

    None where no cell has a box.
    """
    page = rows[0].page
    boxes = [spot.box for row in rows if row.page == page for spot in row.spots if spot.box]
    return (page, shown_box(pages[page - 1], strips.around(boxes))) if boxes else None


def shown_box(page: DeskPage, box: Box) -> list[int]:
    """Return a box in px of the picture as it is shown."""
    return [round(edge * page_view.view_scale(page)) for edge in box]


def small_picture(page: DeskPage) -> dict[str, str]:
    """Return a page for the list, and the address of the whole of it."""
    whole = page_view.address(page)
    scale = min(1.0, SIDE / max(1, page.width, page.height), page_view.view_scale(page))
    return {"url": url_for("images.page", page_id=page.id, scale=f"{scale:.4f}"), "whole": whole}
