"""What a proxy or a monitor asks: is this server there, and can people work with it?

Both say nothing of people or works, so both are public.
"""

from flask import Blueprint, Response

from examday.services.jobs.health import not_ready
from examday.web.access import public
from examday.web.session import store

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> Response:
    """Answer as long as the server does, whatever stands behind it."""
    return _plain("ok", 200)


@bp.get("/readyz")
@public
def ready() -> Response:
    """Answer 503 with the names of what is missing while people cannot work here."""
    missing = not_ready(store())
    return _plain("\n".join(missing) or "ready", 503 if missing else 200)


def _plain(text: str, status: int) -> Response:
    answer = Response(f"{text}\n", status, mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer
