"""Log-in, change of person at a shared computer, own password and PIN, fresh proof, the first head
of the point."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from examday.domain.errors import Broken, Conflict, DomainError, Forbidden, Invalid
from examday.domain.people.roles import Actor, Role
from examday.i18n import gettext as _
from examday.services.people import accounts, directory, log_in
from examday.services.transfer import signing
from examday.storage.tables import Person
from examday.web import session
from examday.web.access import logged_in, public
from examday.web.addresses import local_address
from examday.web.errors import status_of, translate

bp = Blueprint("login", __name__)
DOOR = Actor.system("log-in")


@bp.get("/login")
@public
def form() -> AnyResponse | str:
    """The log-in page; an empty station leads to its first page."""
    with session.store().read() as uow:
        if not directory.people_with(uow, {Role.SITE_HEAD}):
            return redirect(url_for("login.first"))
    return _form()


def _form(error: DomainError | None = None, login: str = "") -> str:
    known = session.known_people(request)
    with session.store().read() as uow:
        familiar = [
            p
            for p in (uow.session.get(Person, key) for key in known)
            if p and p.pin_hash and not p.disabled
        ]
    return render_template(
        "people/login/form.html",
        error=error and " ".join(translate(error)),
        login=login,
        both=error.code if error is not None and error.code in ("locked", "wait") else "",
        familiar=familiar,
        next=local_address(request.values.get("next", "/")),
    )


@bp.post("/login")
@public
def enter() -> AnyResponse | tuple[str, int]:
    """Check login and password; a locked account also wants the PIN."""
    login = request.form.get("login", "")
    try:
        with session.store().begin(DOOR) as uow:
            person = log_in.enter(
                uow,
                login,
                request.form.get("password", ""),
                request.form.get("pin", ""),
                session.browser_of(request),
            )
            session.start(uow, person.id)
            session.remember(request, person.id)
    except (Forbidden, Conflict, Broken) as error:
        return _form(error, login), status_of(error)
    return _arrived(person)


@bp.post("/login/pin")
@public
def enter_by_pin() -> AnyResponse | tuple[str, int]:
    """Somebody who gave their password in this browser today comes back with the PIN."""
    person_id = request.form.get("person", "")
    try:
        if person_id not in session.known_people(request):
            raise Forbidden()
        with session.store().begin(DOOR) as uow:
            person = log_in.check_secret(
                uow,
                person_id,
                request.form.get("pin", ""),
                session.browser_of(request) or log_in.Browser("", frozenset()),
            )
            uow.actor = directory.actor_of(person)
            uow.record("person:enter", f"person:{person.id}", by="pin")
            session.start(uow, person.id)
    except (Forbidden, Conflict, Broken) as error:
        return _form(error), status_of(error)
    return _arrived(person)


def _arrived(person: Person) -> AnyResponse:
    """Own secrets first; then work that waits for a signature; then where the person wanted to go."""
    if person.must_change:
        return redirect(url_for("login.own_secrets"), 303)
    wanted = local_address(request.form.get("next", "/"))
    with session.store().read(directory.actor_of(person)) as uow:
        if wanted == "/" and signing.waiting(uow):
            return redirect(url_for("sign.index"), 303)
    return redirect(wanted, 303)


@bp.post("/logout")
@logged_in
def leave() -> AnyResponse:
    """Log out, or make room for a colleague: the log-in page offers those who have worked here
    today."""
    with session.store().begin(g.actor) as uow:
        session.end(uow)
    return redirect(url_for("login.form"), 303)


@bp.route("/own-secrets", methods=["GET", "POST"])
@logged_in
def own_secrets() -> AnyResponse | str | tuple[str, int]:
    """Own password and PIN: forced at first use, later by choice with the present password."""
    if request.method == "GET":
        return _own()
    password, pin = request.form.get("password", ""), request.form.get("pin", "")
    try:
        if password != request.form.get("again", "") or pin != request.form.get("pin_again", ""):
            raise Invalid(accounts.NOT_THE_SAME, code="again", advice=accounts.NOT_THE_SAME_ADVICE)
        with session.store().begin(g.actor) as uow:
            if not g.person.must_change:
                log_in.check_secret(uow, g.person.id, request.form.get("present", ""))
            accounts.set_own_secrets(uow, g.person.id, password, pin)
            session.start(uow, g.person.id)
    except (Invalid, Forbidden, Conflict) as error:
        return _own(error), status_of(error)
    flash(_("Your own password and PIN are set. Nobody else knows them."))
    return redirect("/", 303)


def _own(error: DomainError | None = None) -> str:
    places = {
        "wrong-secret": "present",
        "wait": "present",
        "locked": "present",
        "again": "again",
        "pin": "pin",
    }
    place = error and places.get(error.code, "password")
    return render_template(
        "people/login/own.html",
        errors={place: " ".join(translate(error))} if error else {},
        first=g.person.must_change,
    )


@bp.route("/prove", methods=["GET", "POST"])
@logged_in
def prove() -> AnyResponse | str | tuple[str, int]:
    """The own secret again, before other people's accounts are changed; the session gets a new id."""
    back = local_address(request.values.get("next", "/"))
    error: DomainError | None = None
    if request.method == "POST":
        try:
            with session.store().begin(g.actor) as uow:
                log_in.check_secret(uow, g.person.id, request.form.get("secret", ""))
                session.start(uow, g.person.id)
            return redirect(back, 303)
        except (Forbidden, Conflict) as refused:
            error = refused
    page = render_template(
        "people/login/prove.html", next=back, error=error and " ".join(translate(error))
    )
    return (page, status_of(error)) if error else page


@bp.route("/first", methods=["GET", "POST"])
@public
def first() -> AnyResponse | str | tuple[str, int]:
    """An empty station: the head of the point makes the first account. Closed as soon as there is
    one."""
    with session.store().read() as uow:
        if directory.people_with(uow, {Role.SITE_HEAD}):
            return redirect(url_for("login.form"))
    if request.method == "GET":
        return _first({})
    try:
        _make_head(request.form)
    except (Invalid, Conflict) as error:
        return _first({error.code: " ".join(translate(error))}), status_of(error)
    flash(_("The station is yours. Now add the staff, or load the day plan."))
    return redirect("/", 303)


def _make_head(sent: Any) -> None:
    if sent.get("password") != sent.get("again"):
        raise Invalid(accounts.NOT_THE_SAME, code="again", advice=accounts.NOT_THE_SAME_ADVICE)
    with session.store().begin(DOOR) as uow:
        person = accounts.create_head(
            uow,
            sent.get("login", ""),
            sent.get("name", ""),
            sent.get("password", ""),
            sent.get("pin", ""),
        )
        session.start(uow, person.id)


def _first(errors: dict[str, str]) -> str:
    return render_template("people/login/first.html", errors=errors, sent=request.form)
