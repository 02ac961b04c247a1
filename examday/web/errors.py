"""One table: class of error → HTTP status. A bug shows an incident number, never a trace."""

import secrets
from collections.abc import Mapping
from typing import Any

import structlog
from flask import (
    Flask,
    Response,
    get_flashed_messages,
    has_request_context,
    make_response,
    render_template,
    request,
)
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from examday.domain import errors as e
from examday.domain.messages import N_
from examday.i18n import gettext, language, spoken
from examday.web.next_steps import next_step, remember

STATUS: tuple[tuple[type[e.DomainError], int], ...] = (
    (e.NotFound, 404),
    (e.Forbidden, 403),
    (e.Conflict, 409),
    (e.Invalid, 400),
    (e.Broken, 500),
    (e.MachineTrouble, 503),
    (e.DomainError, 400),
)
"""The first class that fits decides, so narrow ones stand before those they derive from."""
HTTP_ADVICE = {
    400: (
        N_("The request was not understood."),
        N_("Open the page again from the menu; nothing was changed."),
    ),
    404: (N_("There is no such page."), N_("Check the address, or start from the board.")),
    405: (N_("This page cannot be used that way."), N_("Go back and use the buttons on the page.")),
    413: (N_("The file is too large."), N_("At most 60 MB per file: scan in grey at 300 dpi.")),
}
"""In place of Werkzeug's sentences, which are English and speak of requests and servers: nobody in
a room understands those."""
SECRET = ("wrong-secret", "sent-again", "no-secret", "wait", "locked")
"""Their use case cannot name the entry: a PIN is asked for under other names at the log-in."""
LOOK_AGAIN = N_("Nothing was lost. Open this page again in a few seconds.")
"""For a page that was only to be shown: «send the same once more» would repeat the step that led to it."""
SAID = "examday.said"
"""Key of what the answer to this request says. Kept with the request, so that nothing is said to
the next one."""
log = structlog.get_logger("examday.web")


def of_secret(error: e.DomainError | None) -> bool:
    """Tell whether a refusal is about the PIN or password that was given for a step."""
    return error is not None and error.code in SECRET


def status_of(error: e.DomainError) -> int:
    """The HTTP status of a refused action."""
    return next(code for kind, code in STATUS if isinstance(error, kind))


def translate(error: e.DomainError) -> tuple[str, str]:
    """Return message and advice in the reader's language.

    Texts of the program in the parameters are translated too; people's texts stay as typed.
    """
    params = spoken(error.params)
    return gettext(error.message, **params), gettext(error.advice, **params)


def say_of(entry: str, text: str) -> str:
    """Keep what the summary of a page says of an entry; gives nothing to be shown."""
    if has_request_context():
        request.environ.setdefault(SAID, {})[entry] = text
    return ""


def said_of(entry: str) -> str:
    """Return what the summary above said of an entry: whoever followed its link hears it there again."""
    said = request.environ.get(SAID, {}) if has_request_context() else {}
    return str(said.get(entry, ""))


def page(
    status: int,
    message: str,
    advice: str,
    incident: str = "",
    booklet: object = "",
) -> Response:
    """The error page: what happened, what to do, and the page of what it is about."""
    return make_response(
        render_template(
            "error.html",
            status=status,
            message=message,
            advice=advice,
            incident=incident,
            booklet=booklet,
        ),
        status,
    )


def _work_of(error: e.DomainError) -> object:
    """Return the id of the work in the address, whose page helps where the error leads nowhere.

    Nothing where the answer must not tell whether there is such a work.
    """
    if not isinstance(error, e.Conflict):
        return ""
    return (request.view_args or {}).get("booklet_id", "")


def unavailable(error: e.Unavailable) -> Response:
    """Return the page of this error while the database cannot be asked for the frame of a page.

    The answer says when the browser may try again (Retry-After, seconds).
    """
    message, advice = translate(error)
    if request.method == "GET" and type(error) in (e.Unavailable, e.Busy):
        advice = gettext(LOOK_AGAIN)
    try:
        answer = page(503, message, advice)
    except e.Unavailable:
        # Without the frame of a page, which asks the database too. What was done is said all the same.
        said = " ".join(str(text) for text in get_flashed_messages())
        answer = make_response(render_bare(message, f"{said} {advice}".strip()), 503)
    answer.headers["Retry-After"] = "5"
    return answer


def render_bare(message: str, advice: str) -> str:
    """A page without a frame: its menus and marks would ask the database."""
    return (
        f'<!doctype html><html lang="{language.get()}"><meta charset="utf-8"><title>{escape(message)}</title>'
        f"<main><h1>{escape(message)}</h1><p>{escape(advice)}</p></main></html>"
    )


def register(app: Flask) -> None:
    """Attach the handlers."""
    app.jinja_env.globals |= {"onward": next_step, "say_of": say_of, "said_of": said_of}

    @app.errorhandler(e.DomainError)
    def _refused(error: e.DomainError) -> Response:
        if isinstance(error, e.Unavailable):
            log.warning("the database could not work", code=error.code, exc_info=error)
            return unavailable(error)
        remember(error)
        return page(
            status_of(error),
            *translate(error),
            booklet=_work_of(error),
        )

    @app.errorhandler(CSRFError)
    def _forged(error: CSRFError) -> Response:
        return page(
            400,
            gettext(N_("This form is too old to be accepted.")),
            gettext(
                N_("Open the page again and repeat the last step; what was saved before is kept.")
            ),
        )

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        code = error.code or 500
        message, advice = HTTP_ADVICE.get(code, HTTP_ADVICE[400])
        return page(code, gettext(message), gettext(advice))

    @app.errorhandler(OSError)
    def _disk(error: OSError) -> Response:
        told = e.of_disk(error)
        if told is None:
            return _bug(error)
        log.error("the disk refused", code=told.code, exc_info=error)
        return unavailable(told)

    @app.errorhandler(Exception)
    def _bug(error: Exception) -> Response:
        incident = secrets.token_hex(4)
        log.error("bug", incident=incident, exc_info=error)
        advice = N_(
            "Repeat the step. If it happens again, tell the technical specialist the number below."
        )
        return page(
            500,
            gettext(N_("The program made a mistake; nothing was changed.")),
            gettext(advice),
            incident,
        )


def refused_words(told: Mapping[str, Any]) -> tuple[str, str]:
    """Why something was refused while nobody looked, in the reader's language, and what to do."""
    params = spoken(told["params"])
    return gettext(told["message"], **params), gettext(told["advice"], **params)
