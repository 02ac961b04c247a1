"""Pictures of pages and fields, only for people whose part in the work (or whose office) allows it."""

from flask import Blueprint, Response, request, url_for

from examday.domain.errors import Invalid
from examday.domain.numbers import typed_number
from examday.i18n import gettext as _
from examday.services.scans import page_images
from examday.web.access import access
from examday.web.acts import look
from examday.web.words import NOT_MEASURED

bp = Blueprint("images", __name__)


@bp.app_template_global("page_image")
def page_image(page_id: str) -> str:
    """Address of a page's picture."""
    return url_for("images.page", page_id=page_id)


@bp.app_template_global("form_name")
def form_name(sheet: str) -> str:
    """The name of the form that was laid over a page; "" when none was."""
    return page_images.form_name(sheet)


@bp.app_template_global("form_note")
def form_note(sheet: str) -> str:
    """What a person must know before trusting the places on a page; "" when they were measured."""
    return "" if page_images.measured(sheet) else _(NOT_MEASURED)


@bp.get("/image/<page_id>")
@access("image.see")
def page(page_id: str) -> Response:
    """The page, or `box=x0,y0,x1,y1` of it (px of the upright page), `scale` times as large."""
    box, scale = _box(request.args.get("box", "")), _number(request.args.get("scale", "1"))
    return _jpeg(look(lambda uow: page_images.of_page(uow, page_id, box, scale)))


@bp.get("/image/<page_id>/field/<field_id>")
@access("image.see")
def field(page_id: str, field_id: str) -> Response:
    """One field, cut out straight; original and copy at one scale."""
    return _jpeg(look(lambda uow: page_images.of_field(uow, page_id, field_id)))


@bp.get("/image/<page_id>/thumb")
@access("scans.see")
def thumb(page_id: str) -> Response:
    """A small picture on which nothing can be read."""
    return _jpeg(look(lambda uow: page_images.thumbnail(uow, page_id)))


def _jpeg(data: bytes) -> Response:
    return Response(data, mimetype="image/jpeg")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise Invalid() from error


def _box(text: str) -> page_images.PixelBox | None:
    if not text:
        return None
    sides = [side for part in text.split(",") if (side := typed_number(part)) is not None]
    if len(sides) != 4 or text.count(",") != 3:
        raise Invalid()
    x0, y0, x1, y1 = sides
    return x0, y0, x1, y1
