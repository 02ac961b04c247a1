"""The page between a point and its centre: «Отправить в центр» at a station, «Принять» at the centre."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from examday.web.access import access
from examday.web.session import place, sees_region
from examday.web.travel.blueprint import bp
from examday.web.travel.centre import centre_page
from examday.web.travel.station import station_page


@bp.get("/")
@access("travel.carry")
def index() -> str | Response:
    """Show what goes to the centre; at the centre, what came."""
    if sees_region():
        return centre_page()
    here = place()
    # The centre takes in for all: one point of a region has no station of its own to look at.
    return redirect(url_for("site.form")) if here and here.key else station_page()
