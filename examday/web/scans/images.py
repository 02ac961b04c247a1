"""Pictures of pages and fields, only for people whose part in the work (or whose office) allows
it."""

from flask import Blueprint, Response, g, request, url_for

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.scans import attachment, pictures
from examday.services.transfer.readings import layout_for
from examday.storage.tables import Booklet, Page
from examday.web.access import access
from examday.web.session import store

bp = Blueprint("images", __name__)
NOT_MEASURED = N_(
    "The places of this form were not measured on a real sheet: compare on the whole page."
)


@bp.app_template_global("page_image")
def page_image(page_id: str, **wanted: str) -> str:
    """Address of a page's picture."""
    return url_for("images.page", page_id=page_id, **wanted)


@bp.app_template_global("form_name")
def form_name(page: Page) -> str:
    """The name of the form that was laid over a page; "" when none was."""
    form = pictures.form_of(page)
    return form.name if form else ""


@bp.app_template_global("form_note")
def form_note(page: Page) -> str:
    """What a person must know before trusting the places on a page; "" when they were measured."""
    return _(NOT_MEASURED) if attachment.unmeasured(page) else ""


@bp.get("/image/<page_id>")
@access("image.see")
def page(page_id: str) -> Response:
    """The page, or `box=x0,y0,x1,y1` of it (px of the upright page), `scale` times as large."""
    box, scale = _box(request.args.get("box", "")), _number(request.args.get("scale", "1"))
    with store().read(g.actor) as uow:
        found = pictures.visible_page(uow, page_id)
        data = pictures.picture(uow.settings, found, box, scale)
    return Response(data, mimetype="image/jpeg")


@bp.get("/image/<page_id>/field/<field_id>")
@access("image.see")
def field(page_id: str, field_id: str) -> Response:
    """One field, cut out straight; original and copy at one scale."""
    with store().read(g.actor) as uow:
        found = pictures.visible_page(uow, page_id)
        booklet = uow.get(Booklet, found.booklet_id)
        data = pictures.field_picture(uow.settings, found, layout_for(booklet.exam), field_id)
    return Response(data, mimetype="image/jpeg")


@bp.get("/image/<page_id>/thumb")
@access("scans.see")
def thumb(page_id: str) -> Response:
    """A small picture on which nothing can be read."""
    with store().read(g.actor) as uow:
        data = pictures.thumbnail(uow.settings, uow.get(Page, page_id))
    return Response(data, mimetype="image/jpeg")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise Invalid() from error


def _box(text: str) -> tuple[int, int, int, int] | None:
    if not text:
        return None
    parts = text.split(",")
    if len(parts) != 4 or not all(p.isascii() and p.isdigit() and len(p) < 6 for p in parts):
        raise Invalid()
    x0, y0, x1, y1 = (int(p) for p in parts)
    return x0, y0, x1, y1
