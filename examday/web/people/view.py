"""«Вид»: colours, type size, signals and language of this browser.

Works without JavaScript and before any log-in.
"""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from examday.i18n import LANGUAGES
from examday.web.access import public
from examday.web.addresses import local_address
from examday.web.shell import SIGNALS, SIZES, THEMES

bp = Blueprint("view", __name__)
YEAR = 365 * 24 * 3600
"""Seconds: choices of looks last from one exam season to the next."""
ALLOWED = {"theme": THEMES, "size": SIZES, "signal": SIGNALS, "lang": tuple(LANGUAGES)}
"""From a form, so anything may come: what no page offers is not kept in a cookie."""


@bp.post("/view")
@public
def change() -> Response:
    """Remember the choice for a year and go back to the page it was made on."""
    response = redirect(local_address(request.form.get("back", "/")), 303)
    for name, allowed in ALLOWED.items():
        # Checked: the value is written into every page.
        if request.form.get(name) in allowed:
            response.set_cookie(
                name,
                request.form[name],
                max_age=YEAR,
                samesite="Lax",
                httponly=True,
                secure=request.is_secure,
            )
    return response
