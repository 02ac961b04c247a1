"""Log-in, change of person at a shared computer, own password and PIN, fresh proof, the first head
of the point."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.errors import DomainError, Forbidden, Invalid
from examday.domain.people.roles import Actor, Role
from examday.i18n import gettext as _
from examday.services.people import accounts, directory, log_in
from examday.services.transfer import signing
from examday.services.unit_of_work import UnitOfWork
from examday.web import session
from examday.web.access import logged_in, public
from examday.web.acts import Answer, act, go_on
from examday.web.addresses import local_address
from examday.web.errors import translate

bp = Blueprint("login", __name__)
DOOR = Actor.system("log-in")


@bp.get("/login")
@public
def form() -> Answer:
    """The log-in page; an empty station leads to its first page."""
    if not _has_head():
        return redirect(url_for("login.first"))
    return _form()


def _has_head() -> bool:
    with session.store().read() as uow:
        return bool(directory.people_with(uow, {Role.SITE_HEAD}))


def _form(error: DomainError | None = None) -> str:
    with session.store().read() as uow:
        familiar = directory.with_own_pin(uow, session.known_people(request))
    return render_template(
        "people/login/form.html",
        error=error and " ".join(translate(error)),
        login=request.form.get("login", ""),
        both=error.code if error is not None and error.code in ("locked", "wait") else "",
        familiar=familiar,
        next=local_address(request.values.get("next", "/")),
    )


@bp.post("/login")
@public
def enter() -> Answer:
    """Check login and password; a locked account also wants the PIN."""
    sent = request.form

    def step(uow: UnitOfWork) -> Response:
        person = log_in.enter(
            uow,
            sent.get("login", ""),
            sent.get("password", ""),
            sent.get("pin", ""),
            session.browser_of(request),
        )
        session.start(uow, person.id)
        session.remember(request, person.id)
        return _arrived(uow, person.must_change)

    return act(step, done=lambda next_page: next_page, refused=_form, actor=DOOR)


@bp.post("/login/pin")
@public
def enter_by_pin() -> Answer:
    """Somebody who gave their password in this browser today comes back with the PIN."""
    sent = request.form

    def step(uow: UnitOfWork) -> Response:
        person_id = sent.get("person", "")
        if person_id not in session.known_people(request):
            raise Forbidden()
        here = session.browser_of(request) or log_in.Browser("", frozenset())
        person = log_in.come_back(uow, person_id, sent.get("pin", ""), here)
        session.start(uow, person.id)
        return _arrived(uow, person.must_change)

    return act(step, done=lambda next_page: next_page, refused=_form, actor=DOOR)


def _arrived(uow: UnitOfWork, must_change: bool) -> Response:
    """Own secrets first; then work that waits for a signature; then where the person wanted to go."""
    if must_change:
        return go_on("login.own_secrets")
    wanted = local_address(request.form.get("next", "/"))
    if wanted == "/" and signing.waiting(uow):
        return go_on("sign.index")
    return redirect(wanted, 303)


@bp.post("/logout")
@logged_in
def leave() -> Response:
    """Log out, or make room for a colleague: the log-in page offers those who have worked here
    today."""
    with session.store().begin(g.actor) as uow:
        session.end(uow)
    return go_on("login.form")


@bp.route("/own-secrets", methods=["GET", "POST"])
@logged_in
def own_secrets() -> Answer:
    """Own password and PIN: forced at first use, later by choice with the present password."""
    if request.method == "GET":
        return _own()
    sent = request.form

    def step(uow: UnitOfWork) -> None:
        password, pin = sent.get("password", ""), sent.get("pin", "")
        if password != sent.get("again", "") or pin != sent.get("pin_again", ""):
            raise Invalid(accounts.NOT_THE_SAME, field="again", advice=accounts.NOT_THE_SAME_ADVICE)
        if not g.person.must_change:
            log_in.check_secret(uow, g.person.id, sent.get("present", ""))
        accounts.set_own_secrets(uow, g.person.id, password, pin)
        session.start(uow, g.person.id)

    said = _("Your own password and PIN are set. Nobody else knows them.")
    return act(step, done=lambda _none: go_on("start.index", said), refused=_own)


def _own(error: DomainError | None = None) -> str:
    present = error is not None and error.code in ("wrong-secret", "wait", "locked")
    place = "present" if present else error.field if error else ""
    return render_template(
        "people/login/own.html",
        errors={place or "password": " ".join(translate(error))} if error else {},
        first=g.person.must_change,
    )


@bp.route("/prove", methods=["GET", "POST"])
@logged_in
def prove() -> Answer:
    """The own secret again, before other people's accounts are changed; the session gets a new id."""
    back = local_address(request.values.get("next", "/"))

    def page(error: DomainError | None = None) -> str:
        return render_template(
            "people/login/prove.html", next=back, error=error and " ".join(translate(error))
        )

    def step(uow: UnitOfWork) -> None:
        log_in.check_secret(uow, g.person.id, request.form.get("secret", ""))
        session.start(uow, g.person.id)

    if request.method == "GET":
        return page()
    return act(step, done=lambda _none: redirect(back, 303), refused=page)


@bp.route("/first", methods=["GET", "POST"])
@public
def first() -> Answer:
    """An empty station: the head of the point makes the first account. Closed as soon as there is
    one."""
    if _has_head():
        return redirect(url_for("login.form"))
    if request.method == "GET":
        return _first()
    said = _("The station is yours. Now add the staff, or load the day plan.")
    return act(
        _make_head, done=lambda _none: go_on("start.index", said), refused=_first, actor=DOOR
    )


def _make_head(uow: UnitOfWork) -> None:
    sent = request.form
    if sent.get("password") != sent.get("again"):
        raise Invalid(accounts.NOT_THE_SAME, field="again", advice=accounts.NOT_THE_SAME_ADVICE)
    person = accounts.create_head(
        uow,
        sent.get("login", ""),
        sent.get("name", ""),
        sent.get("password", ""),
        sent.get("pin", ""),
    )
    session.start(uow, person.id)


def _first(error: DomainError | None = None) -> str:
    errors = {error.field: " ".join(translate(error))} if error else {}
    return render_template("people/login/first.html", errors=errors, sent=request.form)
