"""The web application: joins the page families, access, errors, languages."""

import datetime as dt
import importlib
import pkgutil

from flask import Blueprint, Flask, Response, g, redirect, request, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from examday import log, web
from examday.domain.custody.paper_codes import spaced
from examday.i18n import LANGUAGES, gettext, language, ngettext
from examday.resources import TEMPLATES
from examday.services.people import sessions
from examday.services.rules import exam_forms
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.web import access, addresses, errors, security, session, shell
from examday.web.acts import once
from examday.web.forms import SeenForms
from examday.web.travel import receiving

LARGE = frozenset({"travel.deliver", "exchange.bundle", "exchange.original"})
"""Endpoints that take what a station sends: a day of scans is larger than any form of people."""
LARGEST = 1 << 30
"""Bytes of it; what is larger is laid into the folder that the page names. The server keeps what comes
in a temporary file before it asks who sends it: strangers must not fill the disk."""


def create_app(settings: Settings, store: Store | None = None) -> Flask:
    """Build the app. Raises RuntimeError when a route lacks an access rule."""
    app = Flask("examday.web", template_folder=str(TEMPLATES), static_folder="static")
    app.request_class = SeenForms
    app.config.update(
        MAX_CONTENT_LENGTH=512 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_HTTPONLY=True,
    )
    # First, so that a refused request is told of as well.
    _trace(app)
    _large_files(app)
    forms = CSRFProtect(app)
    errors.register(app)
    security.register(app)
    addresses.register(app)
    _language_and_person(app)
    _for_templates(app)
    attach(app, store or Store(settings))
    if settings.proxies:
        trusted = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)  # type: ignore[method-assign]
    shell.register(app)
    for blueprint in _blueprints():
        app.register_blueprint(blueprint)
    # Programs send no forms: each request is signed by a station's key.
    forms.exempt(receiving.bp)
    access.check_rules(app)
    return app


def attach(app: Flask, store: Store) -> None:
    """Give the app the station that it shows: its database, key, clock and time zone."""
    app.config["SECRET_KEY"] = sessions.cookie_key(store.settings)
    app.extensions["examday.store"] = store
    app.extensions["examday.settings"] = store.settings
    app.jinja_env.globals["now"] = store.clock
    app.jinja_env.filters["local"] = _local
    app.jinja_env.filters["clock"] = lambda at: _local(at).strftime("%H:%M")
    app.jinja_env.filters["moment"] = _moment
    app.jinja_env.filters["day"] = lambda at: (
        _local(at) if isinstance(at, dt.datetime) else at
    ).strftime("%d.%m.%Y")


def _moment(at: dt.datetime) -> str:
    """The time; of another day than today the date before it."""
    local, today = _local(at), _local(session.store().clock()).date()
    return local.strftime("%H:%M" if local.date() == today else "%d.%m.%Y %H:%M")


def _local(at: dt.datetime) -> dt.datetime:
    return at.astimezone(session.zone())


def _blueprints() -> list[Blueprint]:
    """Blueprints of all modules below `examday.web`; a new page module needs no entry anywhere."""
    modules = (
        importlib.import_module(m.name) for m in pkgutil.walk_packages(web.__path__, "examday.web.")
    )
    found = {bp.name: bp for m in modules if isinstance(bp := getattr(m, "bp", None), Blueprint)}
    return list(found.values())


def _trace(app: Flask) -> None:
    """Each step has a word in the logs, and so have the jobs that it asks for."""
    steps = log.get("web")

    @app.before_request
    def _begin() -> None:
        g.trace = log.begin_trace()

    @app.after_request
    def _tell(response: Response) -> Response:
        # Asked for, since what answered before the request had its word leaves none.
        if word := g.get("trace"):
            response.headers["X-Trace"] = word
        if request.method == "POST" or response.status_code == 403:
            # A look that was refused leaves no entry in the ledger: here alone it can be found.
            who = {"person_id": g.actor.person_id} if g.get("actor") else {}
            said = {"endpoint": request.endpoint, "status": response.status_code}
            steps.info("step", method=request.method, **said, **who)
        return response


def _large_files(app: Flask) -> None:
    """The day of a point is large. Said before anybody looks at the form that it comes with."""

    @app.before_request
    def _allow() -> None:
        if request.endpoint in LARGE:
            request.max_content_length = LARGEST


def _language_and_person(app: Flask) -> None:
    @app.before_request
    def _enter() -> AnyResponse | None:
        language.set(_wanted_language())
        if request.endpoint is None or request.endpoint == "static":
            g.actor = g.person = g.session = None
            return None
        session.load(request)
        rule = access.rule_of(app, request.endpoint)
        if rule is None or not access.enforce(rule):
            return redirect(
                url_for("login.form", next=request.full_path if request.method == "GET" else "")
            )
        if g.person is not None and g.person.must_change and rule not in ("public", "logged-in"):
            return redirect(url_for("login.own_secrets"))
        return None

    @app.after_request
    def _leave(response: Response) -> Response:
        return session.save_cookie(response, request.is_secure)


def _wanted_language() -> str:
    chosen = request.cookies.get("lang", "")
    return chosen if chosen in LANGUAGES else "ru"


def _for_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        _=gettext,
        gettext=gettext,
        ngettext=ngettext,
        languages=LANGUAGES,
        spaced=spaced,
        language=language.get,
        new_once=once,
        may=lambda action: g.actor is not None and g.actor.may(action),
    )
    app.jinja_env.filters["subject"] = exam_forms.subject
